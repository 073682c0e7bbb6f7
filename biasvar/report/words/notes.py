"""Notes on how far to trust the numbers: missing replicates, the resampling, negative estimates."""

import numpy as np
import pandas as pd

from biasvar.data.resampling import given_by
from biasvar.decomposition.terms import COMPONENTS
from biasvar.report.words.captions import holds, loss_words, meanings
from biasvar.report.words.designs import counted, draws, unit
from biasvar.report.words.spread import outliers_in_words
from biasvar.results.conditions import NAMES, chosen, horizontal, horizontal_name, sweeps_capacity
from biasvar.results.numbers import number, plain, span
from biasvar.results.results import Results

FEW_REPLICATES = 50
MOST_NAMED = 12
UNBIASED = ("bias_squared", "bias_squared_plus_noise", "variance", *COMPONENTS)
UNBIASED += ("kw_bias_squared", "kw_bias_squared_plus_noise")
MOST_DISTINCT = 0.95
"""Training sets with a smaller share of distinct rows interpolate visibly early."""


def notes_of(results: Results) -> list[str]:
    """Return the notes that follow from the table itself."""
    table = results.table
    found = [*gaps(table), *infinite(table), *axis(results), *schemes(table), *repeated(table)]
    found += [*label_noise(table), *weights(table), *negative(table), *majority(table), *outliers_in_words(results)]
    found += closure(results)
    if (table["reference"] == "labels").any():
        found.append(
            "Each point carries one label only, so bias and noise cannot be told apart: what is given as "
            "bias_squared_plus_noise is the sum of both."
        )
    return found


def gaps(table: pd.DataFrame) -> list[str]:
    """Return what is missing: cells with fewer replicates or models than planned, and cells with none."""
    cells = table.drop_duplicates("cell")
    partial = cells[(cells["n_ok"] < cells["n_planned"]) & (cells["status"] != "missing")]
    missing = cells[cells["status"] == "missing"]
    found = []
    if len(partial):
        fewest = f"{span(partial['n_ok'])} of {span(partial['n_planned'])}"
        found.append(
            f"{len(partial):,} of {len(cells):,} cells have fewer {unit(cells)} than planned ({fewest}): their "
            f"estimates are conditional on {condition(partial)}, and drawn with hollow markers. {named(partial)}."
        )
    if len(missing):
        found.append(f"{len(missing):,} of {len(cells):,} cells have no estimate (×). {named(missing)}.")
    return found


def infinite(table: pd.DataFrame) -> list[str]:
    """Return under which loss the risk is infinite, in how many cells and why."""
    rows = table[table["status"] == "infinite"]
    return [
        f"The {loss_words(str(loss))} is infinite in {len(own):,} of {(table['loss'] == loss).sum():,} cells, as there "
        f"some models are certain and wrong, which trees, forests and neighbours can be; other losses stand. "
        f"{named(own)}."
        for loss, own in rows.groupby("loss", sort=False)
    ]


def condition(cells: pd.DataFrame) -> str:
    """Return what the estimates of incomplete cells are conditional on: convergence, if some replicates diverged."""
    diverged = "gaps" in cells and cells["gaps"].str.contains("diverged").any()
    return "convergence" if diverged else "those that are left"


def named(cells: pd.DataFrame) -> str:
    """Return some cells by number, each with why its replicates are not used."""
    some = cells.iloc[chosen(range(len(cells)), MOST_NAMED)]
    reasons = some["gaps"] if "gaps" in some else [""] * len(some)
    pairs = zip(some["cell"], reasons, strict=True)
    names = [f"cell {plain(cell)}" + (f": {reason}" if reason else "") for cell, reason in pairs]
    text = "; ".join(names + ["..."] * (len(some) < len(cells)))
    return text[:1].upper() + text[1:]


def axis(results: Results) -> list[str]:
    """Return why the horizontal axis is not the requested one."""
    asked, column = results.figure_x, horizontal(results)
    if not sweeps_capacity(results) or column == asked:
        return []
    name, instead = NAMES.get(asked, asked), horizontal_name(results, column)
    return [f"The {name} are not known in every cell, so that figures have {instead} on their horizontal axis."]


