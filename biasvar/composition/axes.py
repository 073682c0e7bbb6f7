"""The axes of a composition: those of its files, and those of the command line, which take their place.

``zip`` and ``cells`` are reserved in ``sweep:``. ``zip`` lists the axes that are walked together, and ``cells`` lists
the cells themselves: columns of values that are walked together. Options of groups that cells choose are taken out of
them before, by ``compose``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from biasvar.composition.composed import MISSING, value_at
from biasvar.composition.override_problems import CHOICES, is_key, unknown_key
from biasvar.composition.overrides import Setting, distinct, values_of_preset
from biasvar.composition.provenance import ConfigFile, place_of
from biasvar.settings import Problem, SettingsError, did_you_mean, show
from biasvar.study.config import may_be_key

A_ZIP = "a list of lists of axes, such as [[model.width, training.lr]]"
A_CELL = "a list of mappings, such as [{model.width: 4, training.lr: 0.1}]"


@dataclass(frozen=True)
class Axes:
    """Keys with their values; the lengths of ``zipped`` ones are equal.

    ``provenance`` says where the keys of cells stand; ``warnings`` are for the user, and ``problems`` are those of axes
    that are left out.
    """

    values: dict[str, Sequence[Any]]
    zipped: tuple[tuple[str, ...], ...]
    provenance: Mapping[str, str]
    warnings: tuple[str, ...]
    problems: tuple[Problem, ...]


class Step(NamedTuple):
    """The place of an option among the options of a swept group."""

    place: int
    of: int


@dataclass(frozen=True)
class Reserved:
    """The value of a reserved key, None if it is not given, and its origin."""

    value: Any
    origin: str
    is_override: bool


def axes_of(
    settings: Mapping[str, Any],
    sweep: Mapping[str, Any],
    files: Sequence[ConfigFile],
    groups: Collection[str],
    steps: Mapping[str, Step],
    scalar: Sequence[Setting],
) -> Axes:
    """Return the axes over scalar keys of composed ``settings``, whose files have ``sweep``.

    ``groups`` are chosen, and ``steps`` says at which option a swept one is. Axes of a chosen group and of an
    overridden key are left out, and so are those of files that come before the one with ``cells``.

    Raises
    ------
    SettingsError
        If an axis has no values, or ``zip`` or ``cells`` cannot be used.
    """
    places = {str(key): place_of(str(key), files, (), True) for key in sweep}
    zipping, listing = (reserved(name, sweep, places, scalar) for name in ("zip", "cells"))
    fixed = {setting.key for setting in scalar if not setting.swept}
    swept = {setting.key: setting.values for setting in scalar if setting.swept}
    keys = [key for key in sweep if may_be_key(str(key), settings) and key not in fixed]
    if listing.value is not None:
        keys = [key for key in keys if not listing.is_override and not precedes(files, key, "cells")]
    axes = {key: values_of_preset(key, sweep[key], places[key]) for key in keys}
    columns = columns_of(listing, settings, {*axes, *(swept.keys() | fixed if listing.is_override else ())})
    of_files = axes | ({} if listing.is_override else columns)
    left_out = [key for key in of_files if key.split(".")[0] in groups and key not in swept]
    columns = {key: values for key, values in columns.items() if key not in {*left_out, *swept, *fixed}}
    axes = {key: values for key, values in axes.items() if key not in left_out} | columns | swept
    zipped = walked_together(zipping, tuple(columns), axes, steps, {*left_out, *fixed})
    warnings = [
        f"the preset's axis {key} is left out, since {key.split('.')[0]}= is chosen on the command line"
        for key in left_out
    ]
    axes = at_steps(axes, zipped, steps)
    zipped = tuple(walk for walk in zipped if not steps.keys() & walk)
    axes, repetitions = without_repetitions(axes, zipped)
    others = [str(key) for key in sweep if key not in ("zip", "cells")]
    wrong = [unknown_axis(key, places[key]) for key in others if not may_be_key(key, settings)]
    provenance = dict.fromkeys(columns, listing.origin)
    return Axes(axes, zipped, provenance, (*warnings, *repetitions), tuple(wrong))


def reserved(name: str, sweep: Mapping[str, Any], places: Mapping[str, str], scalar: Sequence[Setting]) -> Reserved:
    """Return the value of ``zip`` or ``cells``: the command line's, otherwise the files'."""
    given = next((setting for setting in scalar if setting.key == f"sweep.{name}"), None)
    if given is not None:
        return Reserved(given.values[0], f"command line: {given.text}", True)
    return Reserved(sweep.get(name), places.get(name, ""), False)


def precedes(files: Sequence[ConfigFile], key: str, other: str) -> bool:
    """Return whether the last file with an axis comes before the last with another."""
    last = {name: max(i for i, file in enumerate(files) if file.find(name, True)) for name in (key, other)}
    return last[key] < last[other]


def columns_of(listing: Reserved, settings: Mapping[str, Any], others: Collection[str]) -> dict[str, list[Any]]:
    """Return the values of each key in ``cells``; a key that a cell lacks has the configuration's value there."""
    cells = listing.value
    if cells is None:
        return {}
    if not isinstance(cells, list) or not cells or not all(isinstance(cell, dict) for cell in cells):
        raise SettingsError([Problem("sweep.cells", f"sweep.cells = {show(cells)}", A_CELL, "", listing.origin)])
    keys = list(dict.fromkeys(str(key) for cell in cells for key in cell))
    problems = [unknown_axis(key, listing.origin) for key in keys if not may_be_key(key, settings)]
    problems += [stands_twice(key, listing) for key in keys if key in others]
    columns: dict[str, list[Any]] = {}
    for key in keys if not problems else ():
        columns[key] = [cell[key] if key in cell else value_at(settings, key) for cell in cells]
        if MISSING in columns[key]:
            what = f"sweep.cells: cell {columns[key].index(MISSING) + 1} has no {key}, nor has the configuration"
            problems.append(Problem("sweep.cells", what, f"{key} in each cell", "", listing.origin))
    if problems:
        raise SettingsError(problems)
    return columns


