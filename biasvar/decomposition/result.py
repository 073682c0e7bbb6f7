"""What a decomposition returns."""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from types import ModuleType

import numpy as np
from scipy.special import ndtri

from biasvar.decomposition import components as parts
from biasvar.decomposition import gaussian
from biasvar.decomposition.bootstrap import crossed_counts, percentile_interval
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import LOSSES, squared_error
from biasvar.decomposition.moments import Moments, moments_of

SOURCES = ("data", "label_noise", "init", "batch_order", "dropout")
COMPONENTS = (*(f"variance_{source}" for source in SOURCES), "variance_interaction")
TERMS = (
    "risk",
    "noise",
    "net_noise",
    "bias_squared",
    "bias_squared_plus_noise",
    "bias",
    "bias_plus_noise",
    "variance",
    "net_variance",
    *COMPONENTS,
    "systematic_effect",
    "systematic_effect_plus_noise",
    "variance_effect",
    "kw_noise",
    "kw_bias_squared",
    "kw_bias_squared_plus_noise",
    "kw_variance",
    "residual",
)
MAIN_TERMS = TERMS[: TERMS.index("variance") + 1]
METHODS = ("gaussian", "bootstrap")
OVER = ("replicates", "replicates_and_points")


@dataclass(frozen=True)
class Decomposition:
    """Risk and its parts at N points, over M models of R replicates or of crossed seeds; in the units of the loss.

    ``points`` holds each term per point, axis [N], bias-corrected where the loss has a correction; the attributes of
    the same names (``risk``, ``noise``, ``bias_squared``, ...) are their means over points, None where a term is not
    defined for the loss or not known. ``points_plug_in`` holds the uncorrected estimates, for comparison, and
    ``plug_in`` their means.
    """

    loss: str
    ensemble: Ensemble
    points: dict[str, np.ndarray]
    points_plug_in: dict[str, np.ndarray]
    resample_number: int

    def __getattr__(self, name: str) -> float | None:
        if name.startswith("__") or "ensemble" not in vars(self):  # while it is copied or unpickled
            raise AttributeError(name)
        if name not in TERMS and name not in {f"variance_{source}" for source in self.ensemble.sources}:
            raise AttributeError(f"a decomposition has no {name!r}")
        return float(np.mean(self.points[name])) if name in self.points else None

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={np.mean(self.points[name]):.4g}" for name in MAIN_TERMS if name in self.points)
        sizes = " x ".join(map(str, self.sizes))
        return f"Decomposition({self.loss}: {numbers}; {sizes} models, {len(self.points['risk'])} points)"

    @property
    def family(self) -> ModuleType:
        """The loss's own functions."""
        return LOSSES[self.loss]

    @cached_property
    def plug_in(self) -> dict[str, float]:
        """The means over points of the uncorrected estimates."""
        return {name: float(np.mean(term_N)) for name, term_N in self.points_plug_in.items()}

    @property
    def reference(self) -> str:
        """What bias is measured against: ``law`` (f* or the law of labels is known), ``votes`` or ``labels``."""
        kind = self.ensemble.reference.kind
        return "law" if kind in ("optimum", "draws") else kind

    @property
    def sizes(self) -> tuple[int, ...]:
        """(R,), or the number of seeds of each crossed source."""
        return self.ensemble.sizes

    @property
    def replicates(self) -> int:
        """M, the number of models."""
        return self.ensemble.models

    @cached_property
    def risk_of_models(self) -> np.ndarray:
        """The mean loss of each model over the points, [M], whose mean is the risk: what paired comparisons need."""
        return self.family.risk_of_models(self.ensemble)

    @cached_property
    def resamples(self) -> dict[str, np.ndarray]:
        """Each term's mean under B bootstrap resamples of each source's seeds, centred at the estimate: name -> [B].

        Means of terms that are bounded, as all are under zero-one loss, are kept to their bounds.
        """
        found = {}
        for name, term_B in self.drawn.items():
            moved_B = term_B - term_B.mean() + getattr(self, name)
            found[name] = np.clip(moved_B, *self.bounds(name)) if self.loss == "zero_one" else moved_B
        return found

    @cached_property
    def drawn(self) -> dict[str, np.ndarray]:
        """Each term's mean under B bootstrap resamples of each source's seeds, as it is: name -> [B]."""
        counts = crossed_counts(self.sizes, self.resample_number, self.ensemble.seed)
        return self.family.resampled(self.ensemble, counts)

    @cached_property
    def drifts(self) -> dict[str, float]:
        """How far resamples of a term lie below its estimate, where the estimate lies as far below the truth."""
        names = getattr(self.family, "DRIFTS", ())
        return {name: getattr(self, name) - float(self.drawn[name].mean()) for name in names}

    def bounds(self, name: str) -> tuple[float, float]:
        """Return the range that a mean under zero-one loss can have."""
        low = min(-1.0 if name.startswith("kw_") else 0.0, getattr(self, name))
        return self.family.RANGES.get(name, (low, 1.0))

    @cached_property
    def moments(self) -> Moments:
        """The second moments behind the Gaussian intervals of squared error."""
        return moments_of(squared_error.gram(self.ensemble), self.sizes)

    @property
    def default_method(self) -> str:
        """How intervals are made unless told: ``gaussian`` under squared error, else ``bootstrap``."""
        return "gaussian" if self.family is squared_error else "bootstrap"

    @property
    def estimated(self) -> tuple[str, ...]:
        """The terms that have an interval: all that depend on the models."""
        without = ("noise", "kw_noise", "residual", "c1", "c2")
        return tuple(name for name in self.points if name not in without)

    def interval(
        self, name: str, level: float = 0.95, *, method: str | None = None, over: str = "replicates"
    ) -> tuple[float, float]:
        """Return the interval of a term's mean over points.

        ``method`` is ``gaussian`` (squared error; from second moments, see ``gaussian``) or ``bootstrap`` (over
        replicates, or over the seeds of each crossed source). ``over`` says of what the interval speaks: these points
        (``replicates``), or their population (``replicates_and_points``), by adding the squares of the distances
        for the points, which is wide rather than narrow. Sets that share a pool speak of the law given the pool.

        Raises
        ------
        ValueError
            For a term without an interval, and for an unknown method, population or level.
        """
        if name not in self.estimated:
            raise ValueError(
                f"{name!r} has no interval under {self.loss}; there is one for {', '.join(self.estimated)}"
            )
        method = method or self.default_method
        if method not in METHODS or (method == "gaussian" and self.family is not squared_error):
            raise ValueError(
                f"method = {method!r} is not available under {self.loss}; choose one of {', '.join(METHODS)}"
            )
        if over not in OVER or not 0 < level < 1:
            raise ValueError(
                f"over = {over!r}, level = {level}; expected one of {', '.join(OVER)} and a level in (0, 1)"
            )
        value = float(np.mean(self.points[name]))
        low, high = (
            self.gaussian_interval(name, level) if method == "gaussian" else self.bootstrap_interval(name, level)
        )
        low, high = min(low, value), max(high, value)
        if over == "replicates":
            return low, high
        if len(self.points[name]) < 2:
            raise ValueError("one point says nothing about others: over='replicates_and_points' needs at least 2")
        sampling = ndtri((1 + level) / 2) * float(np.std(self.points[name], ddof=1)) / sqrt(len(self.points[name]))
        return value - sqrt((value - low) ** 2 + sampling**2), value + sqrt((high - value) ** 2 + sampling**2)

    def bootstrap_interval(self, name: str, level: float) -> tuple[float, float]:
        """Return the expanded percentile interval of a term; see ``bootstrap``."""
        low, high = percentile_interval(self.resamples[name], min(self.sizes), level)
        drift = self.drifts.get(name, 0.0)
        return low + min(drift, 0.0), high + max(drift, 0.0)

    def gaussian_interval(self, name: str, level: float) -> tuple[float, float]:
        """Return the interval of a squared-error term; what is known exactly only moves it."""
        if name in ("variance", "variance_effect"):
            return gaussian.component_interval(self.moments, parts.sets_of(len(self.sizes)), level)
        if name.startswith("variance_"):
            wanted = squared_error.component_sets(self.ensemble.sources)[name]
            return gaussian.component_interval(self.moments, wanted, level)
        reference = self.ensemble.reference
        sampling = float(np.mean(squared_error.sampling_of(reference)))
        if name == "risk":
            low, high = gaussian.risk_interval(self.moments, level)
            known = float(np.mean(self.points["noise"])) - sampling if reference.knows_noise else 0.0
            return low + known, high + known
        low, high = gaussian.bias_interval(self.moments, level)
        return low - sampling, high - sampling

    def standard_error(self, name: str) -> float:
        """Return the standard error of a term's mean over points: by moments under squared error, else by resamples."""
        if name not in self.estimated:
            raise ValueError(f"{name!r} has no standard error under {self.loss}")
        if self.family is not squared_error:
            return float(np.std(self.resamples[name], ddof=1))
        if name == "risk":
            return sqrt(self.moments.variance_of_risk)
        if name in ("variance", "variance_effect"):
            return sqrt(gaussian.component_variance(self.moments, parts.sets_of(len(self.sizes))))
        if name.startswith("variance_"):
            wanted = squared_error.component_sets(self.ensemble.sources)[name]
            return sqrt(gaussian.component_variance(self.moments, wanted))
        return sqrt(self.moments.variance_of_squared_mean + self.moments.variance_of_spread)
