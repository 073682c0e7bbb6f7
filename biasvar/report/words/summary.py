"""The study in words with numbers: what varied, where the risk is smallest, its shape, where models interpolate."""

import numpy as np

from biasvar.report.words import captions
from biasvar.report.words.designs import unit
from biasvar.report.words.evidence import how, shape
from biasvar.report.words.spread import spread_in_words
from biasvar.report.words.thresholds import sentence_of
from biasvar.results.conditions import (
    Condition,
    chosen,
    conditions_of,
    horizontal,
    horizontal_name,
    name_of,
    naming,
    other_axes,
    shortened,
    swept_keys,
)
from biasvar.results.curves import Curve, curve, least
from biasvar.results.numbers import interval, plain, position, span
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import Evidence, evidence_of
from biasvar.results.thresholds import INTERPOLATING, threshold_of

MOST_VALUES = 25


def summary(results: Results) -> list[str]:
    """Return the summary's paragraphs: what varied, one per loss and condition, how evidence was computed."""
    column = horizontal(results)
    paragraphs = [varied(results)]
    if column is None:
        paragraphs += [sentence for loss in results.shown_losses for sentence in cells(results, loss)]
        return paragraphs + spread_in_words(results)
    evidence: list[Evidence] = []
    for axis in (column, *other_axes(results)):
        every = conditions_of(results, axis)
        some = chosen(range(len(every)))
        along = f" by {horizontal_name(results, axis)}" if axis != column else ""
        for loss in results.shown_losses:
            found = evidence_of(results, loss, axis)
            evidence += [found[place] for place in some if found]
            for place in some:
                label = f", {every[place].label}" if every[place].label else ""
                text = "; ".join(described(results, loss, every[place], axis))
                shapes = shape(found[place]) if found else []
                texts = [f"{captions.loss_words(loss)}{along}{label}: {text}", *shapes]
                paragraphs.append(captions.join(*map(captions.sentence, texts)))
        if len(some) < len(every):
            paragraphs.append(captions.shown([every[place].label for place in some], len(every)))
    paragraphs += spread_in_words(results)
    return paragraphs + [captions.sentence(text) for text in how(evidence, results.level)]


def varied(results: Results) -> str:
    """Return which keys were swept over which values, and with how many replicates."""
    table, swept = results.table, swept_keys(results)
    values = []
    for key in swept:
        found = list(table[key].drop_duplicates())  # of which null may be one
        shown = chosen(found, MOST_VALUES)
        more = "" if len(shown) == len(found) else f" ({len(shown)} of {len(found):,} values)"
        values.append(f"{name_of(key, results)} over {', '.join(shortened(plain(value)) for value in shown)}{more}")
    first = f"Varied: {'; '.join(values)}." if values else "Nothing was varied: the study has one cell."
    over = f"{span(table['n_ok'])} of {span(table['n_planned'])} planned {unit(table)} a cell"
    walked = captions.walked(results, horizontal(results))
    return captions.join(first, walked, captions.sentence(f"{over}, {captions.schemes(table)}"))


def described(results: Results, loss: str, condition: Condition, column: str) -> list[str]:
    """Return the minimum and the thresholds of one loss under one condition, at capacities where those are swept."""
    rows = condition.rows(results.of_loss(loss))
    risk = curve(rows, "risk", naming(column))
    name, lowest = horizontal_name(results, naming(column)), least(risk)
    if lowest is None:
        return ["no cell has an estimate"]
    text = [f"the risk is least, {value_at(risk, lowest)}, at {name} = {position(risk.x[lowest])}"]
    if infinite := int((rows["status"] == "infinite").sum()):
        text.append(f"it is infinite in {infinite:,} of {len(rows):,} cells")
    if column in INTERPOLATING:
        text.append(sentence_of(threshold_of(results, condition, str(naming(column)))))
    return [one for one in text if one]


def cells(results: Results, loss: str) -> list[str]:
    """Return the cells of smallest risk of a study whose cells have no order."""
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
