"""Explanations of Hydra's composition errors: mostly an option that does not exist."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from biasvar.composition.options import inside, nearest, options_in
from biasvar.composition.overrides import Setting
from biasvar.settings import Problem, did_you_mean
from biasvar.study.config import GROUPS


def problems_of_options(chosen: Sequence[Setting], folders: Sequence[Path], config_name: str) -> list[Problem]:
    """Return every command-line option that no folder has, and the primary configuration if it is missing."""
    problems = []
    if not any((folder / f"{config_name.removesuffix('.yaml')}.yaml").exists() for folder in folders):
        there = options_in(folders[1:], "")
        what = f"--config-name {config_name}: no such configuration"
        needs = f"config{''.join(f', {name}' for name in there)}: a file of --config-dir, without .yaml"
        problems.append(Problem("--config-name", what, needs, did_you_mean(config_name, ["config", *there])))
    for setting in chosen:
        for option in dict.fromkeys(map(str, setting.values)):
            if not any((folder / setting.key / f"{option.removesuffix('.yaml')}.yaml").is_file() for folder in folders):
                problems.append(no_such_option(setting.key, option, folders, f"command line: {setting.text}"))
    return problems


def no_such_option(group: str, option: str, folders: Sequence[Path], origin: str) -> Problem:
    """Return the problem of an option that no folder has."""
    options = options_in(folders, group)
    within = inside(option, options)
    taken = [path for folder in folders if (path := folder / group / f"{option}.yaml").exists()]
    if taken:
        return Problem(group, f"{taken[0]} is not a file", "a file of lines `key: value`", "", origin)
    other = [path for folder in folders if (path := folder / group / f"{option.removesuffix('.yml')}.yml").is_file()]
    near = nearest(option, options)
    hint = f"rename {other[0]} to {other[0].stem}.yaml" if other else f"did you mean {near}?" if near else ""
    hint = f"{option} is a folder of options" if within else hint
    if group == "study" and not hint:
        hint = "a study of your own is a file DIR/study/NAME.yaml, found by --config-dir DIR"
    return Problem(group, f"{group}={option}: no such option", "one of " + ", ".join(within or options), hint, origin)


def not_of_the_whole(study: str | None, origin: str = "") -> Problem:
    """Return the problem of a study's file without its first line, which puts its keys below ``study``."""
    hint = "a study's file starts with the line `# @package _global_`"
    return Problem("study", f"study={study} sets no top-level keys", "", hint, origin)


def composition_problem(error: Exception, folders: Sequence[Path], groups: Mapping[str, str]) -> Problem:
    """Return the problem that stopped Hydra's composition with the options of ``groups``, with its file."""
    text = " ".join(str(error.__cause__ or error).split())
    named = re.search(r"In '([^']+)'", f"{error} {error.__cause__}")
    name = named[1] if named else f"study/{groups.get('study')}"
    places = [folder / f"{name}.yaml" for folder in folders[1:]]
    origin = next((str(path) for path in places if path.is_file()), "")
    missing = re.search(r"Could not find '([^'/]+)/([^']+)'", text)
    if missing:
        return no_such_option(missing[1], missing[2], folders, origin)
    lost = re.search(r"Could not load '([^']*)'", text)
    if lost:
        group, _, option = lost[1].partition("/")
        near = nearest(option, options_in(folders, group)) if option else ""
        hint = f"did you mean /{group}/{near}?" if near else ""
        return Problem("defaults", f"a list of defaults names {lost[1]}, and there is no such file", "", hint, origin)
    if isinstance(error, RecursionError) or "recursion" in text:
        return Problem("defaults", "a list of defaults leads back to its own file: recursion", "options of other files")
    if "@study." in text:
        return not_of_the_whole(groups.get("study"), origin)
    return Problem("config", text, "", default_hint(text), origin)


def default_hint(text: str) -> str:
    """Return how an entry of a list of defaults should be written, from Hydra's error text."""
    twice = re.search(r"Multiple values for (\w+)\..*'override \1: (\S+)'", text)
    if twice:
        return f"write `- override /{twice[1]}: {twice[2]}` below defaults"
    if slashless := re.search(r"Could not override 'study/(?:\w+/)*(\w+)", text):
        return f"a slash stands before the group: `- override /{slashless[1]}: OPTION`"
    unknown = re.search(r"Could not override '(\w+)'", text)
    return did_you_mean(unknown[1], list(GROUPS)) if unknown else ""
