"""What arrays are refused for: each refusal says what was found, where, and what is expected."""

from collections.abc import Sequence
from typing import Any

import numpy as np

LAW_TOLERANCE = 1e-6  # of a sum of probabilities in float32


def check_predictions(predictions: np.ndarray, sources: tuple[str, ...]) -> None:
    """Refuse predictions without one axis a source of randomness, points, and maybe outputs; and single seeds."""
    axes, expected = len(sources), axes_of(sources)
    if predictions.ndim not in (axes + 1, axes + 2):
        raise ValueError(f"predictions have shape {predictions.shape}; expected [{expected}, N] or [{expected}, N, K]")
    for source, size in zip(sources, predictions.shape, strict=False):
        if size < 2:
            what = "replicate" if source == "replicate" else f"{source} seed"
            raise ValueError(f"predictions hold {size} {what}; variance needs at least 2 (shape {predictions.shape})")
    if predictions.size == 0:
        raise ValueError(f"predictions have shape {predictions.shape}; expected at least one point and one output")


def crossed_axes(sources: Sequence[str]) -> tuple[str, ...]:
    """Return the names of crossed axes.

    Raises
    ------
    ValueError
        For a text in place of a list, no name, or one twice.
    """
    if isinstance(sources, str) or not sources or len(set(sources)) < len(sources):
        raise ValueError(
            f"sources = {sources!r}; expected a list that names each crossed axis once, such as [data, init]"
        )
    return tuple(sources)


def axes_of(sources: tuple[str, ...]) -> str:
    """Return the names of the leading axes: R, or I, J, ... for crossed sources."""
    return "R" if sources == ("replicate",) else ", ".join("IJLMPQ"[: len(sources)])


def check_target(target: np.ndarray, points: int) -> None:
    """Refuse a target that does not have one entry a point."""
    if target.ndim not in (1, 2) or len(target) != points:
        raise ValueError(f"target has shape {target.shape}; expected [N] or [N, K] with N = {points}")


def check_terms(points: dict[str, np.ndarray]) -> None:
    """Refuse terms that have overflowed; the coefficients c1 and c2 may be undefined."""
    wrong = {name: np.flatnonzero(~np.isfinite(term)) for name, term in points.items() if name not in ("c1", "c2")}
    for name, places in wrong.items():
        if len(places):
            raise ValueError(
                f"{name} overflows at {len(places)} points, the first {places[0]}: rescale the predictions"
            )


def check_finite(name: str, values: np.ndarray) -> None:
    """Refuse NaN and infinite values, and say where the first one is."""
    if not (np.issubdtype(values.dtype, np.number) or values.dtype == bool):
        raise ValueError(f"{name} hold {values.dtype} and not numbers; class labels go with loss='zero_one'")
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(f"{name}: {len(bad)} values are not finite, the first ({values[place]}) at {place}")


def plain_array(name: str, values: Any) -> np.ndarray:
    """Return anything like an array as one of numbers or of texts; objects are looked at one by one.

    Raises
    ------
    ValueError
        For masked or missing values, complex numbers, and what is neither numbers nor texts.
    """
    if np.ma.isMaskedArray(values) and np.ma.getmaskarray(values).any():
        place = tuple(map(int, np.argwhere(np.ma.getmaskarray(values))[0]))
        raise ValueError(f"{name}: values are masked, the first at {place}; expected all of them")
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} are no array: {error}") from error
    if array.dtype == object:
        return array_of_objects(name, array)
    if array.dtype.kind not in "biufUS":
        raise ValueError(f"{name} hold {array.dtype}; expected real numbers, or texts as labels")
    return array


def array_of_objects(name: str, array: np.ndarray) -> np.ndarray:
    """Return objects as an array of numbers or of texts."""
    flat = array.ravel()
    missing = [place for place, value in enumerate(flat) if is_missing(value)]
    if missing:
        place = tuple(map(int, np.unravel_index(missing[0], array.shape)))
        raise ValueError(f"{name}: {len(missing)} values are missing, the first at {place}")
    if all(isinstance(value, str) for value in flat):
        return array.astype(str)
    if all(isinstance(value, int | float | np.number | np.bool_) for value in flat):
        return np.array(flat.tolist()).reshape(array.shape)
    kinds = sorted({type(value).__name__ for value in flat})
    raise ValueError(f"{name} hold {', '.join(kinds)}; expected numbers, or texts as labels, and not both")


def is_missing(value: Any) -> bool:
    """Say whether an object stands for a missing value: None, NaN, or a data frame's own NA and NaT."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def check_labels(name: str, labels: np.ndarray) -> None:
    """Refuse what names no class: NaN, which equals nothing, and numbers that are not whole."""
    if labels.dtype.kind != "f":
        return
    for what, wrong in (("NaN", np.isnan(labels)), ("not whole numbers", labels != np.round(labels))):
        bad = np.argwhere(wrong)
        if len(bad):
            place = tuple(map(int, bad[0]))
            raise ValueError(
                f"{name}: {len(bad)} labels are {what}, the first ({labels[place]:g}) at {place}; probabilities have "
                "an axis of classes, [.., N, K]"
            )


def check_law(name: str, law: np.ndarray) -> None:
    """Refuse rows [..., K] that are not probability laws."""
    check_finite(name, law)
    negative = np.argwhere(law < 0)
    if len(negative):
        place = tuple(map(int, negative[0]))
        raise ValueError(f"{name}: the probability at {place} is {law[place]:g}; expected values from 0 to 1")
    sums = law.sum(axis=-1)
    bad = np.argwhere(np.abs(sums - 1) > LAW_TOLERANCE)
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(
            f"{name}: the probabilities at {place} sum to {sums[place]:.9g}; expected 1 "
            "(outputs_are='logits' takes scores before the softmax)"
        )
