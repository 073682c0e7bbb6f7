"""What the chapter's rule (Section 7.1.1.1) says from training and validation error alone.

High validation error and low training error: high variance. Both high, and close to each other: high bias. Validation
error is the risk here, its mean over training sets. Errors count from the noise on where it is known, else from 0. The
validation error is high unless noise is above 0.9 of it. The training error is low if it has less than 0.3 of what the
validation error has above the noise, and close if more than 0.7. Between these the rule says neither.
"""

import math
from dataclasses import dataclass

import pandas as pd

from biasvar.results.diagnosis.regime import (
    BALANCED,
    EVEN,
    HIGH_BIAS,
    HIGH_VARIANCE,
    NOISE_LIMITED,
    NOISE_SHARE,
    NOT_DECIDED,
)


@dataclass(frozen=True)
class ChapterRule:
    """The rule's answer in the words of regimes; ``NOT_DECIDED`` where the training error is not known.

    ``noise`` is NaN if it is not known. ``share`` is the training error above the noise over the validation error above
    it. ``flipped`` is the share of training labels that are noisy where evaluation labels are not: the rule is misled.
    """

    says: str
    validation: float
    training: float
    noise: float
    share: float
    flipped: float

    def agrees(self, regime: str) -> bool | None:
        """Return whether a regime is what the rule says; None if either is not decided."""
        return None if NOT_DECIDED in (self.says, regime) else self.says == regime


def chapter_rule(row: pd.Series) -> ChapterRule:
    """Return what the rule says of a row of the table."""
    validation, training, noise = (float(row[name]) for name in ("risk", "train_risk", "noise"))
    floor = 0.0 if math.isnan(noise) else noise
    share = (training - floor) / (validation - floor) if validation > floor else math.nan
    flipped = float(row.get("label_noise_rate", 0)) if row["reference"] == "distribution" else 0.0
    return ChapterRule(answer(validation, floor, share), validation, training, noise, share, flipped)


def answer(validation: float, floor: float, share: float) -> str:
    """Return the answer; ``floor`` is the noise, or 0."""
    if floor > NOISE_SHARE * validation:
        return NOISE_LIMITED
    if math.isnan(share):
        return NOT_DECIDED
    low, close = EVEN
    return HIGH_VARIANCE if share < low else HIGH_BIAS if share > close else BALANCED
