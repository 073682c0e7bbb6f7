"""From overrides to the grid: Hydra composes the groups, then scalar keys are set on the result."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

from biasvar.composition.axes import Step, axes_of, lists_of, repeated, reserved, unequal
from biasvar.composition.command import command_of
from biasvar.composition.composed import MISSING, Composed, assign, value_at
from biasvar.composition.hints import with_hints
from biasvar.composition.hydra_errors import not_of_the_whole, problems_of_options
from biasvar.composition.hydra_groups import compose_groups, conf_dir, hidden, read_option, require_given
from biasvar.composition.override_problems import CHOICES, RESERVED
from biasvar.composition.overrides import Setting, distinct, parse
from biasvar.composition.planning import plan_of, unused
from biasvar.composition.provenance import ConfigFile, place_of
from biasvar.composition.short_commands import is_short, with_usual
from biasvar.settings import Problem, SettingsError
from biasvar.settings.plugins import Plugin
from biasvar.study.checks import warnings_on
from biasvar.study.claims.cells import warnings_on_cells
from biasvar.study.config import CHANGE_NUMBERS, GROUPS
from biasvar.study.plan import Plan


def compose(
    texts: list[str], config_dir: Path | None, config_name: str, plugins: tuple[Plugin, ...] = ()
) -> tuple[list[Composed], list[Setting]]:
    """Compose the configuration once for each choice of swept groups.

    Raises
    ------
    SettingsError
        With every problem of the overrides; if there are any, also with those of the whole configuration.
    """
    problems: list[Problem] = []
    given = parse(texts, problems)
    settings = list({setting.key: setting for setting in given}.values())
    if any("." not in problem.key for problem in problems):
        raise SettingsError(problems)  # a missing choice would change the meaning of other keys
    try:
        composed = [replace(one, plugins=plugins) for one in compose_choices(settings, config_dir, config_name)]
        problems += dict.fromkeys(problem for one in composed for problem in one.problems)
        if problems:
            with suppress(OSError):  # a file may be missing because its key is misspelt
                plan_of(composed, settings)
    except SettingsError as error:
        raise SettingsError([*problems, *error.problems]) from error
    if problems:
        raise SettingsError(problems)
    again = [setting for setting in settings if [one.key for one in given].count(setting.key) > 1]
    warnings = [f"{setting.key} stands there more than once: the last, {setting.text}, counts" for setting in again]
    return [replace(one, warnings=(*warnings, *one.warnings)) for one in composed], settings


def compose_choices(settings: list[Setting], config_dir: Path | None, config_name: str) -> list[Composed]:
    """Compose the configuration for each combination of the options that the command line chooses.

    An option that is chosen is used as in its own file: a preset's changes to the option that it had chosen itself do
    not apply to another. A short command leaves out the default study if it chooses a model, and its name anyway.
    """
    chosen = [setting for setting in settings if setting.key in CHOICES]
    scalar = [setting for setting in settings if setting.key not in CHOICES]
    folders = (conf_dir(), *([config_dir] if config_dir else []))
    problems = problems_of_options(chosen, folders, config_name)
    if problems:
        raise SettingsError(problems)
    walks = walks_of_groups(chosen, scalar)
    options = {setting.key: options_of(setting, walks) for setting in chosen}
    short = is_short(options, config_name)
    read = cache(partial(read_option, folders))
    composed = []
    for places in product(*(range(len(options[walk[0]])) for walk in walks)):
        at = {group: place for walk, place in zip(walks, places, strict=True) for group in walk}
        groups = {group: some[at[group]] for group, some in options.items()}
        swept = {setting.key: groups[setting.key] for setting in chosen if setting.swept}
        steps = {group: Step(at[group], len(options[group])) for group in swept}
        if short:
            groups = with_usual(groups, options.get("data", ()), read)
        raw, files = compose_groups(folders, tuple(groups.items()), config_name, not (short and "model" in groups))
        raw |= {group: deepcopy(read(group, option)) for group, option in groups.items() if group in GROUPS}
        raw |= {"name": None} if short else {}
        for part, in_cells, own in parts_of(raw, files, [one.key for one in chosen], scalar, read):
            composed.append(set_scalars(part, files, groups, swept | in_cells, steps, own))
    twice = tuple(repeated(setting.key) for setting in chosen if len(options[setting.key]) < len(setting.values))
    return [replace(one, warnings=(*twice, *hidden(one.files, config_dir), *one.warnings)) for one in composed]


def parts_of(
    raw: dict[str, Any],
    files: Sequence[ConfigFile],
    chosen: Collection[str],
    scalar: list[Setting],
    read: Callable[[str, str], Mapping[str, Any]],
) -> Iterator[tuple[dict[str, Any], dict[str, str], list[Setting]]]:
    """Yield the settings, options and scalar settings for each combination of options that cells choose.

    An option that the configuration has anyway keeps its settings; any other is used as in its own file. Groups that
    are ``chosen`` on the command line are not left to cells. Each part has its own cells.
    """
    listing = reserved("cells", raw.get("sweep") or {}, {"cells": place_of("cells", files, (), True)}, scalar)
    listed = listing.value if isinstance(listing.value, list) else []
    cells = [cell for cell in listed if isinstance(cell, dict)]
    if len(cells) < len(listed) or not any(group in cell for cell in cells for group in CHANGE_NUMBERS):
        yield raw, {}, scalar
        return
    varied = [one for one in CHANGE_NUMBERS if one not in chosen and any(one in cell for cell in cells)]
    usual = {group: str(value_at(raw, f"{group}.kind")) for group in varied}
    for options, some in by_options(cells, usual).items():
        in_cells = dict(options)
        others = [(group, option) for group, option in options if option != usual[group]]
        try:
            part = deepcopy(raw | {group: read(group, option) for group, option in others})
        except SettingsError as error:
            raise SettingsError(replace(one, origin=listing.origin) for one in error.problems) from error
        keys = dict.fromkeys(key for cell in cells for key in cell if value_at(part, key) is not MISSING)
        own = [{key: value_at(part, key) for key in keys if key not in CHANGE_NUMBERS} | cell for cell in some]
        part["sweep"] |= {} if listing.is_override else {"cells": own}
        yield part, in_cells, [replace(one, values=[own]) if one.key == "sweep.cells" else one for one in scalar]


def by_options(
    cells: Sequence[Mapping[str, Any]], usual: Mapping[str, str]
) -> dict[tuple[tuple[str, str], ...], list[dict[str, Any]]]:
    """Return the cells, without their groups, by the options of these; ``usual`` ones stand where a cell has none."""
    found: dict[tuple[tuple[str, str], ...], list[dict[str, Any]]] = {}
    for cell in cells:
        options = tuple((group, str(cell.get(group, option))) for group, option in usual.items())
        found.setdefault(options, []).append({key: value for key, value in cell.items() if key not in CHANGE_NUMBERS})
    return found


def walks_of_groups(chosen: Sequence[Setting], scalar: Sequence[Setting]) -> list[list[str]]:
    """Return the chosen groups in order, each with those whose options are walked together with its own."""
    zipping = reserved("zip", {}, {}, scalar)
    lengths = {setting.key: len(setting.values) for setting in chosen}
    together = {key: [other for other in lengths if other in walk] for walk in lists_of(zipping) for key in walk}
    walks = [together.get(key, [key]) for key in lengths]
    problems = [unequal({key: lengths[key] for key in walk}, zipping.origin) for walk in walks]
    if any(problems):
        raise SettingsError(dict.fromkeys(filter(None, problems)))
    return [walk for place, walk in enumerate(walks) if walk not in walks[:place]]


def options_of(setting: Setting, walks: Sequence[Sequence[str]]) -> list[str]:
    """Return the options of a chosen group; each once, unless another group is walked together with it."""
    is_zipped = any(setting.key in walk and len(walk) > 1 for walk in walks)
    return list(map(str, setting.values if is_zipped else distinct(setting.values)))


def set_scalars(
    raw: dict[str, Any],
    files: tuple[ConfigFile, ...],
    groups: Mapping[str, str],
    swept: Mapping[str, str],
    steps: Mapping[str, Step],
    scalar: list[Setting],
) -> Composed:
    """Set the scalar overrides, and find the axes."""
    if "study" in raw:
        raise SettingsError([not_of_the_whole(groups.get("study"))])
    sweep, claims = raw.pop("sweep", None) or {}, raw.pop("claims", None)
    if not isinstance(sweep, dict):
        raise SettingsError([Problem("sweep", f"sweep = {sweep} is not allowed", "a mapping from key to values")])
    fixed = {setting.key: setting.values[0] for setting in scalar if not setting.swept and setting.key not in RESERVED}
    for key, value in fixed.items():
        assign(raw, key, value)
    axes = axes_of(raw, sweep, files, groups, steps, scalar)
    require_given(files, {*groups, *fixed, *axes.values})
    chosen = frozenset({*groups, *swept})
    found = (axes.zipped, chosen, files, axes.provenance, axes.warnings, axes.problems)
    return Composed(swept, raw, axes.values, *found, claims=claims)


def plan_study(texts: list[str], warn: Callable[[str], None], plugins: tuple[Plugin, ...] = ()) -> Plan:
    """Return the plan of the study that overrides describe; see ``compose_study``."""
    return compose_study(texts, warn, plugins=plugins)[1]


def compose_study(
    texts: list[str],
    warn: Callable[[str], None],
    config_dir: Path | None = None,
    config_name: str = "config",
    plugins: tuple[Plugin, ...] = (),
) -> tuple[list[Composed], Plan]:
    """Return the configuration that overrides describe, and its plan; ``warn`` is called with each warning.

    ``plugins`` is the code that the user has named.

    Raises
    ------
    SettingsError
        With every problem and its origin.
    """
    try:
        composed, settings = compose(texts, config_dir, config_name, plugins)
        study_plan = plan_of(composed, settings)
    except SettingsError as error:

        def accepted(others: list[str]) -> bool:
            try:
                plan_of(*compose(others, config_dir, config_name, plugins))
            except (SettingsError, OSError):
                return False
            return True

        raise SettingsError(with_hints(error.problems, texts, accepted)) from error
    warnings = [warning for one in composed for warning in one.warnings] + unused(settings, study_plan)
    warnings += [warning for cell in study_plan.cells for warning in warnings_on(cell.study)]
    warnings += warnings_on_cells(study_plan.claims, [cell.axes for cell in study_plan.cells])
    for warning in dict.fromkeys(warnings):
        warn(warning)
    return composed, replace(study_plan, command=command_of(texts, config_dir, config_name, plugins))
