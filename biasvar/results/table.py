"""From cells to the tidy table: one row per cell and loss."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from biasvar.decomposition import Decomposition
from biasvar.decomposition.bootstrap import mean_interval
from biasvar.decomposition.losses.contested import MANY
from biasvar.decomposition.losses.squared_error import component_sets
from biasvar.decomposition.medians import median_interval
from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.sensitivity import BIASES, below_resolution
from biasvar.decomposition.terms import COMPONENTS
from biasvar.results import closure
from biasvar.results.cells import Cells
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.results import QUANTITIES, Results
from biasvar.training.measures import UNASKED

LARGEST_ESTIMATE = 1e150  # anything larger has no finite square, and no position on an axis


class Collector(Protocol):
    """Collects something from each cell's ensemble, which it sees once, a tile of points at a time."""

    def collect(self, ensemble: CellEnsemble, parts: dict[str, Decomposition]) -> None:
        """Collect from a cell and its decomposition under each loss."""


def build_results(cells: Cells, collectors: Sequence[Collector] = ()) -> Results:
    """Decompose every cell; nothing is trained."""
    rows, replicate_risk, not_closed = [], {}, []
    for ensemble in cells.ensembles():
        own_rows, parts = rows_of(ensemble)
        rows += own_rows
        for loss, found in parts.items():
            not_closed += closure.closure_faults(ensemble.axes, found)
            replicate_risk[ensemble.number, loss] = ensemble.independent(found.risk_of_models)
        if parts:
            for collector in collectors:
                collector.collect(ensemble, parts)
    head = cells.head
    return Results(
        name=head.name,
        table=pd.DataFrame(rows),
        axes=head.axes,
        level=head.interval.level,
        tolerance=head.tolerance,
        resamples=head.interval.resamples,
        figure_width=head.figure.width,
        seed=head.seed,
        over=head.interval.over,
        figure_x=head.figure.x,
        replicate_risk=replicate_risk,
        not_closed=tuple(not_closed),
    )


def rows_of(ensemble: CellEnsemble) -> tuple[list[dict[str, Any]], dict[str, Decomposition]]:
    """Return a row for each loss of a cell, and its decompositions: none if it has no estimate.

    If the numbers of a cell cannot be computed, its row says why; other cells are not affected. A loss under which the
    risk is infinite has no estimate, and costs no other loss.
    """
    about = dict(ensemble.axes) | {"cell": ensemble.number}
    described = {loss: {**about, "loss": loss, **ensemble.columns} for loss in ensemble.losses}
    if ensemble.outputs is None:
        return [row | nothing_known(ensemble.sources) for row in described.values()], {}
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # overflow is refused below
            parts, infinite = ensemble.finite_parts()
            found = [row | estimates(ensemble, loss, parts[loss]) for loss, row in described.items() if loss in parts]
        require_numbers(found, quantities_of(ensemble.sources))
    except (ArithmeticError, ValueError) as error:
        gaps = without_estimate(ensemble, error)
        return [
            row | {"n_ok": 0, "status": "missing", "gaps": gaps} | nothing_known(ensemble.sources)
            for row in described.values()
        ], {}
    for loss, why in infinite.items():
        found.append(described[loss] | {"status": "infinite", "gaps": why} | nothing_known(ensemble.sources))
    return found, parts


