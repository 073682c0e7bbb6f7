"""The table of a study in LaTeX, with the rules of booktabs: each estimate with its interval, digits by its width."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Any

import pandas as pd

from biasvar.report.words.captions import REFERENCES, loss_words, method, resampling, weighted
from biasvar.report.words.designs import counted, unit
from biasvar.results.curves import quantities
from biasvar.results.exported import refuse_unknown
from biasvar.results.numbers import plain, span
from biasvar.results.results import QUANTITIES, WITHOUT_ESTIMATE, Results
from biasvar.settings import Problem, SettingsError

DIGITS = 2
LARGEST, SMALLEST = 5, -4
"""Numbers of that power of ten and more, or of that and less, are written with a power of ten."""

NOTHING = "--"
FEWER = r"$^\dagger$"
TIMES = r"\times "
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\texttt{\char34}", "−": "$-$", "×": r"$\times$", "–": "--", "’": "'", "∞": r"$\infty$",
    "±": r"$\pm$", "†": r"$\dagger$", "²": r"$^2$", "ß": r"\ss{}", "“": "``", "”": "''",
}  # fmt: skip
LARGEST_LETTER = 0x17F
WITHOUT = "ÐÞðþĄąĐđĘęĦħĮįĸĿŀŉŊŋŦŧŲųſ"
"""Letters that the standard fonts of pdflatex have not; of the others it knows Latin ones up to that code."""


def latex(results: Results, columns: Sequence[str] | None = None, digits: int = DIGITS) -> str:
    """Return a table environment for pdflatex with booktabs, a row for each cell and loss, axes first.

    ``columns`` are those of ``results.csv``; the two ends of an interval come with their estimate. By default they are
    the axes, the loss where there are several, and the risk and its parts. The half-width of an interval decides at
    which decimal its numbers end: at its ``digits``-th significant digit. Numbers without an interval have one more.

    Raises
    ------
    SettingsError
        For columns that the table does not have, and digits beyond 1 to 9.
    """
    names = list(columns or default_columns(results))
    if not 1 <= digits <= 9:
        raise SettingsError([Problem("digits", f"digits = {digits} is not allowed", "1 to 9")])
    refuse_unknown(names, [str(name) for name in results.table])
    table = results.table
    cells = {name: column_in_latex(table, name, digits) for name in names}
    fewer = (table["n_ok"] < table["n_planned"]) & ~table["status"].isin(WITHOUT_ESTIMATE)
    first = names[0]
    cells[first] = [text + FEWER * bool(some) for text, some in zip(cells[first], fewer, strict=True)]
    alignment = "".join("r" if pd.api.types.is_numeric_dtype(table[name]) else "l" for name in names)
    rows = [" & ".join(row) + r" \\" for row in zip(*cells.values(), strict=True)]
    lines = [
        r"% needs \usepackage{booktabs}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escaped(caption(results, names, bool(fewer.any())))}}}",
        rf"\begin{{tabular}}{{{alignment}}}",
        r"\toprule",
        " & ".join(escaped(name.replace("_", " ")) for name in names) + r" \\",
        r"\midrule",
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def default_columns(results: Results) -> list[str]:
    """Return the axes, the loss where there are several, and the risk with its known parts."""
    known = {name for loss in results.losses for name in quantities(results.of_loss(loss))}
    return [*results.axes, *["loss"] * (len(results.losses) > 1), *(name for name in QUANTITIES if name in known)]


def column_in_latex(table: pd.DataFrame, name: str, digits: int) -> list[str]:
    """Return a column's entries: estimates with their intervals, or values."""
    values = table[name].tolist()
    if f"{name}_low" in table:
        ends = zip(values, table[f"{name}_low"], table[f"{name}_high"], strict=True)
        return [estimate(value, low, high, digits) for value, low, high in ends]
    if name in QUANTITIES:
        return [estimate(value, math.nan, math.nan, digits) for value in values]
    return list(map(value_in_latex, values))


def estimate(value: float, low: float, high: float, digits: int) -> str:
    """Return an estimate with its interval in brackets, or alone where it has none."""
    if math.isnan(value):
        return NOTHING
    half = (high - low) / 2
    known = [size for one in (value, low, high) if math.isfinite(one) and (size := abs(one)) > 0]
    if not known or not math.isfinite(value):
        return f"${in_digits(value, 0)}$"
    power = math.floor(math.log10(max(known)))
    shift = power if not SMALLEST < power < LARGEST else 0
    if not (math.isfinite(half) and half > 0):
        least = digits - (math.floor(math.log10(abs(value))) if value else 0)
        text = in_digits(value / 10.0**shift, least + shift)
        ends = f"\\,[{in_digits(low, 0)}, {in_digits(high, 0)}]" if math.isinf(half) else ""
    else:
        places = digits - 1 - math.floor(math.log10(half)) + shift
        text, *both = (in_digits(one / 10.0**shift, places) for one in (value, low, high))
        ends = f"\\,[{both[0]}, {both[1]}]"
    return f"${text}{ends}$" if not shift else f"$({text}{ends}){TIMES}10^{{{shift}}}$"


def in_digits(value: float, places: int) -> str:
    """Return a number rounded to some places, which may be left of the point."""
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    text = f"{round(value, places):.{max(places, 0)}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def value_in_latex(value: Any) -> str:
    """Return a setting, a count or a name; dashes where there is no value."""
    if isinstance(value, bool | str) or value is None:
        return escaped(plain(value))
    if math.isnan(value) or math.isinf(value):
        return NOTHING if math.isnan(value) else f"${in_digits(value, 0)}$"
    mantissa, e, exponent = f"{value:.6g}".partition("e")
    if not e:
        return f"${mantissa}$"
    return f"${'' if mantissa == '1' else mantissa + TIMES}10^{{{int(exponent)}}}$"


def escaped(text: str) -> str:
    """Return a text that pdflatex prints as it is: a letter that it lacks without its accent, or as a question mark."""
    letters = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(SPECIAL.get(letter, letter if printable(letter) else without_accent(letter)) for letter in letters)


def printable(letter: str) -> bool:
    """Return whether pdflatex prints a letter."""
    code = ord(letter)
    return 0x20 <= code < 0x7F or (0xC0 <= code <= LARGEST_LETTER and letter.isalpha() and letter not in WITHOUT)


def without_accent(letter: str) -> str:
    """Return the plain letter that an accented one is made from, a question mark for any other."""
    plain_letter = unicodedata.normalize("NFKD", letter)[0]
    return plain_letter if plain_letter.isascii() and plain_letter.isalnum() else "?"


def caption(results: Results, names: Sequence[str], fewer: bool) -> str:
    """Return what the table shows and what its intervals are."""
    rows = results.table[~results.table["status"].isin(WITHOUT_ESTIMATE)]
    losses = f"{', '.join(loss_words(loss) for loss in results.losses)}"
    texts = [f"Study {results.name}: {losses}."]
    if rows.empty:
        return f"{texts[0]} No cell has an estimate."
    if any(f"{name}_low" in rows for name in names):
        level, points = plain(round(100 * results.level, 6)), f"{span(rows['n_eval'])} points{weighted(rows)}"
        both = f"at {points}, fixed" if results.over == "replicates" else f"and {points}"
        texts.append(f"Brackets: {level} % intervals over {counted(rows)} {both}, {method(results, rows)}.")
    references = "; ".join(REFERENCES.get(name, name) for name in dict.fromkeys(rows["reference"].dropna()))
    texts += [f"Reference of the bias: {references}.", resampling(rows)]
    if fewer:
        texts.append(f"†: fewer {unit(rows)} than planned.")
    return " ".join(text for text in texts if text)
