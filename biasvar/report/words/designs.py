"""Designs in words: replicates, or models of crossed seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from biasvar.results.numbers import span

CROSS = " × "
"""Separates crossed sources in the table; + joins those that are drawn together."""


def groups_of(vary: str) -> list[list[str]]:
    """Return the varied sources; those that are drawn together are in one list."""
    return [group.split("+") for group in vary.split(CROSS)]


def sources_in_words(sources: Sequence[str]) -> str:
    """Return names of sources as a phrase: data, label noise and init."""
    *most, last = (source.replace("_", " ") for source in sources)
    return f"{', '.join(most)} and {last}" if most else last


def unit(rows: pd.DataFrame) -> str:
    """Return the unit of counts: replicates, or models if a replicate of some row has several."""
    return "models" if (rows["design"] != "joint").any() else "replicates"


def counted(rows: pd.DataFrame) -> str:
    """Return how many replicates, models of crossed seeds of which sources, or nested ones the estimates use."""
    joint, crossed, nested = (rows[rows["design"] == design] for design in ("joint", "crossed", "nested"))
    texts = [f"{span(joint['n_ok'])} replicates"] if len(joint) else []
    if len(crossed):
        sources = " or ".join(dict.fromkeys(crossed["vary"].str.replace("+", " + ").str.replace("_", " ")))
        texts.append(f"{span(crossed['n_ok'])} models of crossed seeds ({sources})")
    if len(nested):
        texts.append(f"{span(nested['n_ok'])} models of resamples within fresh sets")
    return " or ".join(texts)


def draws(rows: pd.DataFrame) -> pd.Series:
    """Return, for each row, the number of draws of a source: replicates, or seeds of each source.

    In a crossed design with k sources it is the k-th root of the number of models.
    """
    sources = rows["vary"].map(lambda vary: len(groups_of(vary))).astype(float)
    seeds = np.round(rows["n_ok"] ** (1 / sources))
    return rows["n_ok"].where(rows["design"] != "crossed", seeds)
