"""The figures that can be asked for by name: what each shows, what it needs, and which of them a study has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from biasvar.report import figures
from biasvar.report.figures.display import Display
from biasvar.report.figures.maps import Maps, map_of
from biasvar.report.figures.parts import Parts, along
from biasvar.report.figures.selection import axis_label
from biasvar.report.figures.study_figure import StudyFigure
from biasvar.report.words import captions
from biasvar.results.conditions import Condition, chosen, horizontal, is_numeric, name_of, swept_keys, telling
from biasvar.results.curves import Panel
from biasvar.results.numbers import plain
from biasvar.results.results import Results
from biasvar.settings import Problem, SettingsError, did_you_mean
from biasvar.study.config import CAPACITY_AXES

Found = Sequence[StudyFigure]
MOST_PANELS = 4
OF_CELLS = ("table", "points", "hardest", "fits", "committees", "sensitivity", "spread", "outliers")
"""The tables of results that have rows of cells."""


@dataclass(frozen=True)
class Plot:
    """A figure by name: ``find`` computes those of one loss, none if the study lacks what it ``needs``."""

    find: Callable[[Results, str], Found]
    needs: str


def kind(name: str) -> Callable[[Results, str], Found]:
    """Return what computes the figures of one kind."""
    return lambda results, loss: figures.FIGURES[name].from_results(results, loss)


def parts_along(column: str) -> Callable[[Results, str], Found]:
    """Return what computes the risk and its parts along an axis."""

    def find(results: Results, loss: str) -> Found:
        swept = column in swept_keys(results) and is_numeric(results.table[column])
        return [along(Parts, results, loss, column)] if swept else []

    return find


def heat_maps(results: Results, loss: str) -> Found:
    """Return a map of one loss for each axis of numbers beside the capacity."""
    if horizontal(results) not in CAPACITY_AXES:
        return []
    named = set(results.table["capacity_key"].dropna())
    axes = [key for key in swept_keys(results) if key not in named and is_numeric(results.table[key])]
    return [map_of(Maps, results, loss, axis) for axis in axes]


PLOTS: Mapping[str, Plot] = {
    "u_curve": Plot(kind("u_curve"), "a cell with an estimate"),
    "double_descent": Plot(kind("double_descent"), "a swept capacity, epoch or number of rows, and the training risk"),
    "parts": Plot(kind("parts"), "a capacity swept through the interpolation threshold, or a second axis of numbers"),
    "components": Plot(kind("components"), "design=crossed or design=nested"),
    "heat_map": Plot(heat_maps, "a swept capacity and another axis of numbers"),
    "penalty": Plot(kind("penalty"), "a swept weight decay or dropout beside another axis"),
    "committee": Plot(kind("committee"), "at least two models a cell"),
    "epochs": Plot(parts_along("epoch"), "epochs read along training: training.evaluate_at=[1,10,100]"),
    "sample_size": Plot(parts_along("data.n_train"), "a swept data.n_train"),
    "fits": Plot(kind("fits"), "models that are functions of one input"),
    "difference": Plot(lambda results, loss: [], "two studies: biasvar compare A B --figure FILE"),
    "points": Plot(kind("scatter"), "a bias that is known at single points and takes more than two values there"),
    "sensitivity": Plot(kind("sensitivity"), "estimates at two numbers of replicates"),
    "hardest": Plot(kind("hardest"), "images as evaluation points"),
}


OTHER_NAMES = {"maps": "heat_map", "scatter": "points"}
"""Names of kinds of figures that are called otherwise here."""


def plots() -> dict[str, Plot]:
    """Return every figure that can be asked for: those above, and any further kind."""
    further = [name for name in figures.FIGURES if name not in PLOTS and name not in OTHER_NAMES]
    return dict(PLOTS) | {name: Plot(kind(name), "results that it does not have") for name in further}


def figures_named(results: Results, name: str, loss: str | None = None, panel: str | None = None) -> list[StudyFigure]:
    """Return the figures of a name, under one loss or the first that has one; with a panel for each value of a key.

    Raises
    ------
    SettingsError
        For an unknown name, and for a figure that the study does not have, with what it needs.
    """
    name, known = OTHER_NAMES.get(name, name), plots()
    if name not in known:
        raise SettingsError([Problem("figure", f"there is no figure {name!r}", hint=did_you_mean(name, known))])
    losses = results.shown_losses if loss is None else [known_loss(results, loss)]
    for one in losses:
        if found := list(known[name].find(results, one)):
            return [in_panels(results, name, one, panel)] if panel is not None else found
    raise SettingsError([Problem("figure", f"this study has no figure {name}: it needs {known[name].needs}")])


def found_by(results: Results, name: str, loss: str | None = None, panel: str | None = None) -> list[StudyFigure]:
    """Return the figures of a name, or the one of a file's name; see ``figures_named``."""
    if name not in plots() and (named := [one for one in every_figure(results) if one.stem == name]):
        return named
    return figures_named(results, name, loss, panel)


