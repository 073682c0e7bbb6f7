"""Whether rows can be learnt from: numbers are finite, and labels are numbers of classes."""

import numpy as np

from biasvar.data.source import Source


def require_sound(data: Source, what: str, x: np.ndarray, y: np.ndarray) -> None:
    """Refuse rows of a data source that do not belong together, hold what is no number, or a label of no class.

    ``y`` holds class numbers or targets [n], or a distribution of labels [n, K]; ``what`` names the rows.

    Raises
    ------
    OSError
        With how many there are, and the first.
    """
    is_label = data.task == "classification" and y.ndim == 1
    fault = unequal(x, y) or not_finite(x) or (outside(y, data.outputs) if is_label else not_finite(y))
    if fault:
        raise OSError(f"the {what} of data={data.kind}: {fault}")


def unequal(x: np.ndarray, y: np.ndarray) -> str:
    """Return that there are not as many targets as inputs; an empty text where there are."""
    return "" if len(x) == len(y) else f"{len(x):,} inputs and {len(y):,} targets; expected one for each"


def not_finite(values: np.ndarray) -> str:
    """Return how many values are NaN or infinite and where the first one is; an empty text where none are."""
    if values.dtype.kind not in "fc" or np.isfinite(values).all():
        return ""
    bad = np.argwhere(~np.isfinite(values))
    place = tuple(map(int, bad[0]))
    return f"{counted(len(bad), 'value')} not finite, the first ({values[place]}) at {place}; expected numbers"


def outside(labels_n: np.ndarray, classes: int) -> str:
    """Return how many labels are of no class and the first of them with its row; an empty text where none are."""
    bad = np.flatnonzero(~((labels_n >= 0) & (labels_n < classes)))
    if not len(bad):
        return ""
    first = f"the first ({labels_n[bad[0]]}) in row {bad[0]}"
    return f"{counted(len(bad), 'label')} out of range, {first}; expected 0 to {classes - 1}"


def counted(number: int, noun: str) -> str:
    """Return a number of things with its verb: ``1 label is``, ``2 labels are``."""
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"
