"""A report on predictions that were made elsewhere."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasvar.api.study_results import StudyResults

if TYPE_CHECKING:
    from biasvar.results.given.given_cells import GivenCells
    from biasvar.study.scheduler import Progress


def from_predictions(
    predictions: Any,
    target: Any = None,
    *,
    noise: Any = None,
    weights: Any = None,
    counts: Any = None,
    outputs_are: str | None = None,
    target_is: str | None = None,
    noise_distribution: str | None = None,
    labels: Sequence | None = None,
    sources: Sequence[str] | None = None,
    axes: Sequence[str] | None = None,
    capacity: str | None = None,
    loss: str = "all",
    name: str = "predictions",
    seed: int = 0,
    out: str | PathLike | None = None,
    overrides: Sequence[str] = (),
    progress: "Progress | None" = None,
) -> StudyResults:
    """Write the tables, figures and page of predictions that were made elsewhere, and return the results.

    Parameters
    ----------
    predictions
        One cell: [R, N] or [R, N, K] over R replicates, or [I, J, N, K] over the seeds of each of ``sources``. Several:
        a mapping from the values of ``axes`` to such arrays, ``{1: ..., 2: ...}`` beside ``axes=["degree"]`` (tuples
        for several axes); or a tidy table with the columns replicate (crossed designs: seed_data, seed_init, ...),
        point, output, prediction, target, where known noise and weight, and a column for each axis.
    target, noise, weights, outputs_are, target_is, noise_distribution, labels
        As for ``decompose``. A tidy table has columns for them.
    counts
        Votes [N, K] of people on each point, in place of a target.
    capacity
        The axis that is the capacity; by default the first whose values are numbers.
    loss
        A loss of ``decompose``; by default all that fit.
    name, out
        The report's name, and its folder: by default outputs/NAME. A report of this name there is replaced.
    seed
        Seed of the resamples behind intervals.
    overrides
        Those of ``interval.*`` and ``figure.*``: ``["interval.level=0.9"]``.

    Raises
    ------
    SettingsError
        For predictions that cannot be used, before anything is written, and if ``out`` holds something else.
    OSError
        If the disk refuses.
    """
    from biasvar.api import folder_of, loud, texts_of
    from biasvar.api.progress import Quiet
    from biasvar.results.given.read import given_cells
    from biasvar.results.given.settings import settings_of

    keys = {"name": name, "seed": seed, "loss": loss, "capacity": capacity, "outputs_are": outputs_are}
    keys |= {"target_is": target_is, "noise_distribution": noise_distribution}
    cells = given_cells(
        predictions,
        target,
        settings=settings_of(keys, texts_of(overrides)),
        noise=noise,
        weights=weights,
        counts=counts,
        labels=labels,
        sources=sources,
        axes=axes,
    )
    progress = progress or Quiet()
    return loud(report_on(cells, None if out is None else folder_of("out", out), progress), progress)


def report_from_file(path: Path, out: Path | None, overrides: Sequence[str], progress: "Progress") -> StudyResults:
    """Write the report on the predictions in a file; ``overrides`` are those of ``Reading``, intervals and figures.

    Raises
    ------
    SettingsError
        As ``from_predictions``, and for a file that cannot be read.
    """
    return report_on(cells_from_file(path, overrides), out, progress)


def cells_from_file(path: Path, overrides: Sequence[str]) -> "GivenCells":
    """Return the cells of the predictions in a file; see ``report_from_file``."""
    from biasvar.results.given.files import read_predictions
    from biasvar.results.given.read import given_cells
    from biasvar.results.given.settings import settings_of
    from biasvar.settings import Problem, SettingsError

    settings = settings_of({"name": path.stem}, overrides)
    try:
        arrays = read_predictions(path)
    except ValueError as error:
        raise SettingsError([Problem("--from", str(error))]) from error
    return given_cells(**arrays, settings=settings)


def report_on(cells: "GivenCells", out: Path | None, progress: "Progress") -> StudyResults:
    """Write the report on cells into a folder of its own, and return the results after giving their warnings."""
    from biasvar.results.given.folder import refuse_other_folder
    from biasvar.results.saved import results_of
    from biasvar.study.folder import default_folder

    folder = default_folder(cells.head.name) if out is None else out
    refuse_other_folder(folder, cells.head.name)
    folder.mkdir(parents=True, exist_ok=True)
    results = results_of(cells, folder)
    for warning in results.warnings:
        progress.warn(warning)
    study = StudyResults(folder, cells, results)
    study.write_report()
    return study
