"""Convert array-likes (lists, data frames, tensors) to plain arrays without loss of precision."""

from typing import Any

import numpy as np

from biasvar.decomposition.outputs import WHOLE
from biasvar.decomposition.reading.masks import refuse_masked


def is_read_in_parts(values: Any) -> bool:
    """Return whether values are sliced like an array without being one, so that they need not fit into memory."""
    dtype = getattr(values, "dtype", None)
    return not isinstance(values, np.ndarray) and isinstance(dtype, np.dtype) and hasattr(values, "__getitem__")


def plain_array(name: str, values: Any) -> np.ndarray:
    """Return an array-like as an array of numbers or of strings; objects are inspected one by one.

    Raises
    ------
    ValueError
        For masked or missing values, complex numbers, and anything that is neither a number nor a string.
    """
    refuse_masked(name, values)
    values = without_tensors(values)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} are no array: {error}") from error
    if array.dtype.name == "bfloat16":  # from libraries that provide this dtype
        array = array.astype(np.float32)
    if array.dtype.kind == "f" and array is not values and holds_large(array):
        array = whole_again(values, array)
    if array.dtype == object:
        return array_of_objects(name, array)
    if array.dtype.kind not in "biufUS":
        raise ValueError(f"{name} hold {array.dtype}; expected real numbers, or texts as labels")
    return array


def plain_numbers(name: str, values: Any) -> np.ndarray:
    """Return an array-like as an array of numbers.

    Raises
    ------
    ValueError
        As ``plain_array``, and for strings, even those that look like numbers.
    """
    array = plain_array(name, values)
    if array.dtype.kind in "US":
        raise ValueError(f"{name} holds texts ({str(array.ravel()[0])!r}); expected numbers")
    return array


def array_of_objects(name: str, array: np.ndarray) -> np.ndarray:
    """Return objects as an array of numbers or of strings."""
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


def holds_large(array: np.ndarray) -> bool:
    """Return whether there are numbers beyond the range in which floats hold every whole number."""
    return bool((np.abs(array.astype(float)) >= WHOLE).any())


def whole_again(values: Any, array: np.ndarray) -> np.ndarray:
    """Return whole numbers of mixed types, such as signed and unsigned ones in a list, without converting to float."""
    by_type = values.astype(object) if hasattr(values, "astype") else values  # a frame has one type per column
    flat = np.asarray(by_type, dtype=object).ravel()
    if not all(isinstance(one, int | np.integer) for one in flat):
        return array
    kind = np.uint64 if max(flat) >= 2**63 else np.int64
    fits = np.iinfo(kind).min <= min(flat) and max(flat) <= np.iinfo(kind).max
    return np.array([int(one) for one in flat], dtype=kind).reshape(array.shape) if fits else array


def without_tensors(values: Any) -> Any:
    """Return tensors, also those in lists, as arrays in memory, without gradients; bfloat16 becomes float32."""
    if isinstance(values, list | tuple):
        return [without_tensors(one) for one in values] if any(map(may_hold_tensors, values)) else values
    if not is_tensor(values):
        return values
    values = values.detach().cpu()
    return (values.float() if str(values.dtype).endswith("bfloat16") else values).numpy()


def may_hold_tensors(value: Any) -> bool:
    """Return whether a value is a tensor, or a list that might hold some."""
    return isinstance(value, list | tuple) or is_tensor(value)


def is_tensor(value: Any) -> bool:
    """Return whether a value behaves like a torch tensor."""
    return hasattr(value, "detach") and hasattr(value, "cpu")


def is_missing(value: Any) -> bool:
    """Return whether an object is a missing value: None, NaN, or a data frame's NA or NaT."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )
