"""Anything like an array as a plain one: lists, data frames, and tensors, none of whose numbers are lost on the way."""

from typing import Any

import numpy as np

from biasvar.decomposition.outputs import WHOLE
from biasvar.decomposition.reading.masks import refuse_masked


def is_read_in_parts(values: Any) -> bool:
    """Say whether values are no array but are sliced as one, so that they need not be in memory as a whole."""
    dtype = getattr(values, "dtype", None)
    return not isinstance(values, np.ndarray) and isinstance(dtype, np.dtype) and hasattr(values, "__getitem__")


def plain_array(name: str, values: Any) -> np.ndarray:
    """Return anything like an array as one of numbers or of texts; objects are looked at one by one.

    Raises
    ------
    ValueError
        For masked or missing values, complex numbers, and what is neither numbers nor texts.
    """
    refuse_masked(name, values)
    values = without_tensors(values)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} are no array: {error}") from error
    if array.dtype.name == "bfloat16":  # of libraries that have a dtype for it
        array = array.astype(np.float32)
    if array.dtype.kind == "f" and array is not values and holds_large(array):
        array = whole_again(values, array)
    if array.dtype == object:
        return array_of_objects(name, array)
    if array.dtype.kind not in "biufUS":
        raise ValueError(f"{name} hold {array.dtype}; expected real numbers, or texts as labels")
    return array


def plain_numbers(name: str, values: Any) -> np.ndarray:
    """Return anything like an array as one of numbers.

    Raises
    ------
    ValueError
        As ``plain_array``, and for texts, also such as could be read as numbers.
    """
    array = plain_array(name, values)
    if array.dtype.kind in "US":
        raise ValueError(f"{name} holds texts ({str(array.ravel()[0])!r}); expected numbers")
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


def holds_large(array: np.ndarray) -> bool:
    """Say whether there are numbers beyond those up to which floats hold every whole one."""
    return bool((np.abs(array.astype(float)) >= WHOLE).any())


def whole_again(values: Any, array: np.ndarray) -> np.ndarray:
    """Return whole numbers of several types, such as signed and unsigned ones in a list, without making them floats."""
    by_type = values.astype(object) if hasattr(values, "astype") else values  # a frame has a type a column
    flat = np.asarray(by_type, dtype=object).ravel()
    if not all(isinstance(one, int | np.integer) for one in flat):
        return array
    kind = np.uint64 if max(flat) >= 2**63 else np.int64
    fits = np.iinfo(kind).min <= min(flat) and max(flat) <= np.iinfo(kind).max
    return np.array([int(one) for one in flat], dtype=kind).reshape(array.shape) if fits else array


def without_tensors(values: Any) -> Any:
    """Return tensors as arrays, also those in lists: without their gradients, in memory, bfloat16 as float32."""
    if isinstance(values, list | tuple):
        return [without_tensors(one) for one in values] if any(map(may_hold_tensors, values)) else values
    if not is_tensor(values):
        return values
    values = values.detach().cpu()
    return (values.float() if str(values.dtype).endswith("bfloat16") else values).numpy()


def may_hold_tensors(value: Any) -> bool:
    """Say whether a value is a tensor, or a list, which might hold some."""
    return isinstance(value, list | tuple) or is_tensor(value)


def is_tensor(value: Any) -> bool:
    """Say whether a value does as torch's tensors do."""
    return hasattr(value, "detach") and hasattr(value, "cpu")


def is_missing(value: Any) -> bool:
    """Say whether an object stands for a missing value: None, NaN, or a data frame's own NA and NaT."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )
