"""From stored outputs to the tidy table: one row a cell and loss."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from biasvar.data.resampling import SCHEMES
from biasvar.decomposition import Decomposition
from biasvar.decomposition.bootstrap import mean_interval
from biasvar.decomposition.result import COMPONENTS
from biasvar.decomposition.sensitivity import BIASES, below_resolution
from biasvar.results.ensembles import CellEnsemble, read_all
from biasvar.results.results import QUANTITIES, Results
from biasvar.study.config import Study
from biasvar.study.designs import fixed_sources, inactive_source
from biasvar.study.plan import Cell, Plan
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store

RESIDUAL_TOLERANCE = 1e-9  # relative to the largest term


class NotClosed(Exception):
    """Risk is not the sum of its parts to rounding: a bug."""


class Collector(Protocol):
    """What looks at each cell's ensemble once, a tile of points at a time."""

    def collect(self, ensemble: CellEnsemble, parts: dict[str, Decomposition]) -> None:
        """Take what is needed of a cell, from its decomposition under each loss."""


def build_results(
    study_plan: Plan, store: Store, index: Mapping[str, Entry], collectors: Sequence[Collector] = ()
) -> Results:
    """Decompose every cell of a study from what is stored; nothing is trained."""
    rows, replicate_risk, not_closed = [], {}, []
    for ensemble in read_all(study_plan, store, index):
        parts = {} if ensemble.outputs is None else ensemble.decompose()
        for loss in ensemble.losses:
            if parts:
                not_closed += closure_faults(ensemble.cell, parts[loss])
            row = description(ensemble, loss)
            row |= estimates(ensemble, loss, parts[loss]) if parts else nothing_known()
            rows.append(row)
        for loss, found in parts.items():
            replicate_risk[ensemble.number, loss] = ensemble.independent(found.risk_of_models)
        if parts:
            for collector in collectors:
                collector.collect(ensemble, parts)
    study = study_plan.cells[0].study
    return Results(
        name=study.name,
        table=pd.DataFrame(rows),
        axes=study_plan.axes,
        level=study.interval.level,
        tolerance=study.tolerance,
        resamples=study.interval.resamples,
        figure_width=study.figure.width,
        over=study.interval.over,
        figure_x=study.figure.x,
        replicate_risk=replicate_risk,
        not_closed=tuple(not_closed),
    )


def description(ensemble: CellEnsemble, loss: str) -> dict[str, Any]:
    """Return what a row says beside its estimates."""
    cell, entries = ensemble.cell, ensemble.entries
    study, planned = cell.study, len(cell.members)
    n_distinct = mean_of([entry.n_distinct for entry in entries])
    parameters = study.model.parameters(study.data)
    status = "ok" if len(entries) == planned else "partial" if ensemble.outputs is not None else "missing"
    return dict(cell.axes) | {
        "cell": ensemble.number,
        "loss": loss,
        "capacity_key": f"model.{study.model.capacity_key}",
        "capacity": getattr(study.model, study.model.capacity_key),
        "parameters": parameters,
        "parameters_per_label": parameters / (n_distinct * study.data.outputs),
        "degrees_of_freedom": mean_of([entry.degrees_of_freedom for entry in entries]),
        "effective_parameters": median_of([entry.effective_parameters for entry in entries]),
        "training": study.training.kind,
        "resampling": study.resampling.kind,
        "variance_means": variance_means(study),
        "design": study.design.kind,
        "vary": varied(study),
        "fixed": "+".join(fixed_sources(study)),
        "outputs": study.data.outputs,
        "n_eval": study.data.n_eval,
        "n_train": study.data.n_train,
        "n_distinct": n_distinct,
        "n_ok": len(entries),
        "n_planned": planned,
        "status": status,
        "gaps": ensemble.gaps,
        "reference": ensemble.reference,
    }


