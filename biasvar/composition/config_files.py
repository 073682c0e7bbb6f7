"""The user's configuration files, checked before Hydra reads them, for one clear message with file and line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from biasvar.settings import Problem
from biasvar.study.config import GROUPS, SECTIONS

LARGEST = 1_000_000  # bytes
MOST_ALIASES = 20  # each may double the expansion of the ones before it
DEEPEST = 20  # levels of nested mappings and lists
MAPPINGS = (*GROUPS, *SECTIONS, "sweep")  # keys with keys of their own, in a file at the top level
STRUCTURES = ("str", "seq", "map")  # tags that do not change how a number is read
GLOBAL = "@package _global_"
YAML_NEEDS = {"'\\t'": "spaces and no tabs", "duplicate key": "each key once", "expected ':'": "lines of key: value"}


def problem_in(path: Path) -> Problem | None:
    """Return the problem that makes a YAML file unusable, None if there is none."""
    try:
        if not path.is_file():
            return Problem(str(path), f"{path} is not a file", "a file of lines `key: value`")
        if path.stat().st_size > LARGEST:
            return Problem(str(path), f"{path} has {path.stat().st_size:,} bytes", f"at most {LARGEST:,}")
        text = text_of(path)
    except OSError as error:
        return Problem(str(path), f"{path} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Problem(str(path), f"{path}:{line}: byte 0x{error.object[error.start]:02x} is not UTF-8", "UTF-8")
    try:
        return problem_of_events(path, text) or problem_of_keys(path, text)
    except yaml.YAMLError as error:
        return yaml_problem(error, path)


def text_of(path: Path) -> str:
    """Return a file's text without a byte order mark, and with this system's line ends."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def problem_of_events(path: Path, text: str) -> Problem | None:
    """Return the problem of a valid YAML file: it is parsed without building its content."""
    aliases, depth, top = 0, 0, None
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        top = event if top is None and isinstance(event, yaml.NodeEvent) else top
        aliases += isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        tag = str(getattr(event, "tag", None) or STRUCTURES[0]).removeprefix("tag:yaml.org,2002:")
        if tag not in STRUCTURES:
            what = "a tag that names Python code" if tag.startswith("python") else f"the tag {tag}"
            return Problem(str(path), f"{path}:{line}: {what} is refused", "plain values")
        if aliases > MOST_ALIASES:
            return Problem(str(path), f"{path}:{line}: more than {MOST_ALIASES} aliases", "values written out")
        if depth > DEEPEST:
            return Problem(str(path), f"{path}:{line}: more than {DEEPEST} nested lists or mappings", "fewer")
    if not isinstance(top, yaml.MappingStartEvent):
        found = "is empty" if top is None else "is not a mapping"
        return Problem(str(path), f"{path} {found}", "lines of key: value")
    return None


def problem_of_keys(path: Path, text: str) -> Problem | None:
    """Return the problem of the top-level keys of a file at the top level."""
    for key, value in yaml.compose(text, Loader=yaml.SafeLoader).value:
        where = f"{path}:{key.start_mark.line + 1}"
        if key.value == "hydra":
            what = f"{where}: hydra's own keys are not supported: it only composes the configuration"
            return Problem("hydra", what, "keys that `biasvar config` lists")
        if key.value == "defaults" and (outside := next(leading_out(value), None)):
            what = f"{path}:{outside.start_mark.line + 1}: {outside.value} points outside the folders of options"
            return Problem("defaults", what, "the name of an option, or of a group")
        group, dot, name = key.value.partition(".")
        if GLOBAL in text and dot and group in MAPPINGS:
            return Problem(
                key.value, f"{where}: {key.value} has a dot, as only axes below sweep have", f"{name} below {group}:"
            )
        if GLOBAL in text and key.value in MAPPINGS and isinstance(value, yaml.SequenceNode | yaml.ScalarNode):
            if key.value in SECTIONS and isinstance(value, yaml.ScalarNode):
                continue  # reported for the composed configuration, like any other key
            found = value.value if isinstance(value, yaml.ScalarNode) else "a list"
            if found not in ("", "null", "~"):
                return Problem(key.value, f"{where}: {key.value} is {found}", f"lines below it: {key.value}'s own keys")
    return None


def leading_out(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the names in a list of defaults that lead to a parent folder."""
    if isinstance(node, yaml.ScalarNode) and ".." in re.split(r"[/\\\s@:]", node.value):
        yield node
    elif isinstance(node, yaml.CollectionNode):
        for entry in node.value:
            for one in entry if isinstance(entry, tuple) else (entry,):
                yield from leading_out(one)


def yaml_problem(error: Exception, path: Path | str = "the configuration") -> Problem:
    """Return a YAML error as a problem with file and line."""
    mark: Any = getattr(error, "problem_mark", None)
    place = f"{path if mark is None or mark.name.startswith('<') else mark.name}"
    line = "" if mark is None else f":{mark.line + 1}"
    why = str(getattr(error, "problem", None) or error)
    needs = next((needs for part, needs in YAML_NEEDS.items() if part in why), "valid YAML")
    return Problem(str(path), f"{place}{line}: {why}", needs)
