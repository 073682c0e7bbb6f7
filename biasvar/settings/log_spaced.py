"""Whole numbers that are evenly spaced in their logarithm, in configurations: ``log(1,200,20)``."""

import re
from typing import Any

CALL = re.compile(r"\s*log\((.*)\)\s*", re.DOTALL)
MOST = 10_000  # numbers of one list
LARGEST = 2**53  # whole numbers are exact up to here
USAGE = "log(FIRST,LAST,COUNT) takes whole numbers 1 <= FIRST < LAST, and a COUNT from 2 to 10,000: log(1,200,20)"


def log_spaced(*numbers: Any) -> list[int]:
    """Return at most COUNT whole numbers from FIRST to LAST, given these three: rounded, distinct, ascending.

    Raises
    ------
    ValueError
        Where there are none.
    """
    if len(numbers) != 3 or not all(type(number) is int for number in numbers):
        raise ValueError(USAGE)
    first, last, count = numbers
    if not 1 <= first < last <= LARGEST or not 2 <= count <= MOST:
        raise ValueError(USAGE)
    import numpy as np  # not for ``--help``

    return list(dict.fromkeys(np.geomspace(first, last, count).round().astype(int).tolist()))


def called(text: str) -> list[int] | None:
    """Return the numbers of a text that is such a call, None for another text.

    Raises
    ------
    ValueError
        For a wrong call.
    """
    call = CALL.fullmatch(text)
    if call is None:
        return None
    try:
        numbers = list(map(int, call[1].split(",")))
    except ValueError:
        raise ValueError(USAGE) from None
    return log_spaced(*numbers)
