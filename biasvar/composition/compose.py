"""From overrides to the grid: Hydra composes the groups, then scalar keys are set on what it composed."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from pathlib import Path
from typing import Any, cast

import biasvar
from biasvar.composition.config_source import search_path
from biasvar.composition.grid_size import problem_of_size
from biasvar.composition.hydra_errors import composition_problem, problems_of_options
from biasvar.composition.interpolations import refuse_outside, resolve
from biasvar.composition.override_problems import CHOICES, unknown_key
from biasvar.composition.overrides import Setting, distinct, parse, values_of_preset
from biasvar.composition.provenance import ConfigFile, place_of, values_not_given
from biasvar.settings import Problem, SettingsError
from biasvar.study.checks import unused_key
from biasvar.study.config import GROUPS, changes_no_number, known_keys
from biasvar.study.plan import Plan, plan

LOOKED_AT = 1000  # values of an axis that are looked at in a study that is too large to be made


@dataclass(frozen=True)
class Composed:
    """One composition of the groups: nested settings, and the axes over scalar keys.

    ``chosen`` names the groups whose option the command line says, ``choices`` those that it sweeps with their option
    here. ``files`` are what Hydra composed, in order, and ``warnings`` what people should know.
    """

    choices: Mapping[str, str]
    settings: dict[str, Any]
    axes: dict[str, Sequence[Any]]
    chosen: frozenset[str]
    files: tuple[ConfigFile, ...]
    warnings: tuple[str, ...]


def conf_dir() -> Path:
    """Return the folder of the shipped configuration: in the wheel, or at the top of a checkout."""
    package = Path(biasvar.__file__).parent
    return package / "conf" if (package / "conf").is_dir() else package.parent / "conf"


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


def compose_groups(
    groups: Mapping[str, str], folders: Sequence[Path], config_name: str
) -> tuple[dict[str, Any], tuple[ConfigFile, ...]]:
    """Let Hydra compose the primary config with the chosen options; interpolations stay as they are.

    An option that is chosen on the command line comes as its own file says: what a preset changed of the option that
    it had chosen itself would be out of place in another.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from hydra.types import RunMode
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    search = search_path(folders[1] if len(folders) > 1 else None)
    overrides = [*(f"{group}={option}" for group, option in groups.items()), *search]
    try:
        with initialize_config_dir(config_dir=str(folders[0]), version_base="1.3", job_name="biasvar"):
            refuse_outside()
            raw = cast(dict[str, Any], OmegaConf.to_container(hydra_compose(config_name, overrides=overrides)))
            for group in groups.keys() & GROUPS.keys():
                alone = hydra_compose(f"{group}/{groups[group]}", overrides=search)
                raw[group] = OmegaConf.to_container(alone[group], resolve=False)
            loader: Any = GlobalHydra.instance().hydra.config_loader  # type: ignore[union-attr]  # it is initialized
            merged = loader.compute_defaults_list(config_name, overrides, RunMode.RUN).defaults
            return raw, files_of(merged, folders, config_name)
    except (HydraException, OmegaConfBaseException, RecursionError) as error:
        raise SettingsError([composition_problem(error, folders)]) from error


def files_of(merged: Sequence[Any], folders: Sequence[Path], config_name: str) -> tuple[ConfigFile, ...]:
    """Return the files of Hydra's list of defaults, in the order in which they were merged."""
    files = []
    for default in merged:
        name = f"{(default.config_path or config_name).removesuffix('.yaml')}.yaml"
        for folder in folders:
            if (folder / name).is_file():
                shown = f"conf/{name}" if folder == folders[0] else str(folder / name)
                files.append(ConfigFile(folder / name, shown, default.package or ""))
                break
    return tuple(files)


def hidden(files: Sequence[ConfigFile], config_dir: Path | None) -> list[str]:
    """Return what is to be known of files of the user's own that have the name of a shipped one."""
    shipped = [file.path.relative_to(conf_dir()) for file in files if file.path.is_relative_to(conf_dir())]
    own = [config_dir / name for name in shipped if config_dir is not None and (config_dir / name).exists()]
    return [f"{path} is not read: biasvar has a file of that name, which comes first" for path in own]


