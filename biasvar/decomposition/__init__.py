"""The statistics floor: arrays in, arrays out.

It imports only numpy, scipy, biasvar.seeds and threadpoolctl (which gives each tile of points one core for linear
algebra), and it works on its own. scipy's submodules are spelled out (``scipy.special.ndtr``) so that they load on
first use: the settings refer to names and tables of this floor, and the command line must read settings quickly.

``decompose`` splits the risk of an ensemble of predictions into noise, bias and variance; ``losses.LOSSES`` is the
table of losses it knows. Read ``decompose.py`` first, then ``losses/squared_error.py`` and ``components.py``.
"""

from biasvar.decomposition.decompose import decompose
from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.result import Decomposition

__all__ = ["LOSSES", "Decomposition", "decompose"]
