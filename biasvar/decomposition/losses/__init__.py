"""The losses. A new one is one file with the names of ``zero_one.py``, and one entry in ``LOSSES``.

A loss lists: the ``TASKS`` it fits; the outputs it ``TAKES`` (the first is the default); whether it is ``IN_ALL``;
whether it ``READS_DRAWS`` of a label as its target; the rules of its ``COMMITTEES``; the plug-in terms left
``UNCORRECTED``; and the array of a tile that it ``WORKS_ON``. It names terms: those with ``RANGES`` other than 0 to
``LARGEST``; those whose estimates ``MAY_BE_NEGATIVE`` all the same, because a correction is subtracted; those whose
resamples spread less than their estimates (``SPREADS``), are as biased as the estimates are (``SHIFTS``) or more so
(``DRIFTS``), or hinge on a choice by few votes (``DECIDED``, with the terms whose sum does not). Its functions:
``point_loss`` of predictions (cross-entropy: of log-probabilities), the ``best_constant``, ``noise_of`` a reference,
``estimate`` per point of a tile, and, for an ensemble in tiles, ``risk_of_models`` and ``resampled`` means.
"""

from types import ModuleType

from biasvar.decomposition.losses import absolute_error, cross_entropy, squared_error, zero_one

LOSSES: dict[str, ModuleType] = {
    "squared_error": squared_error,
    "zero_one": zero_one,
    "cross_entropy": cross_entropy,
    "absolute_error": absolute_error,
}
