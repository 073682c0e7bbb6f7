"""The result of a decomposition."""

from dataclasses import dataclass
from functools import cached_property
from math import hypot, sqrt
from types import ModuleType

import numpy as np
import scipy

from biasvar.decomposition import bounds, gaussian, means
from biasvar.decomposition import components as parts
from biasvar.decomposition.bootstrap import crossed_counts, distinct, influences, skewed_interval
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import LOSSES, squared_error, zero_one
from biasvar.decomposition.losses.contested import Contested, contested_by
from biasvar.decomposition.moments import Moments
from biasvar.decomposition.sampling import Sampling, sampling_of
from biasvar.decomposition.terms import MAIN_TERMS, TERMS

METHODS = ("gaussian", "bootstrap")
ROUNDING = 1e-12  # of the risk
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
        if name not in TERMS and name not in squared_error.component_sets(self.ensemble.sources):
            raise AttributeError(f"a decomposition has no {name!r}")
        return self.value(name) if name in self.points else None

    def __repr__(self) -> str:
        numbers = ", ".join(f"{name}={self.value(name):.4g}" for name in MAIN_TERMS if name in self.points)
        sizes = " x ".join(map(str, self.sizes))
        return f"Decomposition({self.loss}: {numbers}; {sizes} models, {len(self.points['risk'])} points)"

    @property
    def family(self) -> ModuleType:
        """The loss's own functions."""
        return LOSSES[self.loss]

    @cached_property
    def plug_in(self) -> dict[str, float]:
        """The means over points of the uncorrected estimates."""
        return {name: self.average(term_N) for name, term_N in self.points_plug_in.items()}

    @property
    def reference(self) -> str:
        """What bias is measured against: ``distribution`` (f* or that of labels is known), ``votes`` or ``labels``."""
        kind = self.ensemble.reference.kind
        return "distribution" if kind in ("optimum", "draws") else kind

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
        """The mean loss of each model over the points, [M], for paired comparisons; their mean is the risk."""
        return self.family.risk_of_models(self.ensemble)

    @cached_property
    def counts(self) -> list[np.ndarray]:
        """How often each seed of each source occurs in each of B resamples, [B, n_s]."""
        return crossed_counts(self.sizes, self.resample_number, self.ensemble.seed)

    @cached_property
    def drawn(self) -> dict[str, np.ndarray]:
        """Each term's mean under B bootstrap resamples of each source's seeds, uncorrected: name -> [B]."""
        counts, places_B = distinct(self.counts)
        found = self.family.resampled(self.ensemble, counts)
        return {name: term[places_B] for name, term in found.items()}

    @cached_property
    def sampled(self) -> dict[str, tuple[np.ndarray, list[np.ndarray]]]:
        """The sampling error of each term: resamples [B] with a spread like its own, and its influences by source."""
        found, nothing_B = dict(self.drawn), np.zeros(self.resample_number)
        for name in set(found) & set(self.family.DECIDED):
            found[name] = sum((self.drawn[part] for part in self.family.DECIDED[name]), nothing_B)
        for name in set(found) & set(self.family.SPREADS):
            found[name] = self.drawn[name] * max(self.value(name) / (self.drawn[name].mean() or np.inf), 1.0)
        apart = influences(self.counts, np.column_stack(list(found.values())))
        return {name: (term_B, [one[:, t] for one in apart]) for t, (name, term_B) in enumerate(found.items())}

    @cached_property
    def contested(self) -> Contested | None:
        """The effect of points whose leading classes are within sampling error of each other; zero-one loss only."""
        return contested_by(self.ensemble) if self.family is zero_one else None

    def value(self, name: str) -> float:
        """The mean of a term over points."""
        return self.average(self.points[name])

    def average(self, term_N: np.ndarray) -> float:
        """Return the mean over points, by their weights."""
        return float(self.ensemble.reference.average(term_N))

    @property
    def impossible(self) -> tuple[str, ...]:
        """The terms whose estimate lies outside their possible range, beyond rounding: a correction took it there."""
        rounding = ROUNDING * self.value("risk")
        return tuple(name for name in self.estimated if not bounds.holds(self.family, name, self.value(name), rounding))

    @cached_property
    def sampling(self) -> Sampling:
        """The sampling error behind the Gaussian intervals of squared error."""
        return sampling_of(squared_error.gram(self.ensemble), self.sizes, self.ensemble.sources)

    @cached_property
    def moments(self) -> Moments:
        """Its second moments in the units of the loss."""
        return self.sampling.moments.times(self.sampling.unit)

    @property
    def default_method(self) -> str:
        """The default interval method: ``gaussian`` under squared error, otherwise ``bootstrap``."""
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
        replicates, or over the seeds of each crossed source). ``over`` is what the interval generalises to: these
        points (``replicates``), or their population (``replicates_and_points``). The latter adds the squared distances
        for the points, which is conservative. Training sets that share a pool speak of the distribution given the pool.

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
        value = self.value(name)
        of_method = self.gaussian_interval if method == "gaussian" else self.bootstrap_interval
        low, high = of_method(name, level)
        low, high = min(low, value), max(high, value)
        if over == "replicates_and_points":
            sampling = scipy.special.ndtri((1 + level) / 2) * self.error_over_points(name)
            low, high = value - hypot(value - low, sampling), value + hypot(high - value, sampling)
        is_component = name in squared_error.component_sets(self.ensemble.sources)
        return bounds.within(self.family, name, is_component, value, (low, high))

    def error_over_points(self, name: str) -> float:
        """Return the standard error of a term's mean over points drawn anew; see ``gaussian.error_of_mean``."""
        return gaussian.error_of_mean(self.points[name], self.ensemble.reference.weights_N)

    def bootstrap_interval(self, name: str, level: float) -> tuple[float, float]:
        """Return the interval of a term from its resamples; see ``bootstrap``.

        Some terms are biased as much as their resamples are, and others up to as much.
        """
        value, (term_B, apart) = self.value(name), self.sampled[name]
        drift = value - float(self.drawn[name].mean())
        value += drift if name in self.family.SHIFTS else 0.0
        low, high = skewed_interval(value, term_B, apart, self.counts, level)
        if name in self.family.DRIFTS:
            return low + min(drift, 0.0), high + max(drift, 0.0)
        below, above = self.contested.reach(name) if self.contested else (0.0, 0.0)
        return value - hypot(value - low, below), value + hypot(high - value, above)

    def gaussian_interval(self, name: str, level: float) -> tuple[float, float]:
        """Return the interval of a squared-error term; terms that are known exactly only shift it."""
        moments, unit, reference = self.sampling.moments, self.sampling.unit, self.ensemble.reference
        if name.startswith("variance"):
            weights = self.weights_in(name)
            low, high = gaussian.component_interval(moments, weights, level, self.sampling.excess_at(level, weights))
            return low * unit, high * unit
        known = -self.average(squared_error.sampling_of(reference))
        if name != "risk":
            low, high = gaussian.bias_interval(moments, level)
            return low * unit + known, high * unit + known
        low, high = self.sampling.risk_interval(means.Resampling(self.resample_number, self.ensemble.seed), level)
        known += self.value("noise") if reference.knows_noise else 0.0
        return low + known, high + known

    def weights_in(self, name: str) -> dict[parts.Sources, float]:
        """Return the components that add up to a squared-error part, each with weight 1; () is bias squared."""
        if not name.startswith("variance"):
            return {(): 1.0}
        sets = parts.sets_of(len(self.sizes))
        of_source = squared_error.component_sets(self.ensemble.sources)
        return dict.fromkeys(sets if name in ("variance", "variance_effect") else of_source[name], 1.0)

    def standard_error(self, name: str) -> float:
        """Return the standard error of a term's mean over points.

        That of the risk is one of a mean over models, see ``means``. Those of other terms are from second moments, see
        ``sampling``, or from resamples, whose variance of R values is too low by (R - 1) / R.
        """
        if name not in self.estimated:
            raise ValueError(f"{name!r} has no standard error under {self.loss}")
        if self.family is squared_error:
            return (
                self.sampling.error_of_risk if name == "risk" else self.sampling.standard_error(self.weights_in(name))
            )
        if name == "risk":
            return means.error_of_grand_mean(means.by_seeds(self.risk_of_models, self.sizes, self.ensemble.sources))
        fewest = min(self.sizes)
        return float(np.std(self.drawn[name], ddof=1)) * sqrt(fewest / (fewest - 1))
