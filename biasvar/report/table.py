"""From stored outputs to the tidy table: one row a cell and loss."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from biasvar.decomposition import Decomposition, decompose
from biasvar.decomposition.interval import percentile_interval, resample_counts
from biasvar.report.results import QUANTITIES, Results
from biasvar.study.plan import Cell, Plan
from biasvar.study.store import Entry, Store
from biasvar.training.outputs import as_predictions
from biasvar.training.train import losses_of

RESIDUAL_TOLERANCE = 1e-9  # relative to the risk


class NotClosed(Exception):
    """Risk is not the sum of its parts to rounding: a bug."""


def build_results(study_plan: Plan, store: Store, warn: Callable[[str], None]) -> Results:
    """Decompose every cell of a study from what is stored; nothing is trained."""
    index = store.index(warn)
    rows = [row for number, cell in enumerate(study_plan.cells) for row in rows_of(number, cell, store, index)]
    study = study_plan.cells[0].study
    return Results(
        name=study.name,
        table=pd.DataFrame(rows),
        axes=study_plan.axes,
        level=study.interval.level,
        tolerance=study.tolerance,
        resamples=study.interval.resamples,
        figure_width=study.figure.width,
    )


def rows_of(number: int, cell: Cell, store: Store, index: Mapping[str, Entry]) -> list[dict[str, Any]]:
    """Return a cell's rows, one a loss."""
    study = cell.study
    entries = [index[member.id] for member in cell.members if member.id in index]
    good = [entry for entry in entries if entry.diverged_epoch == 0]
    member = cell.members[0]
    target, noise_N = store.read_evaluation(member)
    losses = losses_of(study.data.task) if study.loss == "all" else [study.loss]
    predictions_RNK = None
    if len(good) >= 2:
        predictions_RNK = as_predictions(np.stack([store.outputs(entry) for entry in good]), member.outputs_are)
    rows = []
    for loss in losses:
        row = description(number, cell, good, loss)
        if predictions_RNK is None:
            row |= {name + end: np.nan for name in QUANTITIES for end in ("", "_low", "_high")} | {"reference": None}
        else:
            resamples = study.interval.resamples
            parts = decompose(predictions_RNK, target, loss=loss, noise=noise_N, resamples=resamples, seed=study.seed)
            require_closure(cell, parts)
            row |= {"reference": parts.reference} | quantities(parts, study.interval.level)
            row |= train_risk(good, loss, study)
        rows.append(row)
    return rows


def description(number: int, cell: Cell, good: list[Entry], loss: str) -> dict[str, Any]:
    """Return what a row says beside its estimates."""
    study, planned = cell.study, len(cell.members)
    capacity_key = f"model.{study.model.capacity_key}"
    status = "ok" if len(good) == planned else "partial" if len(good) >= 2 else "missing"
    return dict(cell.axes) | {
        "cell": number,
        "loss": loss,
        "capacity_key": capacity_key,
        "capacity": getattr(study.model, study.model.capacity_key),
        "parameters": study.model.parameters(study.data),
        "resampling": study.resampling.kind,
        "outputs": study.data.outputs,
        "n_eval": study.data.n_eval,
        "n_train": study.data.n_train,
        "n_distinct": float(np.mean([entry.n_distinct for entry in good])) if good else np.nan,
        "n_ok": len(good),
        "n_planned": planned,
        "status": status,
    }


def quantities(parts: Decomposition, level: float) -> dict[str, float]:
    """Return every quantity of a decomposition with its interval; NaN where it is not defined or not known."""
    row = {}
    for name in QUANTITIES:
        value = getattr(parts, name, None)
        row[name] = np.nan if value is None else value
        row[f"{name}_low"] = row[f"{name}_high"] = row[name]
        if name in parts.resamples:
            row[f"{name}_low"], row[f"{name}_high"] = parts.interval(name, level)
    return row


def train_risk(good: list[Entry], loss: str, study) -> dict[str, float]:
    """Return the mean training risk of a cell with its interval over replicates."""
    risk_R = np.array([entry.train_risk[loss] for entry in good])
    resamples_B = resample_counts(len(good), study.interval.resamples, study.seed) @ risk_R / len(good)
    estimate = float(risk_R.mean())
    low, high = percentile_interval(resamples_B, len(good), study.interval.level)
    return {"train_risk": estimate, "train_risk_low": low, "train_risk_high": high}


def require_closure(cell: Cell, parts: Decomposition) -> None:
    """Fail loudly where risk is not the sum of its parts."""
    largest = float(np.max(np.abs(parts.points["residual"])))
    if largest > RESIDUAL_TOLERANCE * max(1.0, float(np.max(np.abs(parts.points["risk"])))):
        raise NotClosed(f"cell {dict(cell.axes)}: the {parts.loss} residual is {largest:g}, which is not rounding")
