"""Committees: risk against the number of members, a line for each rule, and what no number of members goes below."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from biasvar.data.resampling import given_by
from biasvar.report import style
from biasvar.report.figures.display import Display
from biasvar.report.figures.scatter import cells_in_words
from biasvar.report.figures.selection import axis_label, stem_of
from biasvar.report.figures.vertical import vertical_in_words
from biasvar.report.words import captions
from biasvar.report.words.designs import groups_of, sources_in_words
from biasvar.results.conditions import chosen
from biasvar.results.curves import Curve, Panel
from biasvar.results.kept_cells import least_risk_of_kept, of_kept
from biasvar.results.numbers import interval, number, plain
from biasvar.results.results import Results

RULES = {"vote": "vote", "geometric_mean": "geometric mean", "mean": "mean"}
LIMIT_STYLE = (0, (1, 2))
LIMIT = "limit"


class Committee(Display):
    """Risk of a committee against its members for the cell of least risk of at most four conditions, a panel each."""

    from_zero = False  # what a committee gains is little of its risk

    @classmethod
    def from_results(cls, results: Results, loss: str) -> Sequence[Display]:
        """Compute the figure of one loss, if its models make committees."""
        if results.committees is None:
            return []
        rows = results.committees[results.committees["loss"] == loss]
        return [] if rows.empty else [committee(cls, results, loss, rows)]


def committee(cls: type[Display], results: Results, loss: str, rows: pd.DataFrame) -> Display:
    """Return the figure of one loss from the rows of its committees."""
    every = least_risk_of_kept(results, loss, rows)
    found = chosen(every)
    of_cells = {cell: rows[rows["cell"] == cell] for _, cell in found}
    panels = tuple(Panel(condition.label, curves_of(of_cells[cell])) for condition, cell in found)
    table = results.of_loss(loss).set_index("cell").loc[[cell for _, cell in found]]
    title = f"Risk of a committee against its members, {captions.loss_words(loss)}"
    caption = captions.join(
        f"{title}.",
        cells_in_words(results, table, found, of_kept(results)),
        captions.shown([condition.label for condition, _ in found], len(every)),
        "Line style is how members are combined.",
        vertical_in_words(panels),
        members_in_words(rows, table),
        *(gain_in_words(condition.label, of_cells[cell]) for condition, cell in found),
        bands_in_words(results, table, rows),
        captions.resampling(table),
        captions.reference(table),
        captions.fixed(table),
    )
    named = [(f"{panel.title}, {one.label}".strip(", "), one) for panel in panels for one in panel.curves]
    x_label, y_label = axis_label("members of the committee", table), captions.loss_words(loss)
    alt = captions.alt(title, "members of the committee", named)
    return cls(stem_of("committee", loss), title, panels, x_label, y_label, caption, alt)


def curves_of(rows: pd.DataFrame) -> tuple[Curve, ...]:
    """Return a line for each rule of one cell, and one for the limit where it is known."""
    rules = [(name, rows[rows["rule"] == rule]) for rule, name in RULES.items()]
    styled = zip([(name, one) for name, one in rules if len(one)], style.LINE_STYLES, strict=False)
    curves = [line(one, "risk", name, style) for (name, one), style in styled]
    known = rows.dropna(subset="limit")
    if len(known):
        curves.append(line(known.iloc[[0, -1]], "limit", LIMIT, LIMIT_STYLE))
    return tuple(curves)


def line(rows: pd.DataFrame, column: str, label: str, style: Any) -> Curve:
    """Return one column against the members, with its interval where it has one."""
    x, y = rows["members"].to_numpy(float), rows[column].to_numpy(float)
    nothing, nowhere = np.full(len(x), np.nan), np.zeros(len(x), dtype=bool)
    has_interval = f"{column}_low" in rows
    low, high = (rows[f"{column}{end}"].to_numpy(float) if has_interval else nothing for end in ("_low", "_high"))
    return Curve("risk", label, x, y, low, high, nowhere, nowhere, style)


def members_in_words(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return what the members of a committee share, each design once."""
    shared = rows.drop_duplicates("cell").set_index("cell")["shared"]
    pairs = zip(table.index, table["vary"], table["resampling"], strict=True)
    return captions.join(*dict.fromkeys(sharing(shared[cell], vary, scheme) for cell, vary, scheme in pairs))


def sharing(shared: str, vary: str, scheme: str) -> str:
    """Return what members share: the draws of some sources, a training set that is held, or nothing but a pool."""
    groups = groups_of(vary)
    if shared == "outer":
        return "Members are trained on sets drawn from one fresh set (bagging), which they share."
    if shared:
        # A group is called by its first source, which is not in the table where it has no effect in the cell.
        common = set(shared.split("+")) & set(chain(*groups)) or {"data"}
        alike = [source for group in groups if common & set(group) for source in group]
        own = [source for group in groups if not common & set(group) for source in group]
        return f"Members share their draw of {sources_in_words(alike)}, and differ in that of {sources_in_words(own)}."
    if pd.isna(scheme):
        return "Members are replicates as they were given."
    if given_by(scheme) == "inputs":
        return "Members share their training inputs, and differ in their labels."
    if not any("data" in group for group in groups):
        return "All members have the same training set: what it does to all of them is part of the bias here."
    if not given_by(scheme):
        return "Each member has a training set of its own, which shares nothing with those of others: rho = 0."
    return (
        "Each member has a training set of its own from one pool: rho = 0 as far as one pool shows. What sets of one "
        "pool have in common is part of the bias here."
    )


def gain_in_words(label: str, rows: pd.DataFrame) -> str:
    """Return what a committee of all members gains under each rule, and the correlation where it is known."""
    texts = []
    for rule in dict.fromkeys(rows["rule"]):
        one = rows[rows["rule"] == rule].sort_values("members")
        first, last = one.iloc[0], one.iloc[-1]
        risk = interval(last["risk"], last["risk_low"], last["risk_high"])
        text = (
            f"{rule.replace('_', ' ')} of {plain(last['members'])}: risk {risk} against {number(first['risk'])} of one"
        )
        known = np.isfinite(last["rho"])
        texts.append(f"{text}, rho = {number(last['rho'], 2)}, limit {number(last['limit'])}" if known else text)
    return captions.sentence(f"{label}: {'; '.join(texts)}" if label else "; ".join(texts))


def bands_in_words(results: Results, table: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Return how the lines were made, what the bands are, and what the limit is."""
    limit = "Dotted: the limit, noise + bias + rho variance." if rows["limit"].notna().any() else ""
    if rows["risk_low"].notna().any():
        band = captions.band_at_fixed_points(results, table, captions.SECOND_MOMENTS)
        return captions.join(limit, "Means over all committees of each size.", band)
    return captions.join(
        limit, "Means over about 20 committees of each size, and over all of one member; without intervals."
    )
