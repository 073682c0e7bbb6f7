"""Masked arrays, whose masks conversions to other arrays drop without a word."""

from typing import Any

import numpy as np


def refuse_masked(name: str, values: Any) -> None:
    """Refuse masked entries, also those of masked arrays in lists; a mask without any is no matter.

    Raises
    ------
    ValueError
        With the place of the first one.
    """
    place = first_masked(values)
    if place is not None:
        raise ValueError(f"{name}: values are masked, the first at {place}; expected all of them")


def first_masked(values: Any) -> tuple[int, ...] | None:
    """Return the place of the first masked entry, None where there is none."""
    if isinstance(values, list | tuple):
        found = ((place, first_masked(one)) for place, one in enumerate(values))
        return next(((place, *inner) for place, inner in found if inner is not None), None)
    if not np.ma.isMaskedArray(values) or not np.ma.is_masked(values):
        return None
    return tuple(map(int, np.argwhere(np.ma.getmaskarray(values))[0]))
