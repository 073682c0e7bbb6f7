"""The contributions to one quantity, and what follows from them for weighted sums of several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf

import numpy as np
import pandas as pd
import scipy


@dataclass(frozen=True)
class Sample:
    """Contributions by source: seed -> value."""

    by_source: Mapping[str, pd.Series]

    @property
    def value(self) -> float:
        """The estimate: the mean of the contributions of any source."""
        return float(np.mean([values.mean() for values in self.by_source.values()]))

    @property
    def variance(self) -> float:
        """The variance of the estimate: the sum over sources of that of a mean of independent contributions.

        Sources that act together are counted once for each, which is conservative.
        """
        return float(sum(values.var(ddof=1) / len(values) for values in self.by_source.values()))

    @property
    def freedom(self) -> int:
        """The degrees of freedom: those of the source with the fewest seeds."""
        return min(len(values) - 1 for values in self.by_source.values())

    @property
    def replicates(self) -> int:
        """The number of replicates, or of seeds of the source with the fewest."""
        return self.freedom + 1

    @property
    def fault(self) -> str:
        """Why it has no interval; an empty text if it has one."""
        if self.freedom < 1:
            return "its cells have fewer than two replicates in common"
        finite = all(np.isfinite(values.to_numpy(dtype=float)).all() for values in self.by_source.values())
        return "" if finite else "some contributions are not finite"

    def spread(self) -> "Sample":
        """Return the variance over the seeds of each source, by its pseudo-values: n / (n - 2) of each square, less it.

        Their mean is the unbiased variance s^2; the pseudo-value of x is n (x - mean)^2 / (n - 2) - s^2 / (n - 2).
        """
        return Sample({source: squares_of(values) for source, values in self.by_source.items()})

    def critical(self, level: float) -> float:
        """Return Student's critical value of a two-sided interval; infinite without degrees of freedom."""
        return float(scipy.special.stdtrit(self.freedom, (1 + level) / 2)) if self.freedom > 0 else inf

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of the estimate."""
        error = float(np.sqrt(self.variance))
        half = 0.0 if error == 0 else self.critical(level) * error
        return self.value - half, self.value + half


def squares_of(values: pd.Series) -> pd.Series:
    """Return the pseudo-values of the variance of some values."""
    n = len(values)
    squares = (values - values.mean()) ** 2
    return (n * squares - squares.sum() / (n - 1)) / (n - 2) if n > 2 else squares * np.nan


def picked(quantities: Sequence[Sample], criteria: Sequence[Sample]) -> Sample:
    """Return a quantity where each seed's own criterion is least, of cells in order; the first of equal ones."""
    found = {}
    for source in criteria[0].by_source:
        criterion, quantity = (
            pd.concat([one.by_source[source] for one in some], axis=1, keys=range(len(some))).dropna()
            for some in (criteria, quantities)
        )
        seeds = criterion.index.intersection(quantity.index)
        places = criterion.loc[seeds].to_numpy().argmin(axis=1)
        found[source] = pd.Series(quantity.loc[seeds].to_numpy()[np.arange(len(seeds)), places], index=seeds)
    return Sample(found)


def combined(samples: Sequence[Sample], weights: Sequence[float]) -> Sample:
    """Return a weighted sum, paired by seed; seeds that one of them lacks are left out.

    A source that only some of them have is independent of the others.
    """
    sources = dict.fromkeys(source for sample in samples for source in sample.by_source)
    value = sum(weight * sample.value for sample, weight in zip(samples, weights, strict=True))
    found = {}
    for source in sources:
        terms = [
            weight * sample.by_source[source]
            for sample, weight in zip(samples, weights, strict=True)
            if source in sample.by_source
        ]
        total = reduce(lambda one, other: one.add(other), terms).dropna()
        found[source] = total if len(terms) == len(samples) else total - total.mean() + value
    return Sample(found)


def ratio_interval(above: Sample, below: Sample, level: float) -> tuple[float, float]:
    """Return the interval of a ratio of two estimates (Fieller 1954); unbounded if that below may be 0.

    It holds all t with |a - t b| within its own interval: (a - t b)^2 <= c^2 (V_a - 2 t C + t^2 V_b).
    """
    both = combined([above, below], [1, -1])
    square = both.critical(level) ** 2
    covariance = (above.variance + below.variance - both.variance) / 2
    a, b = above.value, below.value
    leading, middle, last = (
        b * b - square * below.variance,
        a * b - square * covariance,
        a * a - square * above.variance,
    )
    if not leading > 0:
        return -inf, inf
    half = np.sqrt(max(middle * middle - leading * last, 0.0))
    return float((middle - half) / leading), float((middle + half) / leading)
