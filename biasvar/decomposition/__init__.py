"""The statistics floor: arrays in, arrays out. Imports numpy (and biasvar.seeds) only, and works by itself.

``decompose`` splits the risk of an ensemble of predictions into noise, bias and variance; ``LOSSES`` is the table of
losses it knows. A new loss is one file with the functions of ``squared_error.py`` and one entry here.
"""

from biasvar.decomposition.decompose import LOSSES, decompose
from biasvar.decomposition.result import Decomposition

__all__ = ["LOSSES", "Decomposition", "decompose"]
