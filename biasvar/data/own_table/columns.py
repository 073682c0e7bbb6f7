"""Columns: numbers, truth values or categories, and what speaks against one as an input."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FEW = 20  # so many different values may be categories or classes in however few rows
EXACT = 2.0**53  # float64 has all whole numbers up to here
LONGEST = 300  # digits of a whole number that float64 can hold
LOOKED_AT = 100  # texts by which a column of dates is recognised
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?"  # 2024-03-01 12:00, 1/3/24
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}"  # 1 March 2024
    r"|\d{1,2}:\d{2}(:\d{2})?"  # 12:00
)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


@dataclass(frozen=True)
class Column:
    """A column as numbers: those that it has, 0 and 1 for false and true, or places among ``labels``; NaN is a hole.

    ``fault`` says why it is no input, if it is none; ``note`` how its values were read, if that is not obvious.
    """

    name: str
    values_n: np.ndarray
    labels: tuple[str, ...] = ()
    truth: bool = False
    fault: str = ""
    note: str = ""

    @property
    def holes_n(self) -> np.ndarray:
        """Where values are missing."""
        return np.isnan(self.values_n)


def column_of(name: str, series: "pd.Series") -> Column:
    """Return a column of a table, read by its type, or by its texts."""
    from pandas.api import types

    if types.is_bool_dtype(series.dtype):
        return Column(name, as_floats(series), truth=True)
    if isinstance(series.dtype, types.CategoricalDtype):
        return of_categories(name, series)
    if types.is_datetime64_any_dtype(series.dtype) or types.is_timedelta64_dtype(series.dtype):
        return faulty(name, series, f"has dates or durations ({first_of(series)}, ...)")
    if types.is_numeric_dtype(series.dtype):
        return of_numbers(name, series)
    return of_objects(name, series)


def as_floats(series: "pd.Series") -> np.ndarray:
    """Return a column's numbers as float64; holes are NaN."""
    return series.to_numpy(dtype=float, na_value=np.nan)


def faulty(name: str, series: "pd.Series", fault: str) -> Column:
    """Return a column that is no input."""
    return Column(name, np.zeros(len(series)), fault=fault)


def first_of(series: "pd.Series") -> Any:
    """Return the first value of a column that is there."""
    return series.dropna().iloc[0] if series.notna().any() else "none"


def of_numbers(name: str, series: "pd.Series") -> Column:
    """Return a column of numbers; whole numbers that float64 does not tell apart are names."""
    if np.iscomplexobj(series.to_numpy()):
        return faulty(name, series, "has complex numbers")
    values_n = as_floats(series)
    if (np.abs(values_n) >= EXACT).any() and len(np.unique(values_n)) < series.nunique(dropna=False):
        return of_objects(name, series.astype(object))
    return Column(name, values_n, fault=fault_of_numbers(values_n))


def fault_of_numbers(values_n: np.ndarray) -> str:
    """Return which numbers are infinite, or an empty text."""
    infinite = np.flatnonzero(np.isinf(values_n))
    if not len(infinite):
        return ""
    first = f"the first of them ({values_n[infinite[0]]:g}) row {infinite[0] + 1:,}"
    return f"is not finite in {len(infinite):,} of {len(values_n):,} rows, {first}"


def of_categories(name: str, series: "pd.Series") -> Column:
    """Return a column of pandas' categories: in their order if they have one, else sorted; without unused ones."""
    known = series.cat.remove_unused_categories()
    names = known.cat.categories if known.cat.ordered else known.cat.categories.sort_values()
    codes_n = known.cat.set_categories(names).cat.codes.to_numpy().astype(float)
    return Column(name, np.where(codes_n < 0, np.nan, codes_n), tuple(map(str, names)))


def of_objects(name: str, series: "pd.Series") -> Column:
    """Return a column of texts or of mixed objects: numbers if all are, else categories."""
    import pandas as pd

    try:
        codes_n, found = pd.factorize(series)
    except TypeError:
        return faulty(name, series, f"has a {type(first_of(series)).__name__} in each row")
    values = list(found)
    if values and all(isinstance(value, bool | np.bool_) for value in values):
        return Column(name, taken(np.array(values, dtype=float), codes_n), truth=True)
    if any(hasattr(value, "year") or hasattr(value, "hour") for value in values):
        return faulty(name, series, f"has dates ({values[0]}, ...)")
    texts = [str(value).strip() for value in values]
    return of_texts(name, codes_n, texts)


def taken(values_k: np.ndarray, codes_n: np.ndarray) -> np.ndarray:
    """Return the value of each code; NaN for the code -1."""
    return np.append(values_k, np.nan)[codes_n]


def of_texts(name: str, codes_n: np.ndarray, texts: list[str]) -> Column:
    """Return a column of texts: ``codes_n`` are their places among the different ones, -1 for a hole."""
    known = [text for text in texts if text not in ("", "?")]
    numbers = {text: number_in(text) for text in known}
    count = sum(number is not None for number in numbers.values())
    if count == len(known) and not are_names(numbers):
        values_k = np.array([np.nan if numbers.get(text) is None else numbers[text] for text in texts], dtype=float)
        values_n = taken(values_k, codes_n)
        commas = next((text for text in known if "," in text), "")
        note = f"column {name}: commas are taken for separators of thousands, as in {commas}" if commas else ""
        return Column(name, values_n, fault=fault_of_numbers(values_n), note=note)
    labels = tuple(sorted(set(known)))
    place_of = {label: float(place) for place, label in enumerate(labels)}
    values_n = taken(np.array([place_of.get(text, np.nan) for text in texts], dtype=float), codes_n)
    return Column(name, values_n, labels, fault=fault_of_texts(values_n, known, count, numbers))


def number_in(text: str) -> float | None:
    """Return the number that a text means, also with separators of thousands; None for other texts."""
    plain = text.replace(",", "") if THOUSANDS.fullmatch(text) else text
    try:
        return float(plain) if "_" not in plain else None
    except ValueError:
        return None


def are_names(numbers: dict[str, float | None]) -> bool:
    """Return whether texts are whole numbers that float64 does not tell apart, such as long identifiers."""
    whole = {int(text): number for text, number in numbers.items() if text.isdecimal() and len(text) < LONGEST}
    return len(set(whole.values())) < len(whole)


def fault_of_texts(values_n: np.ndarray, known: list[str], count: int, numbers: dict[str, float | None]) -> str:
    """Return why texts are no categories: dates, mostly numbers, or nearly as many different ones as rows."""
    if all(DATE.fullmatch(text) for text in known[:LOOKED_AT]):
        return f"has dates ({known[0]}, ...)"
    rows = int(np.count_nonzero(~np.isnan(values_n)))
    if len(known) <= FEW:
        return ""
    if len(known) / 2 < count < len(known):
        text = next(text for text in known if numbers[text] is None)
        return f"has numbers and {len(known) - count:,} other texts, such as '{text}'"
    if len(known) > rows / 2:
        return f"has {len(known):,} different texts in {rows:,} rows ('{known[0][:40]}', ...)"
    return ""


def as_input(column: Column) -> Column:
    """Return a column with the fault that only an input can have: it numbers the rows."""
    values_n = column.values_n
    if column.fault or column.labels or len(values_n) <= FEW or values_n[0] not in (0, 1):
        return column
    numbers = np.array_equal(values_n, values_n[0] + np.arange(len(values_n)))
    return replace(column, fault="numbers the rows") if numbers else column
