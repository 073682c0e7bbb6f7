"""Masked arrays: converting them to other arrays drops the mask silently, so masked entries are refused."""

from typing import Any

import numpy as np


def refuse_masked(name: str, values: Any) -> None:
    """Raise for masked entries, also in lists of masked arrays; an empty mask is fine.

    Raises
    ------
    ValueError
        With the index of the first masked entry.
    """
    place = first_masked(values)
    if place is not None:
        raise ValueError(f"{name}: values are masked, the first at {place}; expected all of them")


def first_masked(values: Any) -> tuple[int, ...] | None:
    """Return the index of the first masked entry, None if there is none."""
    if isinstance(values, list | tuple):
        found = ((place, first_masked(one)) for place, one in enumerate(values))
        return next(((place, *inner) for place, inner in found if inner is not None), None)
    if not np.ma.isMaskedArray(values) or not np.ma.is_masked(values):
        return None
    return tuple(map(int, np.argwhere(np.ma.getmaskarray(values))[0]))
