"""Numbers for readers: three significant digits, a true minus sign, intervals and counts in words."""

import math
from collections.abc import Iterable

import numpy as np

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """Return a number at ``digits`` significant digits; powers of ten below 0.001 and from 100,000 on."""
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    value = float(f"{value:.{digits - 1}e}")
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:,.{places}f}".replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('-', '−')}×10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def plain(value: object) -> str:
    """Return a swept value as a person would write it: 8, 0.001, 10⁻⁸, relu."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return "none" if value is None else str(value)
    value = float(value)
    if math.isnan(value):
        return "none"
    if value == 0 or math.isinf(value) or 1e-4 <= abs(value) < 1e6:
        text = f"{value:,.0f}" if value.is_integer() and abs(value) >= 10_000 else f"{value:g}"
        return text.replace("-", "−")
    mantissa, exponent = f"{value:e}".split("e")
    mantissa = f"{float(mantissa):g}".replace("-", "−")
    power = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return power if mantissa == "1" else f"{mantissa}×{power}"


def position(x: float) -> str:
    """Return a position on a horizontal axis: a swept value unchanged, a derived number at four significant digits.

    An infinite capacity is one that is null, which means no limit.
    """
    if math.isinf(x):
        return "none"
    return plain(x) if float(f"{x:g}") == x else plain(float(f"{x:.4g}"))


def at(x: float) -> str:
    """Return ``at`` and a position within a sentence, where a bare none would say that there is no such place."""
    return "at “none”" if math.isinf(x) else f"at {position(x)}"


def interval(value: float, low: float, high: float) -> str:
    """Return ``0.123 (0.110 to 0.140)``, or the number alone if it has no interval."""
    if math.isnan(low) or math.isnan(high):
        return number(value)
    return f"{number(value)} ({number(low)} to {number(high)})"


def span(values: Iterable[float]) -> str:
    """Return the range of counts: ``50``, or ``43 to 50`` if they differ."""
    values = [value for value in values if not math.isnan(value)]
    if not values:
        return "an unknown number of"
    low, high = f"{min(values):,.0f}", f"{max(values):,.0f}"
    return low if low == high else f"{low} to {high}"
