"""From overrides to the grid: Hydra composes the groups, then scalar keys are set on the result."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

from biasvar.composition.composed import Composed, assign
from biasvar.composition.hints import with_hints
from biasvar.composition.hydra_errors import not_of_the_whole, problems_of_options
from biasvar.composition.hydra_groups import compose_groups, conf_dir, hidden, read_option, require_given
from biasvar.composition.override_problems import CHOICES, unknown_key
from biasvar.composition.overrides import Setting, distinct, parse, values_of_preset
from biasvar.composition.planning import plan_of, unused
from biasvar.composition.provenance import ConfigFile, place_of
from biasvar.composition.short_commands import is_short, with_usual
from biasvar.settings import Problem, SettingsError
from biasvar.settings.plugins import Plugin
from biasvar.study.checks import warnings_on
from biasvar.study.config import GROUPS, may_be_key
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
    folders = [conf_dir(), *([config_dir] if config_dir else [])]
    problems = problems_of_options(chosen, folders, config_name)
    if problems:
        raise SettingsError(problems)
    options = {setting.key: list(map(str, distinct(setting.values))) for setting in chosen}
    short = is_short(options, config_name)
    read = cache(partial(read_option, folders))
    composed = []
    for values in product(*options.values()):
        groups = dict(zip(options, values, strict=True))
        swept_groups = {setting.key: groups[setting.key] for setting in chosen if setting.swept}
        if short:
            groups = with_usual(groups, options.get("data", ()), read)
        raw, files = compose_groups(groups, folders, config_name, has_study=not (short and "model" in groups))
        raw |= {group: deepcopy(read(group, option)) for group, option in groups.items() if group in GROUPS}
        raw |= {"name": None} if short else {}
        require_given(files, settings)
        composed.append(set_scalars(raw, files, groups, swept_groups, scalar))
    twice = tuple(repeated(setting.key) for setting in chosen if len(options[setting.key]) < len(setting.values))
    return [replace(one, warnings=(*twice, *hidden(one.files, config_dir), *one.warnings)) for one in composed]


def set_scalars(
    raw: dict[str, Any],
    files: tuple[ConfigFile, ...],
    groups: Mapping[str, str],
    swept_groups: Mapping[str, str],
    scalar: list[Setting],
) -> Composed:
    """Set the scalar overrides, and take the preset's axes except those of a chosen group or of an overridden key."""
    if "study" in raw:
        raise SettingsError([not_of_the_whole(groups.get("study"))])
    preset = raw.pop("sweep", None) or {}
    if not isinstance(preset, dict):
        raise SettingsError([Problem("sweep", f"sweep = {preset} is not allowed", "a mapping from key to values")])
    places = {str(key): place_of(str(key), files, (), True) for key in preset}
    unknown = [unknown_key(str(key), places[str(key)]) for key in preset if not may_be_key(str(key), raw)]
    wrong = tuple(replace(one, what=f"{one.key} is not a key that can be swept") for one in unknown)
    preset = {key: values for key, values in preset.items() if may_be_key(str(key), raw)}
    fixed = {setting.key for setting in scalar if not setting.swept}
    axes = {key: values_of_preset(key, values, places[key]) for key, values in preset.items() if key not in fixed}
    swept = {setting.key: setting.values for setting in scalar if setting.swept}
    left_out = [key for key in axes if key.split(".")[0] in groups and key not in swept]
    axes = {key: values for key, values in axes.items() if key not in left_out} | swept
    warnings = [
        f"the preset's axis {key} is left out, since {key.split('.')[0]}= is chosen on the command line"
        for key in left_out
    ]
    warnings += [repeated(key) for key, values in axes.items() if len(distinct(values)) < len(values)]
    axes = {key: distinct(values) for key, values in axes.items()}
    for setting in scalar:
        if not setting.swept:
            assign(raw, setting.key, setting.values[0])
    return Composed(swept_groups, raw, axes, frozenset(groups), files, tuple(warnings), wrong)


def repeated(key: str) -> str:
    """Return the warning for an axis with repeated values."""
    return f"values of the axis {key} stand there more than once: each is one cell"


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
            except SettingsError:
                return False
            return True

        raise SettingsError(with_hints(error.problems, texts, accepted)) from error
    warnings = [warning for one in composed for warning in one.warnings] + unused(settings, study_plan)
    warnings += [warning for cell in study_plan.cells for warning in warnings_on(cell.study)]
    for warning in dict.fromkeys(warnings):
        warn(warning)
    return composed, study_plan
