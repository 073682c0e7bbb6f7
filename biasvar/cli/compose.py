"""From overrides to the grid: Hydra composes the groups, then scalar keys are set on what it composed."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, cast

import biasvar
from biasvar.cli.config_files import problem_in, yaml_problem
from biasvar.cli.overrides import CHOICES, Setting, distinct, nearest, parse, values_of_preset
from biasvar.settings import Problem, SettingsError, did_you_mean
from biasvar.study.config import GROUPS, NOT_SAID, Study, build_group, changes_no_number, known_keys
from biasvar.study.plan import Plan, plan


@dataclass(frozen=True)
class Composed:
    """One composition of the groups: nested settings, and the axes over scalar keys.

    ``left_out`` names axes of the preset that speak of a group whose option the command line has chosen, ``repeated``
    those of whose values some stood there more than once.
    """

    choices: Mapping[str, str]
    settings: dict[str, Any]
    axes: dict[str, list[Any]]
    left_out: tuple[str, ...]
    repeated: tuple[str, ...]


def conf_dir() -> Path:
    """Return the folder of the shipped configuration: in the wheel, or at the top of a checkout."""
    package = Path(biasvar.__file__).parent
    return package / "conf" if (package / "conf").is_dir() else package.parent / "conf"


def compose(texts: list[str], config_dir: Path | None, config_name: str) -> tuple[list[Composed], list[Setting]]:
    """Compose the configuration once for each choice of swept groups.

    Raises
    ------
    SettingsError
        With every problem of the overrides.
    """
    problems: list[Problem] = []
    settings = parse(texts, problems)
    if problems:
        raise SettingsError(problems)
    chosen = [setting for setting in settings if setting.key in CHOICES]
    scalar = [setting for setting in settings if setting.key not in CHOICES]
    require_good_files(config_dir, config_name, chosen)
    composed = []
    for values in product(*(distinct(setting.values) for setting in chosen)):
        groups = {setting.key: str(value) for setting, value in zip(chosen, values, strict=True)}
        raw = compose_groups(groups, config_dir, config_name)
        swept_groups = {setting.key: groups[setting.key] for setting in chosen if setting.swept}
        composed.append(set_scalars(raw, groups, swept_groups, scalar))
    twice = tuple(setting.key for setting in chosen if len(distinct(setting.values)) < len(setting.values))
    return [replace(one, repeated=(*twice, *one.repeated)) for one in composed], settings


def require_good_files(config_dir: Path | None, config_name: str, chosen: list[Setting]) -> None:
    """Refuse files of the user's own that Hydra could not read, or would read for ever."""
    if config_dir is None:
        return
    names = [config_name, *(f"{setting.key}/{value}" for setting in chosen for value in setting.values)]
    paths = [config_dir / f"{name}.yaml" for name in names]
    problems = [problem for path in paths if path.exists() and (problem := problem_in(path))]
    if problems:
        raise SettingsError(problems)


def compose_groups(groups: Mapping[str, str], config_dir: Path | None, config_name: str) -> dict[str, Any]:
    """Let Hydra compose the primary config with the chosen options; interpolations stay as they are.

    An option that is chosen on the command line comes as its own file says: what a preset changed of the option that
    it had chosen itself would be out of place in another.
    """
    import yaml
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    search = [] if config_dir is None else [f"hydra.searchpath=['file://{config_dir.resolve()}']"]
    try:
        with initialize_config_dir(config_dir=str(conf_dir()), version_base="1.3", job_name="biasvar"):
            whole = hydra_compose(config_name, overrides=[*(f"{g}={option}" for g, option in groups.items()), *search])
            raw = cast(dict[str, Any], OmegaConf.to_container(whole, resolve=False))
            for group in groups.keys() & GROUPS.keys():
                alone = hydra_compose(f"{group}/{groups[group]}", overrides=search)
                raw[group] = OmegaConf.to_container(alone[group], resolve=False)
            return raw
    except yaml.YAMLError as error:
        raise SettingsError([yaml_problem(error)]) from error
    except (HydraException, OmegaConfBaseException, ValueError, RecursionError) as error:
        raise SettingsError([composition_problem(groups, config_dir, error)]) from error


def composition_problem(groups: Mapping[str, str], config_dir: Path | None, error: Exception) -> Problem:
    """Return why Hydra could not compose: mostly an option that does not exist."""
    folders = [conf_dir(), *([config_dir] if config_dir else [])]
    for group, option in groups.items():
        options = sorted(path.stem for folder in folders for path in (folder / group).glob("*.yaml"))
        if option not in options and f"{group}/{option}" in str(error):
            needs, hint = "one of " + ", ".join(options), did_you_mean(option, options)
            return Problem(group, f"{group}={option}: no such option", needs, hint, f"command line: {group}={option}")
    return Problem("config", " ".join(str(error).split()))


