"""Class labels: integers, whole numbers or strings, compared exactly."""

from collections.abc import Sequence

import numpy as np

from biasvar.decomposition.reading.plain_arrays import plain_array


def class_names(labels: Sequence) -> np.ndarray:
    """Return the classes in the order of the columns, [K].

    Raises
    ------
    ValueError
        For anything but a list of distinct names.
    """
    classes = plain_array("labels", list(labels) if isinstance(labels, tuple | range) else labels)
    if classes.ndim != 1 or len(np.unique(classes)) < len(classes):
        raise ValueError(
            f"labels = {labels!r}; expected a list that names each class once, in the order of the columns"
        )
    return classes


def check_labels(name: str, labels: np.ndarray) -> None:
    """Raise for invalid class labels: NaN, which equals nothing, and numbers that are not whole."""
    if labels.dtype.kind != "f":
        return
    for what, wrong in (
        ("NaN", np.isnan(labels)),
        ("infinite", np.isinf(labels)),
        ("not whole numbers", labels != np.round(labels)),
    ):
        bad = np.argwhere(wrong)
        if len(bad):
            place = tuple(map(int, bad[0]))
            raise ValueError(
                f"{name}: {len(bad)} labels are {what}, the first ({labels[place]:g}) at {place}; probabilities have "
                "an axis of classes, [.., N, K]"
            )


def in_one_type(*labels: np.ndarray) -> list[np.ndarray]:
    """Return labels in one type that keeps them distinct: whole numbers do not become floats next to floats.

    NumPy's common type of int64 and uint64, and of either and a float, is float64, in which 2**60 + 1 equals 2**60.
    """
    common = np.result_type(*labels)
    if common.kind != "f" or all(one.dtype.kind == "f" for one in labels):
        return list(labels)
    numbers = [number for one in labels if one.size for number in (int(one.min()), int(one.max()))]
    for kind in (np.int64, np.uint64):
        if all(np.iinfo(kind).min <= number <= np.iinfo(kind).max for number in numbers):
            return [one.astype(kind) for one in labels]
    return [np.array([int(number) for number in one.flat], dtype=object).reshape(one.shape) for one in labels]


def one_hot(labels_N: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return labels as one-hot rows [N, K].

    Raises
    ------
    ValueError
        For a label that is not among the classes, with its index, and for texts beside numbers.
    """
    kinds = ["texts" if one.dtype.kind in "US" else "numbers" for one in (labels_N, classes)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"labels are {kinds[0]} ({labels_N[0]}, ...) and the classes {kinds[1]} ({listed(classes)}); labels= names "
            "the classes in the order of the columns"
        )
    labels_N, classes = in_one_type(labels_N, classes)
    matches_NK = labels_N[:, None] == classes
    strange = np.flatnonzero(~matches_NK.any(axis=1))
    if len(strange):
        raise ValueError(
            f"label {labels_N[strange[0]]} at point {strange[0]} is not among the {len(classes)} classes "
            f"{listed(classes)}"
        )
    return matches_NK.astype(float)


def listed(classes: np.ndarray) -> str:
    """Return the first classes in a row."""
    return ", ".join(map(str, classes[:10])) + ", ..." * (len(classes) > 10)
