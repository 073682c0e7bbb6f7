"""The risk of one cell and the parts that add up to it, with their intervals."""

import math
from dataclasses import dataclass

import pandas as pd

SUMS = {
    "squared_error": ("noise", "bias_squared", "variance"),
    "zero_one": ("net_noise", "bias", "net_variance"),
    "cross_entropy": ("noise", "bias", "variance"),
}
"""Noise, bias and variance of each loss under the names of its own identity."""
OF_ANY = ("noise", "systematic_effect", "variance_effect")
"""Those of any other loss: the effects of James (2003) always add up."""


@dataclass(frozen=True)
class Estimate:
    """A column of the table in one row, with its interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Parts:
    """The risk of a cell under a loss, and its parts; ``noise`` is None if it is not known, and then in the bias."""

    loss: str
    risk: Estimate
    noise: Estimate | None
    bias: Estimate
    variance: Estimate

    @property
    def excess(self) -> float:
        """The risk without the noise."""
        return self.risk.value - (self.noise.value if self.noise else 0.0)


def parts_of(row: pd.Series) -> Parts:
    """Return the parts of the risk in a row of the table."""
    noise, bias, variance = (estimate(row, name) for name in SUMS.get(row["loss"], OF_ANY))
    if not math.isnan(noise.value):
        return Parts(row["loss"], estimate(row, "risk"), noise, bias, variance)
    if math.isnan(bias.value):
        bias = estimate(row, f"{bias.name}_plus_noise")
    return Parts(row["loss"], estimate(row, "risk"), None, bias, variance)


def estimate(row: pd.Series, name: str) -> Estimate:
    """Return one column of a row."""
    return Estimate(name, *(float(row[name + end]) for end in ("", "_low", "_high")))
