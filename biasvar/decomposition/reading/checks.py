"""Checks of arrays: each error says what was found, where, and what was expected."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.reading.plain_arrays import plain_numbers
from biasvar.decomposition.terms import COMPONENTS, TERMS, component_names

SUM_TOLERANCE = 1e-6  # for the sum of probabilities in float32
COARSER = ((16, 2.0**-7), (13, 2.0**-10))  # where so many last bits are empty: bfloat16, float16


def check_predictions(predictions: Any, sources: tuple[str, ...]) -> None:
    """Raise unless predictions have one axis per source, points, maybe outputs, and at least two seeds."""
    axes, expected = len(sources), axes_of(sources)
    if predictions.ndim not in (axes + 1, axes + 2):
        raise ValueError(f"predictions have shape {predictions.shape}; expected [{expected}, N] or [{expected}, N, K]")
    for source, size in zip(sources, predictions.shape, strict=False):
        if size < 2:
            what = "replicate" if source == "replicate" else f"{source} seed"
            raise ValueError(f"predictions hold {size} {what}; variance needs at least 2 (shape {predictions.shape})")
    if 0 in predictions.shape:
        raise ValueError(f"predictions have shape {predictions.shape}; expected at least one point and one output")


def check_integer(name: str, value: Any, least: int, why: str = "") -> None:
    """Refuse what is not a whole number of at least ``least``."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} = {value!r} is not allowed; expected an integer of at least {least}{why}")


def crossed_axes(sources: Sequence[str]) -> tuple[str, ...]:
    """Return the names of crossed axes.

    Raises
    ------
    ValueError
        For a string instead of a list, an empty list, or a repeated name; and where two components, or a component
        and another term, would have the same name.
    """
    if isinstance(sources, str) or not sources or len(set(sources)) < len(sources):
        raise ValueError(
            f"sources = {sources!r}; expected a list that names each crossed axis once, such as [data, init]"
        )
    names = component_names(sources)
    shared = [one for one in names if names.count(one) > 1 or one in set(TERMS) - set(COMPONENTS)]
    if shared:
        raise ValueError(f"sources = {sources!r}: two terms would be called {shared[0]}; rename one of the sources")
    return tuple(sources)


def axes_of(sources: tuple[str, ...]) -> str:
    """Return the names of the leading axes: R, or I, J, ... for crossed sources."""
    return "R" if sources == ("replicate",) else ", ".join("IJLMPQ"[: len(sources)])


def check_target(target: np.ndarray, points: int) -> None:
    """Raise for a target that does not have one entry per point."""
    if target.ndim not in (1, 2) or len(target) != points:
        raise ValueError(f"target has shape {target.shape}; expected [N] or [N, K] with N = {points}")


def relative_weights(weights: Any, points: int) -> np.ndarray:
    """Return the weights of points relative to their mean, [N]; see ``weights_of_points``."""
    weights_N = weights_of_points(weights, points)
    weights_N = weights_N / weights_N.max()
    return weights_N / weights_N.mean()


def weights_of_points(weights: Any, points: int) -> np.ndarray:
    """Return the weights of points as numbers, [N].

    Raises
    ------
    ValueError
        Unless there is one finite number of at least 0 for each point, and one above 0.
    """
    weights_N = plain_numbers("weights", weights).astype(float)
    if weights_N.shape != (points,):
        raise ValueError(f"weights have shape {weights_N.shape}; expected [N] with N = {points}, one a point")
    check_finite("weights", weights_N)
    if weights_N.min() < 0 or weights_N.max() == 0:
        raise ValueError(
            f"weights lie between {weights_N.min():g} and {weights_N.max():g}; expected 0 or more, and some above"
        )
    return weights_N


def check_terms(points: dict[str, np.ndarray]) -> None:
    """Raise for terms that have overflowed; the coefficients c1 and c2 may be undefined."""
    wrong = {name: np.flatnonzero(~np.isfinite(term)) for name, term in points.items() if name not in ("c1", "c2")}
    for name, places in wrong.items():
        if len(places):
            raise ValueError(
                f"{name} overflows at {len(places)} points, the first {places[0]}: rescale the predictions"
            )


