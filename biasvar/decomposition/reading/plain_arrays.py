"""Convert array-likes (lists, data frames, tensors) to plain arrays without loss of precision."""

from typing import Any

import numpy as np

from biasvar.decomposition.outputs import WHOLE
from biasvar.decomposition.reading.masks import refuse_masked


def is_read_in_parts(values: Any) -> bool:
    """Return whether values are sliced like an array without being one, so that they need not fit into memory."""
    dtype = getattr(values, "dtype", None)
    whole = isinstance(values, np.ndarray) or is_sparse(values)
    return not whole and isinstance(dtype, np.dtype) and hasattr(values, "__getitem__")


def plain_array(name: str, values: Any) -> np.ndarray:
    """Return an array-like as an array of numbers or of strings; objects are inspected one by one.

    Raises
    ------
    ValueError
        For masked or missing values, sparse arrays, complex numbers, and anything but numbers and strings.
    """
    refuse_masked(name, values)
    if is_sparse(values):
        raise ValueError(f"{name} are sparse; expected all numbers (toarray())")
    values = without_tensors(values)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} are no array: {error}") from error
    if array.dtype.name == "bfloat16":  # from libraries that provide this dtype
        array = array.astype(np.float32)
    if array.dtype.kind == "f" and array is not values and holds_large(array):
        objects = one_by_one(values)
        array = objects if holds_large_integers(objects.ravel()) else array
    if array.dtype.kind == "S":  # as files of other languages have texts
        array = np.char.decode(array, "utf-8")
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
        return (exact(flat) if holds_large_integers(flat) else np.array(flat.tolist())).reshape(array.shape)
    kinds = sorted({type(value).__name__ for value in flat})
    raise ValueError(f"{name} hold {', '.join(kinds)}; expected numbers, or texts as labels, and not both")


def holds_large(array: np.ndarray) -> bool:
    """Return whether there are numbers beyond the range in which floats hold every whole number."""
    return bool((np.abs(array.astype(float)) >= WHOLE).any())


def one_by_one(values: Any) -> np.ndarray:
    """Return values as objects, each of the type that it has."""
    by_type = values.astype(object) if hasattr(values, "astype") else values  # a frame has a type a column
    return np.asarray(by_type, dtype=object)


def holds_large_integers(flat: np.ndarray) -> bool:
    """Say whether there are integers that floats do not hold, beside nothing but whole numbers."""
    is_large = any(isinstance(one, int | np.integer) and abs(int(one)) >= WHOLE for one in flat)
    return is_large and all(isinstance(one, int | np.integer) or float(one).is_integer() for one in flat)


def exact(flat: np.ndarray) -> np.ndarray:
    """Return whole numbers in the type of 64 bits that holds all of them, or as Python's where there is none."""
    numbers = [int(one) for one in flat]
    for kind in (np.int64, np.uint64):
        if np.iinfo(kind).min <= min(numbers) and max(numbers) <= np.iinfo(kind).max:
            return np.array(numbers, dtype=kind)
    return np.array(numbers, dtype=object)


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


def is_sparse(values: Any) -> bool:
    """Say whether values are a sparse array of scipy's, which numpy takes for one object."""
    return hasattr(values, "toarray") and hasattr(values, "nnz")


def is_missing(value: Any) -> bool:
    """Return whether an object is a missing value: None, NaN, or a data frame's NA or NaT."""
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )
