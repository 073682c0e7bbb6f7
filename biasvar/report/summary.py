"""The study in words with numbers: what varied, where the risk is least, where it peaks, where models interpolate."""

from dataclasses import dataclass

import numpy as np

from biasvar.report import captions
from biasvar.report.conditions import (
    Condition,
    chosen,
    conditions_of,
    horizontal,
    horizontal_name,
    name_of,
    shortened,
    swept_keys,
)
from biasvar.report.curves import Curve, curve, least
from biasvar.report.numbers import interval, plain, span
from biasvar.report.results import Results
from biasvar.report.thresholds import threshold_of

MOST_VALUES = 12


@dataclass(frozen=True)
class Peak:
    """A risk that stands above a smaller one on either side; ``clear`` if its interval is clear of both."""

    place: int
    before: int
    after: int
    clear: bool


def peak_of(risk: Curve) -> Peak | None:
    """Find the peak that stands highest above the higher of its two valleys; None for a curve without one."""
    known = np.flatnonzero(np.isfinite(risk.y))
    best, found = 0.0, None
    for index in range(1, len(known) - 1):
        before = known[np.argmin(risk.y[known[:index]])]
        after = known[index + 1 + np.argmin(risk.y[known[index + 1 :]])]
        place = known[index]
        drop = risk.y[place] - max(risk.y[before], risk.y[after])
        if drop > best:
            clear = bool(risk.low[place] > max(risk.high[before], risk.high[after]))
            best, found = drop, Peak(int(place), int(before), int(after), clear)
    return found


def summary(results: Results) -> list[str]:
    """Return the paragraphs of the summary: one on what varied, one a loss and condition."""
    column = horizontal(results)
    every = conditions_of(results, column)
    some = chosen(every)
    paragraphs = [varied(results)]
    if column is None:
        return paragraphs + [sentence for loss in results.losses for sentence in cells(results, loss)]
    for loss in results.losses:
        for condition in some:
            label = f", {condition.label}" if condition.label else ""
            text = describe(results, loss, condition, column)
            paragraphs.append(captions.sentence(captions.loss_words(loss) + label + ": " + text))
    if len(some) < len(every):
        paragraphs.append(captions.shown([condition.label for condition in some], len(every)))
    return paragraphs


def varied(results: Results) -> str:
    """Return which keys were swept over which values, and with how many replicates."""
    table, swept = results.table, swept_keys(results)
    values = []
    for key in swept:
        found = list(dict.fromkeys(table[key]))
        shown = chosen(found, MOST_VALUES)
        more = "" if len(shown) == len(found) else f" ({len(found):,} values, {len(shown)} named)"
        values.append(f"{name_of(key, results)} over {', '.join(shortened(plain(value)) for value in shown)}{more}")
    first = f"Varied: {'; '.join(values)}." if values else "Nothing was varied: the study has one cell."
    over = f"{span(table['n_ok'])} of {span(table['n_planned'])} planned replicates a cell"
    return captions.join(first, captions.sentence(f"{over}, {captions.schemes(table)}"))


def describe(results: Results, loss: str, condition: Condition, column: str) -> str:
    """Return the minimum, the peak and the thresholds of one loss under one condition."""
    risk = curve(condition.rows(results.of_loss(loss)), "risk", column)
    x_name, lowest = horizontal_name(results, column), least(risk)
    if lowest is None:
        return "no cell has an estimate"
    text = [f"the risk is least, {value_at(risk, lowest)}, at {x_name} = {plain(risk.x[lowest])}"]
    peak = peak_of(risk)
    if peak is None:
        text.append("it has no peak within the sweep")
    else:
        sides = f"{value_at(risk, peak.before)} at {plain(risk.x[peak.before])} before it and "
        sides += f"{value_at(risk, peak.after)} at {plain(risk.x[peak.after])} after it"
        clear = "clear of both intervals" if peak.clear else "whose interval is not clear of both"
        text.append(f"it peaks at {plain(risk.x[peak.place])} with {value_at(risk, peak.place)}, {clear}: {sides}")
    if column == "capacity":
        text.append(threshold_of(results, condition).sentence)
    return "; ".join(text)


def cells(results: Results, loss: str) -> list[str]:
    """Return the least risk of a study whose cells have no order."""
    rows = results.of_loss(loss)
    if rows["risk"].isna().all():
        return [captions.sentence(f"{captions.loss_words(loss)}: no cell has an estimate")]
    best = rows.iloc[int(np.nanargmin(rows["risk"]))]
    where = ", ".join(f"{name_of(key, results)} = {shortened(plain(best[key]))}" for key in swept_keys(results))
    value = interval(best["risk"], best["risk_low"], best["risk_high"])
    name = captions.loss_words(loss)
    text = f"the least risk is {value}, {where}" if where else f"the risk is {value}"
    return [captions.sentence(f"{name}: {text}")]


def value_at(risk: Curve, place: int) -> str:
    """Return the risk at one place with its interval."""
    return interval(risk.y[place], risk.low[place], risk.high[place])