def schemes(table: pd.DataFrame) -> list[str]:
    """Return the meaning of the variance if training sets share the rows of a pool."""
    shared = table[table["resampling"].map(given_by).astype(bool) & (table["design"] != "nested")]
    fixed = holds(shared, "data").all()
    return [
        f"The variance under {name} is the {means}. The intervals speak of the distribution given the "
        f"{'training set' if fixed else given_by(name)}."
        for name, means in meanings(shared)
    ]


def repeated(table: pd.DataFrame) -> list[str]:
    """Return how far repeated rows in training sets shift the nominal threshold, which estimators lack."""
    ratios = (table["n_distinct"] / table["n_train"]).dropna()
    ratios = ratios[ratios < MOST_DISTINCT]
    if ratios.empty:
        return []
    low, high = number(ratios.min(), 2), number(ratios.max(), 2)
    share = low if low == high else f"{low} to {high}"
    text = f"Training sets repeat rows: a share of {share} is distinct"
    if "training" in table and (table["training"] == "estimator").all():
        return [f"{text}."]
    nominal = f"the nominal threshold is at parameters / (rows × outputs) = {share} and not at 1"
    return [f"{text}, and a model interpolates distinct rows. So {nominal}."]


def label_noise(table: pd.DataFrame) -> list[str]:
    """Return the share of training labels that are not the clean ones, flipped at random or as people gave them."""
    rates = table["label_noise_rate"].dropna() if "label_noise_rate" in table else table.index[:0]
    if not len(rates):
        return []
    low, high = number(rates.min()), number(rates.max())
    share = low if low == high else f"{low} to {high}"
    return [
        f"A share of {share} of the training labels is not the clean one (label noise). Evaluation labels have none."
    ]


def weights(table: pd.DataFrame) -> list[str]:
    """Return that points are weighted, and what of it is not."""
    if "n_eval_effective" not in table or table["n_eval_effective"].isna().all():
        return []
    return [
        "Evaluation points are weighted in every mean over points and in its interval; training ignores the weights. "
        f"{span(table['n_eval'])} points count like {span(table['n_eval_effective'])} equal ones (Kish 1965). Noise "
        "estimates from neighbouring points are left out: they have no weights."
    ]


def negative(table: pd.DataFrame) -> list[str]:
    """Return how many estimates are negative, and why this is not an error."""
    counts = {name: int((table[name] < 0).sum()) for name in UNBIASED if name in table}
    details = ", ".join(f"{count} of {name}" for name, count in counts.items() if count)
    if not details:
        return []
    return [
        f"Some estimates are negative ({details}). The estimators are unbiased: where the truth is near 0 they "
        "fall on either side of it. They are shown as they are, with their interval, and never clipped."
    ]


def majority(table: pd.DataFrame) -> list[str]:
    """Return the warning on the bias of a majority vote over few replicates."""
    rows = table[(table["loss"] == "zero_one") & (table["n_ok"] > 0)]
    few = draws(rows)
    rows, few = rows[few < FEW_REPLICATES], few[few < FEW_REPLICATES]
    if rows.empty:
        return []
    crossed = few[rows["design"] == "crossed"]
    seeds = f", with {span(crossed)} seeds of each source" if len(crossed) else ""
    what, alone = ("seeds", "models that share none") if seeds else ("replicates", "replicates")
    return [
        f"The bias of the zero-one loss is that of a majority vote over {counted(rows)}{seeds}. At few {what} it is "
        f"too high: a point that a model gets right with probability 0.6 has bias 0, yet contributes 0.352 at 3 {alone}"
        ", 0.267 at 10 and 0.078 at 50."
    ]


def closure(results: Results) -> list[str]:
    """Return how closely the parts add up to the risk; if they do not, the page says so first."""
    worst = np.nan if results.not_closed else results.table["residual"].abs().max()
    return (
        []
        if pd.isna(worst)
        else [f"The parts add up to the risk in every row: the largest residual is {number(worst)}."]
    )
