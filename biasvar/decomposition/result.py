"""What a decomposition returns."""

from dataclasses import dataclass, field

import numpy as np

from biasvar.decomposition.interval import percentile_interval

TERMS = (
    "risk",
    "noise",
    "net_noise",
    "bias_squared",
    "bias_squared_plus_noise",
    "bias",
    "variance",
    "net_variance",
    "residual",
)


@dataclass(frozen=True)
class Decomposition:
    """Risk and its parts at N points, over R replicates; in the units of the loss.

    ``points`` holds each term per point, axis [N]; the attributes of the same names (``risk``, ``noise``,
    ``bias_squared``, ...) are their means over points, None where a term is not defined for the loss or not known.
    ``plug_in`` holds the means of the uncorrected estimates, for comparison. ``resamples`` holds each mean under B
    bootstrap resamples of the replicates, axis [B], centred at the estimate.
    """

    loss: str
    reference: str
    replicates: int
    points: dict[str, np.ndarray]
    plug_in: dict[str, float]
    resamples: dict[str, np.ndarray] = field(repr=False)

    def __getattr__(self, name: str) -> float | None:
        if name not in TERMS:
            raise AttributeError(name)
        return float(np.mean(self.points[name])) if name in self.points else None

    def interval(self, name: str, level: float = 0.95) -> tuple[float, float]:
        """Return the bootstrap interval of a term's mean over points, with replicates resampled.

        The points are held fixed: the interval speaks of these points. See ``interval.percentile_interval``.
        """
        if name not in self.resamples:
            raise ValueError(
                f"{name!r} has no interval under {self.loss}; there is one for {', '.join(self.resamples)}"
            )
        return percentile_interval(self.resamples[name], self.replicates, level)