def check_finite(name: str, values: np.ndarray) -> None:
    """Raise for NaN and infinite values, naming the location of the first."""
    check_numbers(name, values.dtype)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(not_finite(name, len(bad), values[place], place))


def check_numbers(name: str, dtype: np.dtype) -> None:
    """Raise for a dtype that is not numeric; integers that 64 bits do not hold come as objects."""
    if dtype.kind == "O":
        raise ValueError(f"{name} hold objects, and not numbers of 64 bits; expected floats, or smaller whole numbers")
    if not (np.issubdtype(dtype, np.number) or dtype.kind == "b"):
        raise ValueError(f"{name} hold {dtype} and not numbers; class labels go with loss='zero_one'")


def not_finite(name: str, count: int, value: Any, place: tuple[int, ...]) -> str:
    """Return the message for values that are not finite."""
    return f"{name}: {count} values are not finite, the first ({value}) at {place}"


def check_outputs(outputs: Outputs, kind: str) -> None:
    """Raise for predictions that are not finite, or not probabilities where required; logits may be minus infinity.

    They are checked a tile of points at a time, and searched only if their range shows a problem.
    """
    check_numbers("predictions", outputs.dtype)
    low, high = outputs.range
    if not (high < np.inf and (low > -np.inf or kind == "logits")):
        count, place = outputs.where(not_logits if kind == "logits" else not_numbers)
        raise ValueError(not_finite("predictions", count, outputs.of(place), place))
    if kind == "logits" and low == -np.inf and outputs.where(only_minus_infinity)[0]:
        raise ValueError("predictions: the logits of some point are all minus infinity; expected a finite one")
    if kind == "probabilities":
        if low < 0:
            _, place = outputs.where(lambda values: values < 0)
            raise ValueError(negative_probability("predictions", place, outputs.of(place)))
        count, place = outputs.where(not_one_in_sum)
        if count:
            total = outputs.of(place).sum(dtype=float)
            raise ValueError(
                f"predictions: the probabilities at {place} sum to {total:.9g}; expected 1 "
                "(outputs_are='logits' takes scores before the softmax)"
            )


def not_numbers(values: np.ndarray) -> np.ndarray:
    """Return, for each value, whether it is NaN or infinite."""
    return ~np.isfinite(values)


def not_logits(values: np.ndarray) -> np.ndarray:
    """Return, for each value, whether it is NaN or plus infinity."""
    return ~(values < np.inf)


def only_minus_infinity(values: np.ndarray) -> np.ndarray:
    """Return, for each point, whether all of its outputs are minus infinity."""
    return np.asarray(np.isneginf(values).all(axis=-1))


def not_one_in_sum(values: np.ndarray) -> np.ndarray:
    """Return, for each point, whether its outputs do not sum to one."""
    sums_MN = np.matmul(values.astype(float), np.ones(values.shape[-1]))
    return np.abs(sums_MN - 1) > sum_tolerance(values)


def sum_tolerance(values: np.ndarray) -> float:
    """Return how far from one rounding may leave the sum of probabilities: more in sixteen bits."""
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if values.dtype == np.float32:
        used = np.bitwise_or.reduce(values.view(np.uint32), axis=None)
        return next((tolerance for empty, tolerance in COARSER if not used & (2**empty - 1)), SUM_TOLERANCE)
    return SUM_TOLERANCE


def negative_probability(name: str, place: tuple[int, ...], value: Any) -> str:
    """Return the message for a negative probability."""
    return f"{name}: the probability at {place} is {value:g}; expected values from 0 to 1"


def check_distribution(name: str, distribution: np.ndarray) -> None:
    """Raise for rows [..., K] that are not probability distributions."""
    check_finite(name, distribution)
    negative = np.argwhere(distribution < 0)
    if len(negative):
        place = tuple(map(int, negative[0]))
        raise ValueError(negative_probability(name, place, distribution[place]))
    sums = distribution.sum(axis=-1, dtype=float)
    bad = np.argwhere(not_one_in_sum(distribution))
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(f"{name}: the probabilities at {place} sum to {sums[place]:.9g}; expected 1")
