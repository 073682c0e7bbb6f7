"""The user's configuration files, checked before Hydra reads them, for one clear message with file and line."""

from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

from biasvar.composition.files.defaults_lists import wrong_in_defaults
from biasvar.composition.files.plain_scalars import PlainScalars
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


def header_of(text: str) -> str:
    """Return the lines ``# @KEY VALUE`` at the head of a file; Hydra stops at a comment, or the mark of a document."""
    head = takewhile(lambda line: not line or line == "---" or line[0] in "#%", map(str.strip, text.splitlines()))
    return "\n".join(line for line in head if line[1:].lstrip().startswith("@"))


def problem_of_events(path: Path, text: str) -> Problem | None:
    """Return the problem of a valid YAML file: it is parsed without building its content."""
    aliases, top = 0, None
    around: list[str | None] = []  # anchors of the lists and mappings around an event
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        top = event if top is None and isinstance(event, yaml.NodeEvent) else top
        aliases += isinstance(event, yaml.AliasEvent)
        if isinstance(event, yaml.CollectionStartEvent):
            around.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            around.pop()
        elif isinstance(event, yaml.AliasEvent) and event.anchor in around:
            return Problem(str(path), f"{path}:{line}: *{event.anchor} stands in itself", "values written out")
        tag = str(getattr(event, "tag", None) or STRUCTURES[0]).removeprefix("tag:yaml.org,2002:")
        if tag not in STRUCTURES:
            what = "a tag that names Python code" if tag.startswith("python") else f"the tag {tag}"
            return Problem(str(path), f"{path}:{line}: {what} is refused", "plain values")
        if aliases > MOST_ALIASES:
            return Problem(str(path), f"{path}:{line}: more than {MOST_ALIASES} aliases", "values written out")
        if len(around) > DEEPEST:
            return Problem(str(path), f"{path}:{line}: more than {DEEPEST} nested lists or mappings", "fewer")
    if not isinstance(top, yaml.MappingStartEvent):
        found = "is empty" if top is None else "is not a mapping"
        return Problem(str(path), f"{path} {found}", "lines of key: value")
    return None


def problem_of_keys(path: Path, text: str) -> Problem | None:
    """Return the problem of the top-level keys of a file at the top level."""
    for key, value in yaml.compose(text, Loader=PlainScalars).value:
        where = f"{path}:{key.start_mark.line + 1}"
        if key.value == "hydra":
            what = f"{where}: hydra's own keys are not supported: it only composes the configuration"
            return Problem("hydra", what, "keys that `biasvar config` lists")
        if key.value == "defaults" and (wrong := wrong_in_defaults(value)):
            node, what, needs = wrong
            return Problem("defaults", f"{path}:{node.start_mark.line + 1}: {what}", needs)
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


def yaml_problem(error: Exception, path: Path | str = "the configuration") -> Problem:
    """Return a YAML error as a problem with file and line."""
    mark: Any = getattr(error, "problem_mark", None)
    place = f"{path if mark is None or mark.name.startswith('<') else mark.name}"
    line = "" if mark is None else f":{mark.line + 1}"
    why = str(getattr(error, "problem", None) or error).splitlines()[0]
    needs = next((needs for part, needs in YAML_NEEDS.items() if part in why), "valid YAML")
    return Problem(str(path), f"{place}{line}: {why}", needs)
