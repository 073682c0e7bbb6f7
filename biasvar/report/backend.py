"""Import matplotlib regardless of MPLBACKEND: a backend that is not installed here would make the import fail.

Every Jupyter kernel exports the name of its own backend to its child processes. Figures go to files, so the backend
does not matter; a name that is valid here stays in force for other figures of the process.
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
