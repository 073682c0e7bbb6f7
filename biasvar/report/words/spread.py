"""What studies of training variance report, in words: the spread of accuracy, disagreement, outlying seeds."""

from math import sqrt

import pandas as pd

from biasvar.decomposition.spread.outliers import FARTHEST, NORMAL
from biasvar.decomposition.spread.pairs import ALL
from biasvar.report.words import captions
from biasvar.report.words.designs import groups_of, sources_in_words
from biasvar.results.conditions import cells_of_least_risk, chosen, name_of, shortened, swept_keys
from biasvar.results.numbers import interval, number, plain
from biasvar.results.results import Results

MOST_NAMED = 12


def spread_in_words(results: Results) -> list[str]:
    """Return a paragraph on the cell of least zero-one risk of each condition shown; none without classes.

    Models that differ in several sources, but not in all, are left to the table.
    """
    if results.spread is None or results.spread.empty:
        return []
    found = []
    for _, cell in chosen(cells_of_least_risk(results, "zero_one")):
        rows = results.spread[results.spread["cell"] == cell]
        own = rows[rows["differ"] == ALL].iloc[0]
        vary = results.table.loc[results.table["cell"] == cell, "vary"].iloc[0]
        where = ", ".join(f"{name_of(key, results)} = {shortened(plain(own[key]))}" for key in swept_keys(results))
        named = rows[~rows["differ"].str.contains("+", regex=False)]  # in one source, or in all
        found.append(captions.join(of_accuracy(own, where), *(of_pairs(row, vary) for _, row in named.iterrows())))
    return found


def of_accuracy(row: pd.Series, where: str) -> str:
    """Return the spread of accuracy, what of it is only the finite set of points, and what the rest is."""
    text = f"Accuracy{f', {where}' if where else ''}: standard deviation {number(row['sd'])} over models"
    text += f", of which the finite set of points alone gives {number(sqrt(row['of_points']))}"
    if pd.notna(row["calibrated_sd"]):
        text += f" (calibrated votes at independent points: {number(row['calibrated_sd'])})"
    return f"{text}; the variance over the distribution of points is {value_of(row, 'over_distribution')}."


def of_pairs(row: pd.Series, vary: str) -> str:
    """Return how often the two models of a pair disagree, and the correlation of their errors."""
    who = {ALL: "that share no seed", "inner": "from one fresh set"}.get(row["differ"])
    who = who or f"that differ only in {drawn_apart(row['differ'], vary)}"
    text = f"Two models {who} disagree on a share of {value_of(row, 'disagreement')} of the points"
    if pd.isna(row["correlation"]):
        return f"{text}."
    return f"{text}, and their errors have a correlation of {value_of(row, 'correlation')}."


def value_of(row: pd.Series, name: str) -> str:
    """Return a column of a row with its interval."""
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def drawn_apart(differ: str, vary: str) -> str:
    """Return the sources in which models differ, with those that are drawn together with one of them."""
    names = differ.split("+")
    together = [source for group in groups_of(vary) if set(group) & set(names) for source in group]
    return sources_in_words(together or names)


def outliers_in_words(results: Results) -> list[str]:
    """Return which seeds are outlying, the farthest by number; none are removed."""
    if results.outliers is None or results.outliers.empty:
        return []
    rows = results.outliers.sort_values("distance", ascending=False, kind="stable")
    named = [
        f"cell {plain(row['cell'])}, {captions.loss_words(row['loss'])}: {seed_of(row['source'], row['seed'])} at "
        f"{number(row['risk'])}, the median being {number(row['median'])}"
        for row in rows.head(MOST_NAMED).to_dict("records")
    ]
    more = f"; and {len(rows) - len(named):,} more in outliers.csv" if len(rows) > len(named) else ""
    return [
        f"Outlying seeds, whose risk is more than {FARTHEST:g} × {NORMAL} median absolute deviations from the median: "
        f"{'; '.join(named)}{more}. They are part of every number. Of sets of Gaussian risks, one in five has one too."
    ]


def seed_of(source: str, seed: int) -> str:
    """Return what a seed is called: replicate 3, data seed 3, outer set 3."""
    kinds = {"replicate": "replicate", "outer": "outer set"}
    return f"{kinds.get(source, source.replace('_', ' ') + ' seed')} {plain(seed)}"
