"""The labels of points (or classes) on data frames: labelled data are aligned by label, not by position."""

from collections.abc import Sequence
from typing import Any


def labels_of(values: Any, axis: int) -> list | None:
    """Return the labels along an axis of a data frame or series; None if there are none, or only a count from 0."""
    axes = getattr(values, "axes", None)
    if not isinstance(axes, list) or len(axes) <= axis:
        return None
    labels = list(axes[axis])
    counted = type(axes[axis]).__name__ == "RangeIndex" and labels == list(range(len(labels)))
    return None if counted else labels


def in_order(name: str, values: Any, order: Sequence | None, of: str, axis: int = 0) -> Any:
    """Return values with one axis in the order of labels; unchanged if either side has no labels.

    A different number of labels is left to the shape checks.

    Raises
    ------
    ValueError
        For different labels, and for repeated labels in a different order.
    """
    own = labels_of(values, axis)
    if own is None or order is None or len(own) != len(order) or own == list(order):
        return values
    if len(set(own)) < len(own) or len(set(order)) < len(order):
        raise ValueError(f"{name} and {of} have labels that name something twice; {BY_POSITION}")
    if set(own) != set(order):
        strange = next(label for label in own if label not in set(order))
        raise ValueError(f"{name} has the label {strange!r}, which is not among those of {of}; {BY_POSITION}")
    return values.reindex(list(order), axis=axis)


def refuse_points_in_rows(predictions: Any, target: Any) -> None:
    """Raise for a frame of predictions whose rows, instead of its columns, carry the labels of the target's points."""
    rows, points = labels_of(predictions, 0), labels_of(target, 0)
    if labels_of(predictions, 1) is None and rows is not None and points is not None and set(rows) == set(points):
        raise ValueError(
            f"the rows of predictions have the labels of target; expected points in the columns, [R, N]; {BY_POSITION}"
        )


BY_POSITION = "give plain arrays (to_numpy()) for what is to be read by position"