def mean_of(values: Sequence[float | None]) -> float:
    """Return the mean of what is known of every member, NaN otherwise."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else np.nan


def median_of(values: Sequence[float | None]) -> float:
    """Return the median of what is known of every member, NaN otherwise: at p = n a mean would have no expectation."""
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known and len(known) == len(values) else np.nan


def varied(study: Study) -> str:
    """Return the sources that a cell has and varies: + joins those drawn together, and × those that are crossed."""
    groups = ([one for one in group if not inactive_source(study, one)] for group in study.design.groups)
    return " × ".join("+".join(group) for group in groups)


def variance_means(study: Study) -> str:
    """Return what variance means: over which training sets, or over what else where they are held."""
    held = fixed_sources(study)
    if "data" in held:
        return f"variance over {varied(study).replace('_', ' ')} at one training set"
    means = SCHEMES[study.resampling.kind].variance_means
    return means + (f"; with {' and '.join(held).replace('_', ' ')} held at one draw" if held else "")


def estimates(ensemble: CellEnsemble, loss: str, parts: Decomposition) -> dict[str, Any]:
    """Return every quantity of a decomposition with its interval; NaN where it is not defined or not known."""
    interval = ensemble.cell.study.interval
    method = parts.default_method if interval.method == "auto" else interval.method
    row: dict[str, Any] = {"interval_method": method}
    for name in QUANTITIES:
        value = getattr(parts, name, None)
        row[name] = np.nan if value is None else value
        row[f"{name}_low"] = row[f"{name}_high"] = row[name]
        if name in parts.estimated:
            low, high = parts.interval(name, interval.level, method=method, over=interval.over)
            row[f"{name}_low"], row[f"{name}_high"] = low, high
    row["residual"] = row["residual_low"] = row["residual_high"] = largest_residual(parts)
    row |= {f"{name}_se": parts.standard_error(name) if name in parts.estimated else np.nan for name in COMPONENTS}
    row["resolution"] = resolution(parts, interval, method)
    return row | train_risk(ensemble, loss)


def resolution(parts: Decomposition, interval: Any, method: str) -> str:
    """Return a flag where a bias cannot be told from zero, empty where it can, or where the loss defines none."""
    if not set(BIASES) & set(parts.estimated):
        return ""
    below = below_resolution(parts, interval.level, method=method, over=interval.over)
    return "bias below resolution" if below else ""


def nothing_known() -> dict[str, Any]:
    """Return the quantities of a cell without estimates."""
    row = {"interval_method": None, "resolution": ""} | {
        name + end: np.nan for name in QUANTITIES for end in ("", "_low", "_high")
    }
    return row | {f"{name}_se": np.nan for name in COMPONENTS}


def train_risk(ensemble: CellEnsemble, loss: str) -> dict[str, float]:
    """Return the mean training risk of a cell with its interval over replicates or crossed seeds."""
    study = ensemble.cell.study
    risk = np.array([entry.train_risk[loss] for entry in ensemble.entries]).reshape(ensemble.sizes)
    low, high = mean_interval(risk, study.interval.resamples, study.seed, study.interval.level)
    return {"train_risk": float(risk.mean()), "train_risk_low": low, "train_risk_high": high}


def largest_residual(parts: Decomposition) -> float:
    """Return the largest size of a residual at any point: of the loss's own identity, and of the others it has."""
    points = parts.points
    sums = [points["residual"]]
    others = (
        ("noise", "systematic_effect", "variance_effect"),
        ("kw_noise", "kw_bias_squared", "kw_variance"),
        ("kw_bias_squared_plus_noise", "kw_variance"),
    )
    for names in others:
        if all(name in points for name in names):
            sums.append(points["risk"] - sum(points[name] for name in names))
    return float(np.max(np.abs(sums)))


def closure_faults(cell: Cell, parts: Decomposition) -> list[str]:
    """Return what is wrong with the sum of a cell's parts, nothing where it is the risk."""
    try:
        require_closure(cell, parts)
    except NotClosed as error:
        return [str(error)]
    return []


def require_closure(cell: Cell, parts: Decomposition) -> None:
    """Fail loudly where risk is not the sum of its parts at every point, or where a part is not a number."""
    residual = largest_residual(parts)
    largest = max(float(np.max(np.abs(parts.points[name]))) for name in parts.points if name not in ("c1", "c2"))
    if not residual <= RESIDUAL_TOLERANCE * largest:
        raise NotClosed(f"cell {dict(cell.axes)}: the {parts.loss} residual is {residual:g}, which is not rounding")