def require_given(files: Sequence[ConfigFile], settings: Sequence[Setting]) -> None:
    """Refuse keys of which files only say ``???``, unless the command line says more."""
    said = {setting.key for setting in settings}
    asked = {key: place for key, place in values_not_given(files).items() if key not in said}
    if asked:
        needs = "a value on the command line"
        raise SettingsError(
            Problem(key, f"{key} = ??? has no value", needs, f"add {key}=VALUE", origin)
            for key, origin in asked.items()
        )


def set_scalars(
    raw: dict[str, Any],
    files: tuple[ConfigFile, ...],
    groups: Mapping[str, str],
    swept_groups: Mapping[str, str],
    scalar: list[Setting],
) -> Composed:
    """Set the scalar overrides, and take the preset's axes but those of a chosen group or of an overridden key."""
    if "study" in raw:
        hint = "a study's file starts with the line `# @package _global_`"
        raise SettingsError([Problem("study", f"study={groups.get('study')} does not set keys of the whole", "", hint)])
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


def assign(settings: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key of nested settings; what is no mapping stays, and is refused with the rest."""
    *path, name = key.split(".")
    for part in path:
        settings = settings.setdefault(part, {})
        if not isinstance(settings, dict):
            return
    settings[name] = value


def grid(composed: Sequence[Composed]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each cell: the values of its swept keys, and its whole settings with interpolations resolved."""
    for one in composed:
        for values in product(*one.axes.values()):
            yield cell_of(one, dict(zip(one.axes, values, strict=True)))


def arms(one: Composed) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield cells enough to see each value of each axis, up to a number, beside the first values of the others."""
    first = {key: values[0] for key, values in one.axes.items()}
    yield cell_of(one, first)
    for key, values in one.axes.items():
        yield from (cell_of(one, first | {key: value}) for value in islice(values, 1, LOOKED_AT))


def cell_of(one: Composed, axes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a cell: the values of its swept keys, and its whole settings with interpolations resolved."""
    settings = copy.deepcopy(one.settings)
    for key, value in axes.items():
        assign(settings, key, value)
    if "${" in str(settings):
        settings = resolve(settings)
        axes = {key: value_at(settings, key) for key in axes}
    return dict(one.choices) | axes, settings


def value_at(settings: Any, key: str) -> Any:
    """Return the value of a dotted key of nested settings."""
    for part in key.split("."):
        settings = settings[part]
    return settings


def plan_of(composed: list[Composed], settings: list[Setting]) -> Plan:
    """Return the plan of a composed grid.

    Raises
    ------
    SettingsError
        With every problem and its origin, or where there are more models than ``limits.max_models``.
    """
    texts = {setting.key: f"command line: {setting.text}" for setting in settings}
    problems = problems_of_axes(composed)
    too_large = None if problems else problem_of_size(composed, texts)
    if not problems and too_large is None:
        try:
            return plan(grid(composed))
        except SettingsError:
            pass  # each problem is found again, beside the files that it came from
    found: list[Problem] = [] if too_large is None else [too_large]
    for one in composed:
        inside = problems_in(arms(one) if found or problems else grid([one]))
        found += [replace(p, origin=p.origin or origin_of(p.key, one, texts)) for p in (*problems, *inside)]
    raise SettingsError(dict.fromkeys(found))


def problems_in(cells: Iterator[tuple[dict[str, Any], dict[str, Any]]]) -> Sequence[Problem]:
    """Return every problem of some cells."""
    try:
        plan(cells)
    except SettingsError as error:
        return error.problems
    return ()


def origin_of(key: str, one: Composed, texts: Mapping[str, str]) -> str:
    """Return what said the value of a key: an argument, or else a file and its line."""
    return texts.get(key) or place_of(key, one.files, one.chosen, key in one.axes)


def problems_of_axes(composed: Sequence[Composed]) -> list[Problem]:
    """Return axes whose cells would all hold the same members."""
    idle = dict.fromkeys(key for one in composed for key in (*one.choices, *one.axes) if changes_no_number(key))
    return [Problem(key, f"{key} changes no member: it cannot be an axis", f"one value of {key}") for key in idle]


def unused(settings: Sequence[Setting], study_plan: Plan) -> list[str]:
    """Return what is to be known of keys that the command line sets and no cell uses."""
    studies = [cell.study for cell in study_plan.cells]
    reasons = {setting.key: [unused_key(study, setting.key) for study in studies] for setting in settings}
    return [f"{key} is not used: {why[0]}" for key, why in reasons.items() if all(why)]
