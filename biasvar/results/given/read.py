"""From arrays, a mapping or a tidy table to cells: everything is checked here, and nothing is written."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from biasvar.results.given.arrays import cells_of_arrays
from biasvar.results.given.given_cells import GivenCells, are_numbers
from biasvar.results.given.kinds import understood
from biasvar.results.given.settings import GivenSettings
from biasvar.results.given.tidy_table import cells_of_table
from biasvar.settings import Problem, SettingsError, did_you_mean
from biasvar.training.train import losses_of


def given_cells(
    predictions: Any,
    target: Any = None,
    *,
    settings: GivenSettings,
    noise: Any = None,
    weights: Any = None,
    counts: Any = None,
    labels: Sequence | None = None,
    sources: Sequence[str] | None = None,
    axes: Sequence[str] | None = None,
) -> GivenCells:
    """Return the cells of predictions; see ``api.predictions.from_predictions``.

    Raises
    ------
    SettingsError
        For predictions that cannot be read, or that do not fit the settings.
    """
    reading = settings.reading
    try:
        if isinstance(predictions, pd.DataFrame) and ("prediction" in predictions or target is counts is None):
            beside = {
                "target": target,
                "noise": noise,
                "weights": weights,
                "counts": counts,
                "sources": sources,
                "axes": axes,
            }
            refuse_beside_table(beside)
            found = cells_of_table(predictions)
            cells, names, labels = found.cells, found.sources, found.labels if labels is None else labels
            reading = reading.beside(found.constants)
        else:
            beside = {"noise": noise, "weights": weights, "counts": counts, "sources": sources, "axes": axes}
            cells, names = cells_of_arrays(predictions, target, **beside)
        if counts is not None:
            reading = replace(reading, target_is="counts")
        cells, kinds = understood(cells, reading.outputs_are, reading.target_is, labels)
    except SettingsError:
        raise
    except ValueError as error:
        raise SettingsError([Problem("predictions", str(error))]) from error
    settings = replace(settings, reading=reading)
    made = GivenCells(tuple(cells), settings, kinds.outputs_are, kinds.reference, names)
    refuse_what_does_not_fit(made)
    return made


def refuse_beside_table(given: dict[str, Any]) -> None:
    """Raise for arguments beside a tidy table, which has columns for them."""
    named = [name for name, value in given.items() if value is not None]
    if named:
        raise ValueError(f"{' and '.join(named)} beside a tidy table of predictions: it has columns for what it needs")


def refuse_what_does_not_fit(cells: GivenCells) -> None:
    """Raise for a loss or a capacity that the predictions do not have, and where no cell has two replicates."""
    reading, problems = cells.settings.reading, []
    fitting = ["zero_one"] if cells.outputs_are == "labels" else losses_of(cells.task, cells.outputs_are)
    if reading.loss not in ("all", *fitting):
        what = f"loss = {reading.loss} does not fit predictions that are {cells.outputs_are}"
        problems.append(Problem("loss", what, f"one of all, {', '.join(fitting)}"))
    if reading.loss == "absolute_error" and cells.cells[0].noise_N is not None and reading.noise_distribution is None:
        what = "loss = absolute_error needs the distribution of the noise, and not its variance alone"
        problems.append(Problem("noise_distribution", what, "noise_distribution=gaussian, or whichever it is"))
    axes = cells.head.axes
    if reading.capacity is not None and reading.capacity not in axes:
        what = f"capacity = {reading.capacity} is no axis of these predictions"
        needs = f"one of {', '.join(axes)}" if axes else "several cells"
        problems.append(Problem("capacity", what, needs, did_you_mean(reading.capacity, axes)))
    elif reading.capacity is not None and not are_numbers([cell.axes[reading.capacity] for cell in cells.cells]):
        what = f"capacity = {reading.capacity} has values that are no numbers"
        problems.append(Problem("capacity", what, "an axis of numbers"))
    if all(min(map(len, cell.kept)) < 2 for cell in cells.cells):
        what = "no cell has 2 replicates, or 2 seeds of each source"
        problems.append(Problem("predictions", what, "at least 2: a variance is over replicates"))
    if problems:
        raise SettingsError(problems)
