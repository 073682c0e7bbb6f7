"""Configuration files of the user's own, looked at before Hydra reads them: one clear message with file and line."""

from pathlib import Path

import yaml

from biasvar.settings import Problem

LARGEST = 1_000_000  # bytes
MOST_ALIASES = 20  # each may double what the ones before it expand to


def problem_in(path: Path) -> Problem | None:
    """Return what keeps a YAML file from being used, None if nothing does."""
    try:
        if path.stat().st_size > LARGEST:
            return Problem(str(path), f"{path} has {path.stat().st_size:,} bytes", f"at most {LARGEST:,}")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        return Problem(str(path), f"{path} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Problem(str(path), f"{path}:{line}: byte 0x{error.object[error.start]:02x} is not UTF-8", "UTF-8")
    if text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}"):
        return Problem(str(path), f"{path}:1: the file starts with a byte order mark", "UTF-8 without one")
    try:
        return problem_of_events(path, text)
    except yaml.YAMLError as error:
        return yaml_problem(error, path)


def problem_of_events(path: Path, text: str) -> Problem | None:
    """Return what is wrong with a file that is YAML: its parts are looked at without being made."""
    aliases, depth_one = 0, None
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            aliases += 1
        elif isinstance(event, yaml.NodeEvent) and depth_one is None:
            depth_one = event
        if str(getattr(event, "tag", None)).startswith("tag:yaml.org,2002:python"):
            return Problem(str(path), f"{path}:{line}: a tag that names Python code is refused", "plain values")
        if aliases > MOST_ALIASES:
            return Problem(str(path), f"{path}:{line}: more than {MOST_ALIASES} aliases", "values written out")
    if not isinstance(depth_one, yaml.MappingStartEvent):
        found = "is empty" if depth_one is None else "is not a mapping"
        return Problem(str(path), f"{path} {found}", "lines of key: value")
    return None


def yaml_problem(error: yaml.YAMLError, path: Path | str = "the configuration") -> Problem:
    """Return a YAML error as a problem with file and line."""
    mark = getattr(error, "problem_mark", None)
    place = f"{path if mark is None or mark.name.startswith('<') else mark.name}"
    line = "" if mark is None else f":{mark.line + 1}"
    return Problem(str(path), f"{place}{line}: {getattr(error, 'problem', None) or error}", "YAML")