def set_scalars(
    raw: dict[str, Any], groups: Mapping[str, str], swept_groups: Mapping[str, str], scalar: list[Setting]
) -> Composed:
    """Set the scalar overrides, and take the preset's axes but those of a chosen group or of an overridden key."""
    if "study" in raw:
        hint = "a study's file starts with the line `# @package _global_`"
        raise SettingsError([Problem("study", f"study={groups.get('study')} does not set keys of the whole", "", hint)])
    preset = raw.pop("sweep", None) or {}
    if not isinstance(preset, dict):
        raise SettingsError([Problem("sweep", f"sweep = {preset} is not allowed", "a mapping from key to values")])
    wrong = [str(key) for key in preset if key not in known_keys()]
    if wrong:
        raise SettingsError(Problem(key, f"{key} is not a key that can be swept", hint=nearest(key)) for key in wrong)
    fixed = {setting.key for setting in scalar if not setting.swept}
    axes = {key: values_of_preset(key, values) for key, values in preset.items() if key not in fixed}
    swept = {setting.key: setting.values for setting in scalar if setting.swept}
    left_out = tuple(key for key in axes if key.split(".")[0] in groups and key not in swept)
    axes = {key: values for key, values in axes.items() if key not in left_out} | swept
    repeated = tuple(key for key, values in axes.items() if len(distinct(values)) < len(values))
    axes = {key: distinct(values) for key, values in axes.items()}
    for setting in scalar:
        if not setting.swept:
            assign(raw, setting.key, setting.values[0])
    return Composed(swept_groups, raw, axes, left_out, repeated)


def assign(settings: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key of nested settings."""
    *path, name = key.split(".")
    for part in path:
        settings = settings.setdefault(part, {})
    settings[name] = value


def grid(composed: list[Composed]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each cell: the values of its swept keys, and its whole settings with interpolations resolved."""
    for one in composed:
        interpolated = "${" in str(one.settings)
        for values in product(*one.axes.values()):
            axes = dict(zip(one.axes, values, strict=True))
            settings = copy.deepcopy(one.settings)
            for key, value in axes.items():
                assign(settings, key, value)
            yield dict(one.choices) | axes, resolve(settings) if interpolated else settings


def resolve(settings: dict[str, Any]) -> dict[str, Any]:
    """Resolve interpolations such as ``${data.n_train}``."""
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    if "${oc.env" in str(settings):
        what = "${oc.env:...}: values of the environment are not read, since a study's files would keep them"
        raise SettingsError([Problem("config", what, "the value itself")])
    try:
        return cast(dict[str, Any], OmegaConf.to_container(OmegaConf.create(settings), resolve=True))
    except OmegaConfBaseException as error:
        what = " ".join(str(error).split())
        raise SettingsError([Problem(str(error.full_key), f"an interpolation cannot be resolved: {what}")]) from error


def plan_of(composed: list[Composed], settings: list[Setting]) -> Plan:
    """Return the plan of a composed grid, with the origin of every problem said.

    Raises
    ------
    SettingsError
        With every problem, or where there are more models than ``limits.max_models``.
    """
    texts = {setting.key: f"command line: {setting.text}" for setting in settings}
    try:
        require_axes_that_matter(composed)
        require_within_limit(composed)
        return plan(grid(composed))
    except SettingsError as error:
        raise SettingsError(replace(p, origin=p.origin or texts.get(p.key, "")) for p in error.problems) from None


def require_axes_that_matter(composed: list[Composed]) -> None:
    """Refuse axes whose cells would all hold the same members."""
    idle = dict.fromkeys(key for one in composed for key in one.axes if changes_no_number(key))
    if idle:
        raise SettingsError(
            Problem(key, f"{key} changes no member: it cannot be an axis", f"one value of {key}") for key in idle
        )


def require_within_limit(composed: list[Composed]) -> None:
    """Refuse a study larger than meant, before its cells are made."""
    limits = composed[0].settings.get("limits")
    limit = limits.get("max_models") if isinstance(limits, dict) else None
    counted = [size for one in composed for size in sizes_of(one)]
    sizes = [size for size in counted if size is not None]
    if not isinstance(limit, int) or len(sizes) < len(counted):
        return  # the plan says what is wrong with them
    models = sum(cells * prod(members) for cells, members in sizes)
    if models > limit:
        cells_of: Counter[tuple[int, ...]] = Counter()
        for cells, members in sizes:
            cells_of[members] += cells
        told = " + ".join(f"{cells:,} cells x {in_words(members)}" for members, cells in cells_of.items())
        what = f"{told} = {models:,} models exceeds limits.max_models={limit}"
        hint = f"limits.max_models={models} trains them all"
        raise SettingsError([Problem("limits.max_models", what, f"at most {limit:,} models", hint)])


def sizes_of(one: Composed) -> Iterator[tuple[int, tuple[int, ...]] | None]:
    """Yield how many cells have members of which numbers, None for settings that are wrong.

    Fewer replicates, or seeds, are the first of more: only the largest number of them counts.
    """
    counting = {key: most(values) for key, values in one.axes.items() if key.split(".")[0] in ("replicates", "design")}
    cells = prod(len(values) for key, values in one.axes.items() if key not in counting)
    for values in product(*counting.values()):
        settings = copy.deepcopy({"replicates": None} | NOT_SAID | one.settings)
        for key, value in zip(counting, values, strict=True):
            assign(settings, key, value)
        design = build_group("design", settings["design"], [])
        good = design is not None and isinstance(settings["replicates"], int)
        yield (cells, design.sizes(Study(replicates=settings["replicates"], design=design))) if good else None


def most(values: list[Any]) -> list[Any]:
    """Return the largest of whole numbers alone, and other values as they are."""
    return [max(values)] if all(isinstance(value, int) for value in values) else values


def in_words(members: tuple[int, ...]) -> str:
    """Return the members of a cell: ``20 replicates``, or ``10 x 10 seeds``."""
    return f"{' x '.join(f'{number:,}' for number in members)} {'replicates' if len(members) == 1 else 'seeds'}"
