"""The Python API, used by the command line too: run a study, load it, look at its numbers, draw its figures.

    study = biasvar.sweep(["study=u_curve", "replicates=50"])
    study.table[["model.degree", "risk", "bias_squared", "variance"]]
    study.plot("u_curve")

Invalid settings raise ``biasvar.settings.SettingsError``, a folder in use ``biasvar.study.errors.Busy``, and failures
of the machine ``OSError``. Without ``progress``, warnings go to ``warnings.warn``. Signal handlers are not changed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from biasvar.api.progress import usual
from biasvar.api.study_results import StudyResults
from biasvar.data.own_table.frames import named
from biasvar.settings import Problem, SettingsError
from biasvar.settings.changed import changed
from biasvar.study.own_folder import in_own_folder
from biasvar.study.plan import Plan
from biasvar.study.store.study_json import faults_of

if TYPE_CHECKING:
    import pandas as pd

    from biasvar.study.scheduler import Outcome, Progress


def sweep(
    overrides: Sequence[str] = (),
    *,
    out: str | PathLike | None = None,
    plugins: Sequence[str | PathLike] = (),
    data: "pd.DataFrame | None" = None,
    progress: "Progress | None" = None,
) -> StudyResults:
    """Train the models of a study that its folder does not hold yet, write its report, and return the results.

    ``overrides`` are texts in the command line's grammar: ``["study=u_curve", "model.degree=1,2,3"]``. ``out`` is the
    folder; by default it is the one of outputs/NAME, NAME-2, ... that holds this study, or else the first free one.
    ``plugins`` are files or modules of your own code that keys name. ``data`` is a data frame for ``data=table``, of
    which the folder keeps a copy: ``sweep(["data.target=price", ...], data=frame)``. ``progress`` has
    start(total, done), advance(members) and warn(message).

    Raises
    ------
    SettingsError
        With every problem of the settings, and if ``out`` holds another study.
    biasvar.study.errors.Busy
        If another sweep is running in the folder.
    OSError
        If data or memory is missing, or the disk refuses.
    """
    from biasvar.composition.compose import plan_study
    from biasvar.settings.plugins import plugins_named

    progress, overrides = progress or usual(), texts_of(overrides)
    out = None if out is None else folder_of("out", out)
    with as_overrides(data) as of_data:
        study_plan = plan_study([*of_data, *overrides], progress.warn, plugins_named(map(str, plugins)))
        if data is not None:
            study_plan = replace(study_plan, command=f"biasvar.sweep({overrides!r}, data=frame)")
        return loud(run_study(study_plan, out, progress), progress)


@contextmanager
def as_overrides(data: "pd.DataFrame | None") -> Iterator[list[str]]:
    """Give the overrides that choose a data frame within the block."""
    if data is None:
        yield []
        return
    with named(data) as name:
        yield ["data=table", f"data.path={name}"]


def load(folder: str | PathLike, overrides: Sequence[str] = (), *, progress: "Progress | None" = None) -> StudyResults:
    """Return the results of a study. Nothing is trained, and saved tables are used if they match its outputs.

    ``overrides`` are those of ``figure.*``, which change the appearance: ``["figure.width=3.25"]``.

    Raises
    ------
    SettingsError
        If the folder holds no study, and for other overrides.
    OSError
        If a file cannot be read, or the disk refuses.
    """
    progress = progress or usual()
    return loud(study_in(folder_of("folder", folder), progress, texts_of(overrides)), progress)


def loud(study: StudyResults, progress: "Progress") -> StudyResults:
    """Return a study after warning of its sums that do not close."""
    for fault in study.results.not_closed:
        progress.warn(fault)
    return study


def study_in(folder: Path, progress: "Progress", overrides: Sequence[str] = ()) -> StudyResults:
    """Return the study in a folder after giving the warnings on its tables; see ``load``."""
    from biasvar.results.saved import results_of
    from biasvar.results.stored.stored_cells import cells_in

    cells = cells_in(folder)
    figure = changed(cells.head.figure, "figure", overrides)
    results = replace(results_of(cells, folder), figure_width=figure.width, figure_x=figure.x)
    used, planned = results.models
    partial = [f"partial: {used:,}/{planned:,} models are in the report"] if used < planned else []
    for warning in (*faults_of(folder), *results.warnings, *partial):
        progress.warn(warning)
    return StudyResults(folder, cells, results)


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
    compiling: Callable[[], None] = lambda: None,
    fail_fast: bool = False,
) -> StudyResults:
    """Run a plan, write its report, and return what it found; see ``sweep``.

    ``stop`` is called now and then, and ends the run if it returns true; with ``fail_fast`` a failed member ends it
    too. ``reporting`` is the context in which the report is written, after training and before another sweep can start.
    ``compiling`` is called if training has to be compiled.
    """
    from biasvar.study.run import run
    from biasvar.study.workers import workers_of

    workers = workers_of(study_plan, progress.warn)

    def run_in(folder: Path) -> StudyResults:
        def finish(outcome: "Outcome") -> StudyResults:
            with reporting(outcome, progress):
                study = study_in(folder, progress)
                study.write_report()
                return study

        return run(folder, study_plan, workers, progress, stop, finish, compiling, fail_fast)

    return in_own_folder(study_plan, progress.warn, run_in) if out is None else run_in(Path(out))


def texts_of(overrides: Sequence[str]) -> list[str]:
    """Return overrides as a list; a single string is refused, as it would be taken for a list of characters."""
    if isinstance(overrides, str):
        raise TypeError(f"overrides = {overrides!r} is a text; expected a list of texts: [{overrides!r}]")
    if not isinstance(overrides, Sequence) or not all(isinstance(text, str) for text in overrides):
        raise TypeError(f"overrides = {overrides!r}; expected a list of texts such as ['study=u_curve']")
    return list(overrides)


def folder_of(name: str, folder: str | PathLike) -> Path:
    """Return a folder as a path: an empty text, as of a variable that is not set, is not the current one."""
    if not str(folder):
        raise SettingsError([Problem(name, f"{name} is empty", "a folder, or . for this one")])
    return Path(folder)