def with_cells(results: Results, select: Mapping[str, Any]) -> Results:
    """Return the results of the cells with these values of swept keys; see ``selected``."""
    for key, value in select.items():
        results = selected(results, key, str(value))
    return results


def known_loss(results: Results, loss: str) -> str:
    """Return a loss that the study has."""
    known = results.shown_losses
    if loss not in known:
        problem = Problem("loss", f"this study has no loss {loss!r}", " or ".join(known), did_you_mean(loss, known))
        raise SettingsError([problem])
    return loss


def known_key(results: Results, key: str) -> str:
    """Return a swept key, which may be given by its last word."""
    swept = swept_keys(results)
    named = [one for one in swept if key in (one, one.rsplit(".", 1)[-1])]
    if len(named) != 1:
        what = f"{key} may be {' or '.join(named)}" if named else f"this study does not sweep {key}"
        raise SettingsError([Problem("key", what, ", ".join(swept) or "nothing was swept", did_you_mean(key, swept))])
    return named[0]


def selected(results: Results, key: str, value: str) -> Results:
    """Return the results of those cells that have a value on a swept key, as it is written in the table or on the page.

    Raises
    ------
    SettingsError
        For keys and values that the study does not have.
    """
    key = known_key(results, key)
    values = results.table[key].unique().tolist()
    meant = [one for one in values if value in (str(one), plain(one)) or same_number(one, value)]
    if not meant:
        hint = did_you_mean(value, map(plain, values))
        raise SettingsError([Problem(key, f"no cell has {key} = {value}", ", ".join(map(plain, values)), hint)])
    rows = Condition(((key, meant[0]),), "").rows(results.table)
    tables = {name: own for name in OF_CELLS if (own := getattr(results, name)) is not None and "cell" in own}
    some = {name: own[own["cell"].isin(rows["cell"])] for name, own in tables.items()}
    kept: dict[str, Any] = {name: own if len(own) else None for name, own in some.items()}
    # Statements on curves were made over all cells: those on fewer are made anew.
    return replace(results, **kept, curves=None)


def same_number(one: Any, text: str) -> bool:
    """Return whether a text is a number that a value equals."""
    try:
        return not isinstance(one, str | bool) and float(one) == float(text)
    except (TypeError, ValueError):
        return False


def in_panels(results: Results, name: str, loss: str, panel: str) -> Display:
    """Return a figure with a panel for each value of a swept key, at most four of them."""
    key = known_key(results, panel)
    key_name, values = name_of(key, results), results.table[key].drop_duplicates().tolist()
    shown = [plain(value) for value in chosen(values, MOST_PANELS)]
    found = [plots()[name].find(selected(results, key, value), loss) for value in shown]
    firsts = {value: some[0] for value, some in zip(shown, found, strict=True) if some}
    curves = {value: figure for value, figure in firsts.items() if isinstance(figure, Display)}
    if not curves or len(curves) < len(firsts):
        hint = "--select KEY=VALUE draws the cells of one value"
        raise SettingsError([Problem("panel", f"{name} is no figure of curves, and has no such panels", hint=hint)])
    panels = [titled(one, f"{key_name} = {value}") for value, figure in curves.items() for one in figure.panels]
    if len(panels) > MOST_PANELS:
        others = ", ".join(one for one in telling(results.table, swept_keys(results)) if one != key)
        hint = f"--select holds one of {others} at a value"
        raise SettingsError([Problem("panel", f"{len(panels)} panels are more than {MOST_PANELS}", hint=hint)])
    first, *_ = curves.values()
    more = captions.shown(shown, len(values), f"values of {key_name}")
    return replace(
        first,
        stem=f"{first.stem}_by_{key.rsplit('.', 1)[-1]}",
        panels=tuple(panels),
        x_label=axis_label(first.x_label.partition("\n")[0], results.of_loss(loss)),
        caption=captions.join(f"{first.title}, a panel for each {key_name}.", more, first.caption.partition(". ")[2]),
        alt=" ".join(f"{key_name} = {value}: {figure.alt}" for value, figure in curves.items()),
    )


def titled(panel: Panel, head: str) -> Panel:
    """Return a panel with a value at the head of its title."""
    return replace(panel, title=f"{head}, {panel.title}" if panel.title else head)


def every_figure(results: Results) -> list[StudyFigure]:
    """Return every figure that has a name, under every loss; each once."""
    found = [one for plot in plots().values() for loss in results.shown_losses for one in plot.find(results, loss)]
    return list({one.stem: one for one in found}.values())


def listed(results: Results) -> list[tuple[str, str]]:
    """Return each name with the stems of its figures, or what it needs."""
    rows = []
    for name, plot in plots().items():
        stems = [one.stem for loss in results.shown_losses for one in plot.find(results, loss)]
        rows.append((name, ", ".join(stems) if stems else f"not in this study: needs {plot.needs}"))
    return rows
