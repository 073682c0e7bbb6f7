"""The Python API, on which the command line stands: run a study, load it, look at its numbers, draw its figures.

    study = biasvar.sweep(["study=u_curve", "replicates=50"])
    study.table[["model.degree", "risk", "bias_squared", "variance"]]
    study.plot("u_curve")

Bad settings raise ``biasvar.settings.SettingsError``, a folder in use ``biasvar.study.errors.Busy``, and what the
machine lacks or refuses ``OSError``. Without a ``progress`` warnings go to ``warnings.warn``. Signals are left alone.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasvar.settings.changed import changed
from biasvar.study.folder import PAGE, default_folder
from biasvar.study.plan import Plan
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store

# Tables and their libraries are loaded where they are needed: what is wrong with a study is said before.
if TYPE_CHECKING:
    import pandas as pd

    from biasvar.report.figures.study_figure import StudyFigure
    from biasvar.results.results import Results
    from biasvar.study.scheduler import Outcome, Progress


@dataclass(frozen=True, repr=False, eq=False)
class StudyResults:
    """A study and what it found; see ``sweep`` and ``load``. ``table`` has one row a cell and loss."""

    folder: Path
    study_plan: Plan
    results: "Results"

    @property
    def table(self) -> "pd.DataFrame":
        """What ``results.csv`` holds: the swept keys, and every quantity with the ends of its interval."""
        return self.results.table

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """What ``curves.csv`` holds: statements on the shape of each risk curve, with the differences they rest on."""
        from biasvar.results.shapes.evidence_table import curves_table

        return curves_table(self.results)

    @cached_property
    def points(self) -> "pd.DataFrame":
        """What ``points.parquet`` holds: every quantity at single evaluation points."""
        from biasvar.results.points.points import FILE
        from biasvar.results.tables import read_parquet

        return read_parquet(self.folder / FILE)

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The values of the swept keys in each cell, by its number."""
        return [dict(cell.axes) for cell in self.study_plan.cells]

    def predictions(self, cell: int | Mapping[str, Any]) -> "pd.DataFrame":
        """Return what each model of a cell predicts at each point: replicate, point, output, prediction.

        ``cell`` is its number, or the values of swept keys that only it has. Models that diverged or failed are not
        there. In a crossed design replicates number all combinations of seeds, the last source fastest. Predictions
        are in standardised units where the target is, and logits where there are classes.

        Raises
        ------
        ValueError
            Where no cell or more than one is meant.
        """
        import numpy as np
        import pandas as pd

        from biasvar.results.ensembles import entry_at

        meant, store = self.study_plan.cells[self.number_of(cell)], Store(self.folder)
        index, data = store.index(warnings.warn), meant.study.data
        entries = [entry_at(meant.readout, index.get(member.id)) for member in meant.members]
        used = [(number, one) for number, one in enumerate(entries) if one and one.outcome.ok]
        shape = (len(used), data.n_eval, data.outputs)
        outputs_MNK = np.reshape([store.outputs(one, meant.readout) for _, one in used], shape)
        places = np.indices(shape).reshape(3, -1)
        numbers = np.array([number for number, _ in used], dtype=int)
        columns = {"replicate": numbers[places[0]], "point": places[1], "output": places[2]}
        return pd.DataFrame(columns | {"prediction": outputs_MNK.reshape(-1)})

    def number_of(self, cell: int | Mapping[str, Any]) -> int:
        """Return the number of a cell, which may be named by the values of swept keys."""
        if isinstance(cell, Mapping):
            found = [number for number, axes in enumerate(self.cells) if axes | dict(cell) == axes]
        else:
            found = [cell] if cell in range(len(self.cells)) else []
        if len(found) != 1:
            what = f"cells {', '.join(map(str, found))} are" if found else "no cell is"
            raise ValueError(f"{what} meant by {cell!r}: of {len(self.cells)} cells the first is {self.cells[0]}")
        return found[0]

    def plot(self, name: str, ax: Any = None) -> "StudyFigure":
        """Draw a figure, on ``ax`` (axes, or as many as it has panels) or on its own; return it with what it drew.

        ``name`` is a kind (``double_descent``), of which the first figure is drawn, or that of a file below figures/
        without its ending (``double_descent_zero_one``). The figure has ``figure_`` and ``ax_``.

        Raises
        ------
        ValueError
            For a figure that the study has not, with those that it has.
        """
        from biasvar.report.figures import FIGURES, displays

        found = displays(self.results)
        named = [one for one in found if name == one.stem or type(one) is FIGURES.get(name)]
        if not named:
            raise ValueError(f"there is no figure {name!r}; this study has {', '.join(one.stem for one in found)}")
        return named[0].plot(ax, self.results.figure_width)

    def to_xarray(self) -> Any:
        """Return the table as an ``xarray.Dataset`` over the loss and the swept keys.

        Raises
        ------
        ImportError
            Where xarray is not installed.
        """
        try:
            import xarray
        except ImportError as error:
            raise ImportError("to_xarray needs xarray: pip install xarray") from error
        return xarray.Dataset.from_dataframe(self.table.set_index(["loss", *self.results.axes]))

    @property
    def page(self) -> Path:
        """Where the study's page is, once it is written."""
        return self.folder / PAGE

    def write_report(self) -> Path:
        """Write figures and page into the study's folder; return the page's path."""
        from biasvar.report import write_report

        return write_report(self.results, self.folder, self.study_plan)

    def __repr__(self) -> str:
        """Say the numbers: cells, replicates, and for each loss the least risk and where it is."""
        from biasvar.results.numbers import interval, plain

        used, planned = self.results.models
        lines = [f"study {self.results.name!r} in {self.folder}: {len(self.cells)} cells, {used:,}/{planned:,} models"]
        for loss in self.results.losses:
            rows = self.results.of_loss(loss).dropna(subset="risk")
            if len(rows):
                best = rows.iloc[int(rows["risk"].argmin())]
                where = ", ".join(f"{key}={plain(best[key])}" for key in self.results.axes)
                least = interval(best["risk"], best["risk_low"], best["risk_high"])
                lines.append(f"  {loss}: least risk {least}, over {best['n_ok']} models{f', at {where}' * bool(where)}")
        return "\n".join(lines)


