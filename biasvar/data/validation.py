"""Validation of rows: numbers must be finite, and labels must be class numbers."""

import numpy as np

from biasvar.data.source import Source


def require_sound(data: Source, what: str, x: np.ndarray, y: np.ndarray) -> None:
    """Raise for rows of a data source with unequal lengths, non-finite numbers, or invalid labels.

    ``y`` holds class numbers or targets [n], or a distribution of labels [n, K]; ``what`` names the rows.

    Raises
    ------
    OSError
        With the number of faults, and the first one.
    """
    is_label = data.task == "classification" and y.ndim == 1
    inputs = x[~np.isnan(x)] if data.has_holes else x
    fault = unequal(x, y) or not_finite(inputs) or (outside(y, data.outputs) if is_label else not_finite(y))
    if fault:
        raise OSError(f"the {what} of data={data.kind}: {fault}")


def unequal(x: np.ndarray, y: np.ndarray) -> str:
    """Return the message for different numbers of targets and inputs; an empty string if they are equal."""
    return "" if len(x) == len(y) else f"{len(x):,} inputs and {len(y):,} targets; expected one for each"


def not_finite(values: np.ndarray) -> str:
    """Return the message for values that are NaN or infinite, with the first one; an empty string if there are none."""
    if values.dtype.kind not in "fc" or np.isfinite(values).all():
        return ""
    bad = np.argwhere(~np.isfinite(values))
    place = tuple(map(int, bad[0]))
    return f"{counted(len(bad), 'value')} not finite, the first ({values[place]}) at {place}; expected numbers"


def outside(labels_n: np.ndarray, classes: int) -> str:
    """Return the message for invalid labels, with the first and its row; an empty string if there are none."""
    bad = np.flatnonzero(~((labels_n >= 0) & (labels_n < classes)))
    if not len(bad):
        return ""
    first = f"the first ({labels_n[bad[0]]}) in row {bad[0]}"
    return f"{counted(len(bad), 'label')} out of range, {first}; expected 0 to {classes - 1}"


def counted(number: int, noun: str) -> str:
    """Return a number of things with its verb: ``1 label is``, ``2 labels are``."""
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"
