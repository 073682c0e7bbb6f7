"""matplotlib, loaded whatever MPLBACKEND says: a backend that is not installed here would end the import.

Every Jupyter kernel exports the name of its own backend to what it starts. Figures go to files, so that no backend has
a say in them; a name that is valid here stays in force for what else the process draws.
"""

import os
import sys
from contextlib import suppress

VARIABLE = "MPLBACKEND"

if "matplotlib" not in sys.modules:
    wanted = os.environ.pop(VARIABLE, None)
    import matplotlib

    if wanted is not None:
        os.environ[VARIABLE] = wanted
        with suppress(ValueError):
            matplotlib.rcParams["backend"] = wanted