def sweep(
    overrides: Sequence[str] = (), *, out: str | PathLike | None = None, progress: "Progress | None" = None
) -> StudyResults:
    """Train the models of a study, as far as its folder does not hold them, write its report, and return what it found.

    ``overrides`` are texts in the command line's grammar: ``["study=u_curve", "model.degree=1,2,3"]``. ``out`` is the
    folder [outputs/NAME]. ``progress`` has start(total, done), advance(members) and warn(message).

    Raises
    ------
    SettingsError
        With every problem of the settings, and where the folder holds another study.
    biasvar.study.errors.Busy
        Where another sweep is at work in the folder.
    OSError
        Where data or memory is missing, or the disk refuses.
    """
    from biasvar.composition.compose import plan_study

    progress = progress or Quiet()
    return loud(run_study(plan_study(texts_of(overrides), progress.warn), out, progress), progress)


def load(folder: str | PathLike, overrides: Sequence[str] = (), *, progress: "Progress | None" = None) -> StudyResults:
    """Return what a study found. Nothing is trained, nor decomposed where the saved tables are those of its outputs.

    ``overrides`` are those of ``figure.*``, which change the look: ``["figure.width=3.25"]``.

    Raises
    ------
    SettingsError
        Where the folder holds no study, and for other overrides.
    OSError
        Where a file cannot be read, or the disk refuses.
    """
    progress = progress or Quiet()
    return loud(study_in(Path(folder), progress, texts_of(overrides)), progress)


def loud(study: StudyResults, progress: "Progress") -> StudyResults:
    """Return a study, having said which of its sums do not close."""
    for fault in study.results.not_closed:
        progress.warn(fault)
    return study


def study_in(folder: Path, progress: "Progress", overrides: Sequence[str] = ()) -> StudyResults:
    """Return the study in a folder, having said what is to be known of its tables; see ``load``."""
    from biasvar.results.saved import results_of

    study_plan = read_manifest(folder)
    figure = changed(study_plan.cells[0].study.figure, "figure", overrides)
    results = replace(results_of(folder), figure_width=figure.width, figure_x=figure.x)
    used, planned = results.models
    partial = [f"partial: {used:,}/{planned:,} models are in the report"] if used < planned else []
    for warning in (*results.warnings, *partial):
        progress.warn(warning)
    return StudyResults(folder, study_plan, results)


class Quiet:
    """A progress that shows nothing; warnings are Python's."""

    def start(self, total: int, done: int) -> None:
        """Begin."""

    def advance(self, members: int) -> None:
        """Go on."""

    def warn(self, message: str) -> None:
        """Warn as Python does, at the line that called the API as far as that can be told."""
        warnings.warn(message, stacklevel=4)


@contextmanager
def failures_warned_of(outcome: "Outcome", progress: "Progress") -> Iterator[None]:
    """Warn of the members that failed, before the report is written."""
    for reason, members in outcome.reasons.items():
        progress.warn(f"{members} members failed: {reason}")
    yield


def run_study(
    study_plan: Plan,
    out: str | PathLike | None,
    progress: "Progress",
    stop: Callable[[], bool] = lambda: False,
    reporting: Callable[["Outcome", "Progress"], AbstractContextManager] = failures_warned_of,
) -> StudyResults:
    """Run a plan, write its report, and return what it found; see ``sweep``.

    ``stop`` is asked now and then whether it is enough. ``reporting`` is what the report is written in, once all is
    trained, and while no other sweep can come in between.
    """
    from biasvar.study.run import run
    from biasvar.study.workers import workers_of

    folder = default_folder(study_plan.name) if out is None else Path(out)

    def finish(outcome: "Outcome") -> StudyResults:
        with reporting(outcome, progress):
            study = study_in(folder, progress)
            study.write_report()
            return study

    return run(folder, study_plan, workers_of(study_plan, progress.warn), progress, stop, finish)


def texts_of(overrides: Sequence[str]) -> list[str]:
    """Return overrides as a list: one text alone would be taken for a list of letters."""
    if isinstance(overrides, str):
        raise TypeError(f"overrides = {overrides!r} is a text; expected a list of texts: [{overrides!r}]")
    return list(overrides)
