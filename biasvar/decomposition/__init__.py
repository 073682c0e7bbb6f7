"""The statistics floor: arrays in, arrays out. Imports numpy, scipy and biasvar.seeds only, and works by itself.

``decompose`` splits the risk of an ensemble of predictions into noise, bias and variance; ``LOSSES`` is the table of
losses it knows. A new loss is one file with the names of ``zero_one.py`` (TASKS, TAKES, IN_ALL, point_loss, noise_of,
estimate, resampled) and one entry there.
"""

from biasvar.decomposition.decompose import LOSSES, decompose
from biasvar.decomposition.result import Decomposition

__all__ = ["LOSSES", "Decomposition", "decompose"]
