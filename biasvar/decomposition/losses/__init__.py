"""The losses. A new one is one file with the names of ``zero_one.py``, and one entry in ``LOSSES``.

``TASKS`` it fits, outputs it ``TAKES`` (the first is the default), whether it is ``IN_ALL``, whether it ``READS_DRAWS``
of a label as its target, the rules of its ``COMMITTEES``, plug-in terms left ``UNCORRECTED``, the array of a tile that
it ``WORKS_ON``; the ``RANGES`` of terms that are not from 0 to ``LARGEST``, and whose estimates ``MAY_BE_NEGATIVE``
all the same, as a correction is taken off; of terms whose resamples spread less than their estimates (``SPREADS``),
lie as far beside them as they beside the truth (``SHIFTS``) or farther (``DRIFTS``), or hinge on a choice by few votes
(``DECIDED``, with the terms whose sum does not), the names; ``point_loss`` of predictions (cross-entropy: of
log-probabilities), the ``best_constant`` under it, ``noise_of`` a reference, ``estimate`` of a tile of an ensemble per
point, and, of an ensemble in tiles, ``risk_of_models`` and ``resampled`` means.
"""

from types import ModuleType

from biasvar.decomposition.losses import absolute_error, cross_entropy, squared_error, zero_one

LOSSES: dict[str, ModuleType] = {
    "squared_error": squared_error,
    "zero_one": zero_one,
    "cross_entropy": cross_entropy,
    "absolute_error": absolute_error,
}
