"""What a reader must know before believing the numbers: missing replicates, the resampling, negative estimates."""

import pandas as pd

from biasvar.report.conditions import chosen
from biasvar.report.numbers import number, plain, span
from biasvar.report.results import Results

FEW_REPLICATES = 50
UNBIASED = ("bias_squared", "bias_squared_plus_noise", "variance")
OPPOSITE = {
    "subsample": "Subsampled sets share rows of one pool: the variance is too low by the factor 1 − m/N, and the "
    "missing part sits in the bias. The intervals speak of the law given the pool.",
    "kfold": "The sets of a k-fold share all rows but two folds: the variance is too low by about k − 1.",
}


def notes_of(results: Results) -> list[str]:
    """Return the notes that the table itself gives rise to."""
    table = results.table
    found = [*gaps(table), *bootstrap(table), *negative(table), *majority(table), *closure(table)]
    found += [text for scheme, text in OPPOSITE.items() if (table["resampling"] == scheme).any()]
    if (table["reference"] == "labels").any():
        found.append(
            "Each point carries one label only, so bias and noise cannot be told apart: what is given as "
            "bias_squared_plus_noise is the sum of both."
        )
    return found


def gaps(table: pd.DataFrame) -> list[str]:
    """Return what is missing: cells with fewer replicates than planned, and cells with none."""
    cells = table.drop_duplicates("cell")
    partial = cells[(cells["n_ok"] < cells["n_planned"]) & (cells["status"] != "missing")]
    missing = cells[cells["status"] == "missing"]
    found = []
    if len(partial):
        fewest = f"{span(partial['n_ok'])} of {span(partial['n_planned'])}"
        found.append(
            f"{len(partial):,} of {len(cells):,} cells have fewer replicates than planned ({fewest}): their "
            "estimates are conditional on those that converged, and drawn with hollow markers."
        )
    if len(missing):
        named = chosen(list(missing["cell"]), 12)
        names, more = ", ".join(f"cell {plain(cell)}" for cell in named), ", ..." if len(named) < len(missing) else ""
        found.append(f"{len(missing):,} of {len(cells):,} cells have no estimate (×): {names}{more}.")
    return found


def bootstrap(table: pd.DataFrame) -> list[str]:
    """Return how far the bootstrap moves the interpolation peak."""
    rows = table[table["resampling"] == "bootstrap"]
    if rows.empty:
        return []
    ratio = (rows["n_distinct"] / rows["n_train"]).mean()
    text = "A bootstrap of m = N rows holds only 0.632 m distinct rows, so the peak stands at p/n = 0.63 and not at 1"
    here = "" if pd.isna(ratio) else f" (here a set holds {number(ratio)} m distinct rows on average)"
    return [f"{text}{here}: a model interpolates its distinct rows. The intervals speak of the law given the pool."]


def negative(table: pd.DataFrame) -> list[str]:
    """Return how many estimates are negative, and why that is no error."""
    counts = {name: int((table[name] < 0).sum()) for name in UNBIASED}
    told = " and ".join(f"{count} of {name}" for name, count in counts.items() if count)
    if not told:
        return []
    return [
        f"Some estimates are negative ({told}). The estimators are unbiased: where the truth is near 0 they "
        "fall on either side of it. They are shown as they are, with their interval, and never clipped."
    ]


def majority(table: pd.DataFrame) -> list[str]:
    """Return the warning on the bias of a majority vote over few replicates."""
    rows = table[(table["loss"] == "zero_one") & (table["n_ok"] < FEW_REPLICATES) & (table["n_ok"] > 0)]
    if rows.empty:
        return []
    return [
        f"The bias of the zero-one loss is that of a majority vote over {span(rows['n_ok'])} replicates. At few "
        "replicates it is too high: a point that a model gets right with probability 0.6 has bias 0, yet "
        "contributes 0.352 at 3 replicates, 0.166 at 10 and 0.057 at 50."
    ]


def closure(table: pd.DataFrame) -> list[str]:
    """Return how well the parts add up to the risk."""
    worst = table["residual"].abs().max()
    return (
        []
        if pd.isna(worst)
        else [f"The parts add up to the risk in every row: the largest residual is {number(worst)}."]
    )
