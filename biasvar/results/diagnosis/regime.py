"""The regime of a cell under a loss: which part of its risk is the one to work on.

Noise-limited where the noise is above 0.9 of the risk. Otherwise high bias or high variance where the whole interval of
that part lies above half of risk - noise, and balanced where both intervals lie within 0.3 to 0.7 of it. Otherwise it
is not decided.
"""

import math
from dataclasses import dataclass

import pandas as pd

from biasvar.results.diagnosis.parts import Estimate, Parts, parts_of

NOISE_LIMITED, HIGH_BIAS, HIGH_VARIANCE = "noise-limited", "high bias", "high variance"
BALANCED, NOT_DECIDED = "balanced", "not decided"
NOISE_SHARE = 0.9
"""Share of the risk from which on noise limits it."""
EVEN = (0.3, 0.7)
"""Shares of risk - noise between which bias and variance are balanced."""
FREE_OF_REFERENCE = ("squared_error", "cross_entropy")
"""Losses whose variance is the same whatever the bias is measured against."""


@dataclass(frozen=True)
class Bound:
    """A condition on one end of an interval: above a limit (``side`` 1), or below it (-1)."""

    value: float
    end: float
    limit: float
    side: int

    @property
    def is_met(self) -> bool:
        """Whether the end lies on its side."""
        return self.side * (self.end - self.limit) > 0

    @property
    def times(self) -> float:
        """How many times as many replicates meet it, as intervals shrink like 1 / sqrt(R); infinite if none do."""
        room = self.side * (self.value - self.limit)
        return ((self.end - self.value) / room) ** 2 if room > 0 else math.inf


@dataclass(frozen=True)
class Regime:
    """The regime under one loss. ``times`` is how many times as many replicates would decide it; infinite if none."""

    name: str
    parts: Parts
    times: float = 1.0


def regime_of(row: pd.Series) -> Regime:
    """Return the regime of a row of the table."""
    parts = parts_of(row)
    if parts.noise and parts.noise.value > NOISE_SHARE * parts.risk.value:
        return Regime(NOISE_LIMITED, parts)
    rules = rules_of(parts)
    for name, bounds in rules.items():
        if all(bound.is_met for bound in bounds):
            return Regime(name, parts)
    needed = [max(bound.times for bound in bounds) for bounds in rules.values()]
    return Regime(NOT_DECIDED, parts, min((one for one in needed if not math.isnan(one)), default=math.inf))


def rules_of(parts: Parts) -> dict[str, list[Bound]]:
    """Return what each regime asks for.

    With unknown noise only high variance can be told, where the variance is above half of the whole risk.
    """
    half, (least, most) = parts.excess / 2, (share * parts.excess for share in EVEN)
    variance = {HIGH_VARIANCE: [above(parts.variance, half)]}
    if parts.noise is None:
        return variance if parts.loss in FREE_OF_REFERENCE else {}
    even = [one for part in (parts.bias, parts.variance) for one in (above(part, least), below(part, most))]
    return {HIGH_BIAS: [above(parts.bias, half)], **variance, BALANCED: even}


def above(part: Estimate, limit: float) -> Bound:
    """Return the condition that the whole interval of a part lies above a limit."""
    return Bound(part.value, part.low, limit, 1)


def below(part: Estimate, limit: float) -> Bound:
    """Return the condition that the whole interval of a part lies below a limit."""
    return Bound(part.value, part.high, limit, -1)
