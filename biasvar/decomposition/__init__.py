"""The statistics floor: arrays in, arrays out.

It imports numpy, scipy, threadpoolctl (so that each tile of points has one core for linear algebra) and biasvar.seeds
only, and works by itself. scipy's parts are written out (``scipy.special.ndtr``), by which they are loaded where they
are first used: names and tables of this floor stand in settings, which the command line reads in a moment.

``decompose`` splits the risk of an ensemble of predictions into noise, bias and variance; ``losses.LOSSES`` is the
table of losses it knows. Read ``decompose.py`` first, then ``losses/squared_error.py`` and ``components.py``.
"""

from biasvar.decomposition.decompose import decompose
from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.result import Decomposition

__all__ = ["LOSSES", "Decomposition", "decompose"]
