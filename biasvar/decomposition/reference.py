"""What predictions are measured against: a known optimum with its noise, a label distribution, votes, or labels."""

from dataclasses import dataclass, field, replace

import numpy as np

from biasvar.decomposition.reading.checks import check_distribution, check_finite, not_one_in_sum
from biasvar.decomposition.reading.class_labels import one_hot

NEARLY = 0.01  # how far sums of probabilities may be from one, or from a hundred, and still look like probabilities


def nothing() -> np.ndarray:
    """Return an empty array, for a reference that lacks one."""
    return np.zeros(0)


@dataclass(frozen=True)
class Reference:
    """The target of N points in one of five kinds.

    - ``optimum``: ``target_NK`` is f*(x), ``noise_N`` the variance of the label given x;
    - ``distribution``: ``target_NK`` is the distribution of the label, rows summing to one, from which a loss computes
      its noise;
    - ``votes``: the distribution is only known from votes, ``counts_NK``; ``target_NK`` holds their shares;
    - ``labels``: one label a point (one-hot for classes), and the noise is not known;
    - ``draws``: ``target_NK`` holds draws of a number's label at each point [N, S], over which expectations run.

    ``weights_N`` says how much each point counts in a mean over points, relative to a mean of 1; empty where all count
    the same. ``noise_distribution`` names the distribution of the noise beside an optimum, where a loss needs it; see
    ``noise.distributions``.
    """

    kind: str
    target_NK: np.ndarray
    noise_N: np.ndarray = field(default_factory=nothing)
    counts_NK: np.ndarray = field(default_factory=nothing)
    noise_distribution: str = ""
    weights_N: np.ndarray = field(default_factory=nothing)

    @property
    def knows_noise(self) -> bool:
        """Whether the noise is known, so that bias and noise can be told apart."""
        return self.kind != "labels"

    def at(self, points: slice) -> "Reference":
        """Return the reference at some points."""
        parts = {name: getattr(self, name)[points] for name in ("target_NK", "noise_N", "counts_NK", "weights_N")}
        return replace(self, **parts)

    def weighed(self, values: np.ndarray) -> np.ndarray:
        """Return values [..., N] times the weight of their point: the mean of these is the weighted mean."""
        return values * self.weights_N if self.weights_N.size else values

    def weighed_in_squares(self, values: np.ndarray) -> np.ndarray:
        """Return values [..., N, K] times the root of the weight of their point: their products are then weighed."""
        return values * np.sqrt(self.weights_N)[:, None] if self.weights_N.size else values

    def average(self, values: np.ndarray) -> np.ndarray:
        """Return the mean over points of values [..., N]: the only place where one is taken."""
        return np.mean(self.weighed(values), axis=-1)


def reference_of_classes(target: np.ndarray, classes: np.ndarray, noise: np.ndarray | float | None) -> Reference:
    """Return the reference of a classification: a distribution [N, K], votes [N, K] in whole numbers, or labels [N].

    Raises
    ------
    ValueError
        For an invalid distribution, labels that are not among the classes, or a noise that a label cannot have.
    """
    if target.ndim == 2:
        if noise is not None:
            raise ValueError(
                "noise was given beside a label distribution or votes, from which it follows: leave it out"
            )
        if is_votes(target):
            shares_NK = target / target.sum(axis=1, keepdims=True)
            return Reference("votes", shares_NK, counts_NK=target.astype(np.int64))
        check_distribution("target", target)
        distribution_NK = target.astype(float)
        return Reference("distribution", distribution_NK / distribution_NK.sum(axis=1, keepdims=True))
    one_hot_NK = one_hot(target, classes)
    if noise is None:
        return Reference("labels", one_hot_NK)
    noise = np.asarray(noise)
    if noise.shape not in ((), (len(target),)):
        raise ValueError(f"noise has shape {noise.shape}; expected one number or [N] with N = {len(target)}")
    if np.any(noise != 0):
        raise ValueError(
            "noise other than 0 was given beside class labels; give the distribution of the labels [N, K] instead"
        )
    return Reference("distribution", one_hot_NK)


def reference_of_numbers(target_NK: np.ndarray, noise: np.ndarray | float | None) -> Reference:
    """Return the reference of a regression: f* [N, K] with its noise, or labels where no noise is given."""
    target_NK = target_NK.astype(float)
    check_finite("target", target_NK)
    if noise is None:
        return Reference("labels", target_NK)
    noise = np.asarray(noise, dtype=float)
    if noise.shape not in ((), (len(target_NK),)):
        raise ValueError(f"noise has shape {noise.shape}; expected one number or [N] with N = {len(target_NK)}")
    check_finite("noise", noise)
    if np.any(noise < 0):
        raise ValueError(f"noise is a variance and cannot be negative; its least value is {noise.min():g}")
    return Reference("optimum", target_NK, np.broadcast_to(noise, len(target_NK)))


def is_votes(target: np.ndarray) -> bool:
    """Return whether whole numbers [N, K] are counts of at least two votes per point."""
    return np.issubdtype(target.dtype, np.integer) and bool(target.min() >= 0 and target.sum(axis=1).min() >= 2)


def is_distribution(target: np.ndarray) -> bool:
    """Return whether every row of an array [N, K] is a probability distribution over at least two classes."""
    if target.ndim != 2 or target.shape[1] < 2 or not np.issubdtype(target.dtype, np.number):
        return False
    return bool(target.min() >= 0) and not not_one_in_sum(target).any()


def is_one_hot(target: np.ndarray) -> bool:
    """Return whether every row of an array [N, K] is one-hot, with at least two classes."""
    return is_distribution(target) and bool(((target == 0) | (target == 1)).all())


def is_near_distribution(rows: np.ndarray) -> bool:
    """Return whether rows [N, K] look like probabilities or percentages whose sums are slightly off."""
    if rows.ndim != 2 or rows.shape[1] < 2 or not np.issubdtype(rows.dtype, np.number) or rows.min() < 0:
        return False
    sums_N = rows.sum(axis=1, dtype=float)
    return any(np.allclose(sums_N, whole, rtol=NEARLY, atol=0) for whole in (1, 100))
