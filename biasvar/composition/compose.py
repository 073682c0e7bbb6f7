"""From overrides to the grid: Hydra composes the groups, then scalar keys are set on what it composed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from biasvar.composition.composed import Composed, assign
from biasvar.composition.hints import with_hints
from biasvar.composition.hydra_errors import not_global, problems_of_options
from biasvar.composition.hydra_groups import compose_groups, conf_dir, hidden, require_given
from biasvar.composition.override_problems import CHOICES, unknown_key
from biasvar.composition.overrides import Setting, distinct, parse, values_of_preset
from biasvar.composition.planning import plan_of, unused
from biasvar.composition.provenance import ConfigFile, place_of
from biasvar.settings import Problem, SettingsError
from biasvar.study.checks import warnings_on
from biasvar.study.config import known_keys
from biasvar.study.plan import Plan


def compose(texts: list[str], config_dir: Path | None, config_name: str) -> tuple[list[Composed], list[Setting]]:
    """Compose the configuration once for each choice of swept groups.

    Raises
    ------
    SettingsError
        With every problem of the overrides; where there are some, with those of the whole configuration too.
    """
    problems: list[Problem] = []
    given = parse(texts, problems)
    settings = list({setting.key: setting for setting in given}.values())
    if any("." not in problem.key for problem in problems):
        raise SettingsError(problems)  # a choice may be missing, without which other keys mean something else
    try:
        composed = compose_choices(settings, config_dir, config_name)
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
    """Compose the configuration for each combination of the options that the command line chooses."""
    chosen = [setting for setting in settings if setting.key in CHOICES]
    scalar = [setting for setting in settings if setting.key not in CHOICES]
    folders = [conf_dir(), *([config_dir] if config_dir else [])]
    problems = problems_of_options(chosen, folders, config_name)
    if problems:
        raise SettingsError(problems)
    composed = []
    for values in product(*(distinct(setting.values) for setting in chosen)):
        groups = {setting.key: str(value) for setting, value in zip(chosen, values, strict=True)}
        raw, files = compose_groups(groups, folders, config_name)
        require_given(files, settings)
        swept_groups = {setting.key: groups[setting.key] for setting in chosen if setting.swept}
        composed.append(set_scalars(raw, files, groups, swept_groups, scalar))
    twice = tuple(repeated(setting.key) for setting in chosen if len(distinct(setting.values)) < len(setting.values))
    return [replace(one, warnings=(*twice, *hidden(one.files, config_dir), *one.warnings)) for one in composed]


def set_scalars(
    raw: dict[str, Any],
    files: tuple[ConfigFile, ...],
    groups: Mapping[str, str],
    swept_groups: Mapping[str, str],
    scalar: list[Setting],
) -> Composed:
    """Set the scalar overrides, and take the preset's axes but those of a chosen group or of an overridden key."""
    if "study" in raw:
        raise SettingsError([not_global(groups.get("study", ""))])
    preset = raw.pop("sweep", None) or {}
    if not isinstance(preset, dict):
        raise SettingsError([Problem("sweep", f"sweep = {preset} is not allowed", "a mapping from key to values")])
    places = {str(key): place_of(str(key), files, (), True) for key in preset}
    wrong = [unknown_key(str(key), places[str(key)]) for key in preset if key not in known_keys()]
    if wrong:
        raise SettingsError(replace(p, what=f"{p.key} is not a key that can be swept") for p in wrong)
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
    return Composed(swept_groups, raw, axes, frozenset(groups), files, tuple(warnings))


def repeated(key: str) -> str:
    """Return what is said of an axis some of whose values stand there more than once."""
    return f"values of the axis {key} stand there more than once: each is one cell"


def plan_study(texts: list[str], warn: Callable[[str], None]) -> Plan:
    """Return the plan of the study that overrides describe; see ``compose_study``."""
    return compose_study(texts, warn)[1]


def compose_study(
    texts: list[str], warn: Callable[[str], None], config_dir: Path | None = None, config_name: str = "config"
) -> tuple[list[Composed], Plan]:
    """Return the configuration that overrides describe, and its plan; ``warn`` is told what people should know.

    Raises
    ------
    SettingsError
        With every problem and its origin.
    """
    try:
        composed, settings = compose(texts, config_dir, config_name)
        study_plan = plan_of(composed, settings)
    except SettingsError as error:

        def accepted(others: list[str]) -> bool:
            try:
                plan_of(*compose(others, config_dir, config_name))
            except SettingsError:
                return False
            return True

        raise SettingsError(with_hints(error.problems, texts, accepted)) from error
    warnings = [warning for one in composed for warning in one.warnings] + unused(settings, study_plan)
    warnings += [warning for cell in study_plan.cells for warning in warnings_on(cell.study)]
    for warning in dict.fromkeys(warnings):
        warn(warning)
    return composed, study_plan