def walked_together(
    zipping: Reserved,
    columns: tuple[str, ...],
    axes: Mapping[str, Sequence[Any]],
    steps: Mapping[str, Step],
    gone: Collection[str],
) -> tuple[tuple[str, ...], ...]:
    """Return the keys and groups that are walked together, and those of ``cells``.

    Keys that are ``gone`` leave a file's list, since the command line has other values for them.
    """
    walks = [[key for key in walk if zipping.is_override or key not in gone] for walk in lists_of(zipping)]
    lengths = {key: len(values) for key, values in axes.items()}
    lengths |= {group: step.of for group, step in steps.items()} if zipping.is_override else {}
    problems = [no_axis(key, zipping, lengths) for walk in walks for key in walk if key not in lengths]
    if not problems:
        found = [unequal({key: lengths[key] for key in walk}, zipping.origin) for walk in walks]
        problems = [problem for problem in found if problem is not None]
    named = [key for walk in [*walks, columns] for key in walk]
    twice = [key for key in dict.fromkeys(named) if named.count(key) > 1]
    if twice:
        what = f"sweep.zip: {', '.join(twice)} would be walked with two lists of axes, or cells"
        problems.append(Problem("sweep.zip", what, "each axis in one list", "", zipping.origin))
    if problems:
        raise SettingsError(problems)
    return tuple(tuple(walk) for walk in [*walks, columns] if len(walk) > 1)


def at_steps(
    axes: Mapping[str, Sequence[Any]], zipped: Sequence[Sequence[str]], steps: Mapping[str, Step]
) -> dict[str, Sequence[Any]]:
    """Return axes with only the value of this step for those that are walked together with a group."""
    step_of = {key: steps[group].place for walk in zipped for group in steps.keys() & walk for key in walk}
    return {key: [values[step_of[key]]] if key in step_of else values for key, values in axes.items()}


def lists_of(zipping: Reserved) -> list[list[str]]:
    """Return the lists of axes in ``zip``."""
    walks = zipping.value
    if walks is None:
        return []
    flat = isinstance(walks, list) and all(isinstance(walk, str) for walk in walks)
    good = isinstance(walks, list) and all(isinstance(walk, list) and len(walk) > 1 for walk in walks)
    if not good or not walks or not all(isinstance(key, str) for walk in walks for key in walk):
        hint = f"write [[{', '.join(walks)}]]" if flat and walks else ""
        raise SettingsError([Problem("sweep.zip", f"sweep.zip = {show(walks)}", A_ZIP, hint, zipping.origin)])
    return walks


def unequal(lengths: Mapping[str, int], origin: str) -> Problem | None:
    """Return the problem of axes with different numbers of values, which cannot be walked together."""
    if len(set(lengths.values())) < 2:
        return None
    counts = " and ".join(f"{key} has {count:,}" for key, count in lengths.items())
    return Problem("sweep.zip", f"sweep.zip: {counts} values", "as many values of each", "", origin)


def no_axis(key: str, zipping: Reserved, axes: Collection[str]) -> Problem:
    """Return the problem of a key in ``zip`` that has not several values."""
    if not is_key(key) and key not in CHOICES:
        return replace(unknown_key(key, zipping.origin), key="sweep.zip")
    if key in CHOICES and not zipping.is_override:
        what = f"sweep.zip: {key} is a group, whose options only the command line sweeps"
        return Problem("sweep.zip", what, "axes", "sweep.zip=[[...]] on the command line has groups", zipping.origin)
    hint = did_you_mean(key, axes) or f"{key}=A,B,C makes it one"
    return Problem("sweep.zip", f"sweep.zip: {key} is no axis of this study", "axes", hint, zipping.origin)


def stands_twice(key: str, listing: Reserved) -> Problem:
    """Return the problem of a key that has values in ``cells`` and beside them."""
    return Problem("sweep.cells", f"{key} stands in sweep.cells and beside it", "one of both", "", listing.origin)


def unknown_axis(key: str, origin: str) -> Problem:
    """Return the problem of a key below ``sweep:`` that is none."""
    problem = unknown_key(key, origin)
    hint = did_you_mean(key, ("zip", "cells")) or problem.hint
    return replace(problem, what=f"{key} is not a key that can be swept", hint=hint)


def without_repetitions(
    axes: Mapping[str, Sequence[Any]], zipped: Sequence[Sequence[str]]
) -> tuple[dict[str, Sequence[Any]], list[str]]:
    """Return axes with each value, or each step of zipped ones, once; and a warning for each that had more."""
    found = dict(axes)
    warnings = []
    for walk in [*zipped, *((key,) for key in axes if not any(key in walk for walk in zipped))]:
        if len(walk) == 1:
            kept = distinct(axes[walk[0]])
            found[walk[0]] = kept
        else:
            kept = distinct([list(step) for step in zip(*(axes[key] for key in walk), strict=True)])
            found |= {key: [step[place] for step in kept] for place, key in enumerate(walk)}
        if len(kept) < len(axes[walk[0]]):
            warnings.append(repeated(*walk))
    return found, warnings


def repeated(*walk: str) -> str:
    """Return the warning for an axis with repeated values, or for zipped ones with repeated steps."""
    axis = f"values of the axis {walk[0]}" if len(walk) == 1 else f"steps of the axes {', '.join(walk)}"
    return f"{axis} stand there more than once: each is one cell"