def components_of(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of components: those of every table, then those that only a design of these sources has."""
    return (*COMPONENTS, *(name for name in component_sets(sources) if name not in COMPONENTS))


def quantities_of(sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return the estimates in the row of a cell with these leading axes, in the order of columns."""
    first = QUANTITIES.index(COMPONENTS[0])
    return (*QUANTITIES[:first], *components_of(sources), *QUANTITIES[first + len(COMPONENTS) :])


def require_numbers(rows: Sequence[dict[str, Any]], names: Iterable[str]) -> None:
    """Raise for estimates or intervals that have overflowed, among the columns of some names.

    Raises
    ------
    OverflowError
        With the quantity that is too large, or whose interval is not finite.
    """
    for row in rows:
        for name in set(names) - {"residual"}:  # which has its own check
            value, *ends = (row[name + end] for end in ("", "_low", "_high"))
            if abs(value) > LARGEST_ESTIMATE or (np.isfinite(value) and not np.isfinite(ends).all()):
                raise OverflowError(f"{name} = {value:g} ({ends[0]:g} to {ends[1]:g})")


def without_estimate(ensemble: CellEnsemble, error: Exception) -> str:
    """Return why a cell has no estimate though it has members, after the reasons for the unused ones."""
    largest = max(map(abs, Outputs(ensemble.outputs).range))
    why = "its numbers overflow" if isinstance(error, ArithmeticError) else str(error)
    return ", ".join(filter(None, [ensemble.gaps, f"no estimate from outputs up to {largest:.3g}: {why}"]))


def estimates(ensemble: CellEnsemble, loss: str, parts: Decomposition) -> dict[str, Any]:
    """Return every quantity of a decomposition with its interval; NaN if it is undefined or unknown."""
    interval = ensemble.interval
    method = parts.default_method if interval.method == "auto" else interval.method
    row: dict[str, Any] = {"interval_method": method}
    for name in quantities_of(ensemble.sources):
        value = getattr(parts, name, None)
        row[name] = np.nan if value is None else value
        row[f"{name}_low"] = row[f"{name}_high"] = row[name]
        if name in parts.estimated:
            low, high = parts.interval(name, interval.level, method=method, over=interval.over)
            row[f"{name}_low"], row[f"{name}_high"] = low, high
    row["residual"] = row["residual_low"] = row["residual_high"] = closure.largest_residual(parts)
    components = components_of(ensemble.sources)
    row |= {f"{name}_se": parts.standard_error(name) if name in parts.estimated else np.nan for name in components}
    row["resolution"] = resolution(parts, interval, method)
    row["constant_risk"] = ensemble.measured.constant_risk.get(loss, np.nan)
    return row | risk_median(ensemble, parts) | train_risk(ensemble, loss) | measures(ensemble)


def resolution(parts: Decomposition, interval: Any, method: str) -> str:
    """Return flags: a bias that cannot be told from zero or from chance, and estimates that are impossible."""
    flags = []
    if set(BIASES) & set(parts.estimated) and below_resolution(
        parts, interval.level, method=method, over=interval.over
    ):
        flags.append("bias below resolution")
    if parts.contested and parts.contested.share > MANY:
        flags.append(f"bias undecided: votes within sampling error at {parts.contested.share:.0%} of points")
    if parts.impossible:
        flags.append(f"outside what can be: {', '.join(parts.impossible)}")
    return "; ".join(flags)


def nothing_known(sources: tuple[str, ...]) -> dict[str, Any]:
    """Return the quantities of a cell without estimates."""
    row = {"interval_method": None, "resolution": "", "constant_risk": np.nan} | {
        name + end: np.nan for name in (*quantities_of(sources), "risk_median") for end in ("", "_low", "_high")
    }
    return row | {f"{name}_se": np.nan for name in components_of(sources)}


def risk_median(ensemble: CellEnsemble, parts: Decomposition) -> dict[str, float]:
    """Return the median of the risk over replicates with its interval, which exists even if the mean does not."""
    _, risk_R = ensemble.independent(parts.risk_of_models)
    low, high = median_interval(risk_R, ensemble.interval.level)
    median = float(np.median(risk_R)) if len(risk_R) else np.nan
    return {"risk_median": median, "risk_median_low": low, "risk_median_high": high}


def train_risk(ensemble: CellEnsemble, loss: str) -> dict[str, float]:
    """Return the mean training risk of a cell with its interval over replicates or crossed seeds."""
    risk_M = ensemble.measured.train_risk.get(loss)
    if risk_M is None:
        return {f"train_risk{end}": np.nan for end in ("", "_low", "_high")}
    return mean_with_interval(ensemble, "train_risk", risk_M)


def measures(ensemble: CellEnsemble) -> dict[str, float]:
    """Return the mean of each requested measure, with its interval over replicates or crossed seeds."""
    row: dict[str, float] = {}
    for name, values_M in ensemble.measured.measures.items():
        row |= {} if name in UNASKED else mean_with_interval(ensemble, name, values_M)
    return row


def mean_with_interval(ensemble: CellEnsemble, name: str, values_M: np.ndarray) -> dict[str, float]:
    """Return the mean of one number per member, with its interval over replicates or crossed seeds."""
    interval, values = ensemble.interval, values_M.reshape(ensemble.sizes)
    low, high = mean_interval(values, interval.resamples, ensemble.seed, interval.level)
    return {name: float(values.mean()), f"{name}_low": low, f"{name}_high": high}
