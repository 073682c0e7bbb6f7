"""NaN and infinite values of a table: counted, and refused if the estimator does not accept them."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags


def takes_nan(estimator: Any) -> bool:
    """Return whether an estimator, or any part of it such as an imputer, declares that it accepts NaN."""
    parts = [estimator, *estimator.get_params().values()]
    return any(get_tags(part).input_tags.allow_nan for part in parts if isinstance(part, BaseEstimator))


def require_finite(name: str, x: Any, nan_allowed: bool) -> None:
    """Raise for infinite values of a table of numbers, and for NaN if the estimator does not accept it.

    Raises
    ------
    ValueError
        With their number and the position of the first.
    """
    entries = x.tocoo() if issparse(x) else None
    numbers = np.asarray(x if entries is None else entries.data)
    if numbers.dtype.kind == "O":
        numbers = np.frompyfunc(number_or_zero, 1, 1)(numbers).astype(float)
    if numbers.dtype.kind not in "fc":
        return
    bad = np.argwhere(np.isinf(numbers) if nan_allowed else ~np.isfinite(numbers))
    if len(bad):
        first = tuple(bad[0])
        place = first if entries is None else (entries.row[first], entries.col[first])
        raise ValueError(
            f"{name}: {len(bad)} values are NaN or infinite, the first ({numbers[first]}) at "
            f"{tuple(map(int, place))}; none is dropped for you: leave their rows out"
            + ("" if nan_allowed else ", or take an estimator that takes NaN, such as a pipeline with an imputer")
        )


def number_or_zero(value: Any) -> float:
    """Return an entry of a mixed table: itself if a number, NaN for a missing value, and 0 for strings and the like."""
    if is_missing(value):
        return value if isinstance(value, float) else np.nan
    return 0.0


def is_missing(label: Any) -> bool:
    """Return whether a label is None, NaN, infinite, or a pandas missing value, which does not equal itself."""
    if isinstance(label, float):
        return not np.isfinite(label)
    same = label == label
    return label is None or not isinstance(same, bool | np.bool_) or not same
