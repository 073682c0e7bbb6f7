"""The columns of a table row beside its estimates: settings, sizes, the varied sources, the meaning of the variance."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from biasvar.data.resampling import SCHEMES
from biasvar.results.ensembles import status_of
from biasvar.study.config import Study
from biasvar.study.plan import Cell
from biasvar.study.sources import fixed_sources, sources_of, varied_groups
from biasvar.study.store.shard import Entry


def description(cell: Cell, entries: Sequence[Entry], has_estimate: bool) -> dict[str, Any]:
    """Return the columns of a cell's rows beside its estimates, from its usable members."""
    study, planned = cell.study, len(cell.members)
    n_distinct = mean_of([entry.outcome.n_distinct for entry in entries])
    known = study.model.parameters(study.data)
    parameters = mean_of(measure_of(entries, "parameters")) if known is None else known
    return {
        "capacity_key": study.model.capacity_column,
        "capacity": study.model.capacity_value,
        "capacity_direction": study.model.capacity_direction,
        "parameters": parameters,
        "parameters_per_label": parameters / (n_distinct * study.data.outputs),
        "degrees_of_freedom": mean_of(measure_of(entries, "degrees_of_freedom")),
        "effective_parameters": median_of(measure_of(entries, "effective_parameters")),
        "training": study.training.kind,
        "resampling": study.resampling.kind,
        "variance_means": variance_means(study),
        "design": study.design.kind,
        "vary": varied(study),
        "fixed": "+".join(fixed_sources(study)),
        "inputs": math.prod(study.data.shape),
        "outputs": study.data.outputs,
        "n_eval": study.data.n_eval,
        "n_train": study.data.n_train,
        "n_distinct": n_distinct,
        "label_noise_rate": label_noise_rate(study, entries),
        "n_ok": len(entries),
        "n_planned": planned,
        "status": status_of(len(entries), planned, has_estimate),
    }


def label_noise_rate(study: Study, entries: Sequence[Entry]) -> float:
    """Return the mean share of training labels that are not the clean ones: 0 without label noise."""
    return mean_of([entry.outcome.label_noise_rate for entry in entries]) if study.data.has_noisy_labels else 0.0


def measure_of(entries: Sequence[Entry], name: str) -> list[float | None]:
    """Return a measure of each member, None where it is unknown."""
    return [entry.outcome.measures.get(name) for entry in entries]


def mean_of(values: Sequence[float | None]) -> float:
    """Return the mean of a value if it is known for every member, NaN otherwise."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else np.nan


def median_of(values: Sequence[float | None]) -> float:
    """Return the median of a value if known for every member, else NaN: at p = n a mean would have no expectation."""
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known and len(known) == len(values) else np.nan


def varied(study: Study) -> str:
    """Return the varied sources of a cell: + joins those that are drawn together, × those that are crossed."""
    return " × ".join("+".join(group) for group in varied_groups(study.design, sources_of(study)))


def variance_means(study: Study) -> str:
    """Return the meaning of the variance: over which training sets, or over what else if these are fixed."""
    fixed = fixed_sources(study)
    if "data" in fixed:
        return f"variance over {varied(study).replace('_', ' ')} at one training set"
    if study.design.kind == "nested":
        return f"variance over fresh sets of rows, and over {study.resampling.kind} training sets within each"
    means = SCHEMES[study.resampling.kind].variance_means
    return means + (f"; with {' and '.join(fixed).replace('_', ' ')} held at one draw" if fixed else "")
