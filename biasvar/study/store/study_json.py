"""``study.json`` and its copy: the same content with its checksum in two files, each of which can replace the other."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasvar.settings import Problem, SettingsError, show
from biasvar.study.store.files import read_json, write_json
from biasvar.version import __version__

NAME, COPY = "study.json", "study.copy.json"
FORMAT = 4
EARLIER = 3  # format without checksum, copy, and recorded instructions
KINDS = {  # of the entries that must exist and be non-empty
    "settings": dict,
    "cells": list,
    "numerics": dict,
    "versions": dict,
    "processor": str,
}
MOST_CHANGES = 5  # listed one by one
OTHER_FORMAT = "has format"  # start of the fault of a file from another version
STANDS_IN = "is used instead until the next sweep restores it"


@dataclass(frozen=True)
class Copy:
    """One of the two files as found: ``fault`` describes what is wrong with it, and is empty if it is intact."""

    path: Path
    content: Any = None
    fault: str = ""

    @property
    def has_other_format(self) -> bool:
        """Whether another version of biasvar wrote it, and it is undamaged."""
        return isinstance(self.content, dict) and self.fault.startswith(OTHER_FORMAT)


def write_content(folder: Path, content: Mapping[str, Any]) -> None:
    """Write both files, with the checksum of everything else in the content."""
    for name in (NAME, COPY):
        write_json(folder / name, {**content, "checksum": checksum_of(content)})


def checksum_of(content: Mapping[str, Any]) -> str:
    """Return the sha256 of a content, independent of line breaks and key order."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def found_in(folder: Path) -> Iterator[Copy]:
    """Yield both files as they are; the second is only opened on request."""
    yield from (read_copy(folder / name) for name in (NAME, COPY))


def read_copy(path: Path) -> Copy:
    """Return one of the two files with its fault; the content is included if it is still JSON."""
    content = None
    try:
        content = read_json(path)
        written = {name: value for name, value in content.items() if name != "checksum"}
        if "checksum" in content and content["checksum"] != checksum_of(written):
            return Copy(path, written, "has a wrong checksum: it was edited or damaged")
        if content["format"] not in (EARLIER, FORMAT):
            return Copy(path, content, needs_of(content))
        if content["format"] == FORMAT and "checksum" not in content:
            return Copy(path, content, "lacks its checksum: it was edited or damaged")
        require_whole(content)
        return Copy(path, {"earlier": [], "instructions": {}} | written)
    except FileNotFoundError:
        return Copy(path, None, "is missing")
    except OSError as error:
        return Copy(path, None, f"cannot be read: {error.strerror or error}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return Copy(path, content, f"cannot be read: {error!r}")


def needs_of(content: Mapping[str, Any]) -> str:
    """Return which biasvar is needed to read a format that this one cannot."""
    there = content["versions"].get("biasvar") if isinstance(content.get("versions"), dict) else None
    wrote = f"of biasvar {there}" if isinstance(there, str) else "of another biasvar"
    newer = isinstance(content["format"], int) and content["format"] > FORMAT
    which = f"{there}{' or later' if newer else ''}" if isinstance(there, str) else "a later one" if newer else ""
    use = f"install biasvar {which}, or " if which else ""
    return (
        f"{OTHER_FORMAT} {show(content['format'])}, {wrote}, and this biasvar {__version__} reads formats {EARLIER} "
        f"and {FORMAT}: {use}add --out DIR to train the study anew"
    )


def require_whole(content: Mapping[str, Any]) -> None:
    """Raise for content that a sweep would not write.

    Raises
    ------
    ValueError
        With what is missing or wrong.
    """
    missing = {"axes", "settings", "cells", "data", "numerics", "versions", "processor"} - content.keys()
    if missing:
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    lists = [name for name in ("axes", "data", "earlier") if not isinstance(content.get(name, []), list)]
    if lists or not all(isinstance(text, str) for text in content["axes"] + content["data"]):
        raise ValueError("its axes, data or earlier are not lists")
    for name, kind in KINDS.items():
        if not isinstance(content[name], kind) or not content[name]:
            raise ValueError(f"its {name} is {show(content[name])[:80]}")
    if not isinstance(content.get("instructions", {}), dict):
        raise ValueError("its instructions are not a mapping")
    if not all(type(number) is int for number in content["numerics"].values()):
        raise ValueError("its numerics are not whole numbers")


def has_study(folder: Path) -> bool:
    """Return whether either file exists."""
    return any((folder / name).exists() for name in (NAME, COPY))


def whole_content(folder: Path) -> dict[str, Any] | None:
    """Return the content of an intact file, the first if both are; None if neither is."""
    return next((copy.content for copy in found_in(folder) if not copy.fault), None)


def is_lost(folder: Path) -> bool:
    """Return whether neither file can be read, by any version."""
    return all(copy.fault and not copy.has_other_format for copy in found_in(folder))


def read_content(folder: Path) -> dict[str, Any]:
    """Return the content of an intact file, the first if both are.

    Raises
    ------
    SettingsError
        If the folder holds no study, one in another format, or one whose files are both unreadable.
    """
    content = whole_content(folder)
    if content is not None:
        return content
    if not has_study(folder):
        raise SettingsError([Problem("DIR", f"{folder} holds no study: there is no file {NAME} in it")])
    copies = list(found_in(folder))
    for copy in copies:
        if copy.has_other_format:
            raise SettingsError([Problem("DIR", f"{copy.path} {copy.fault}")])
    what = "; ".join(f"{copy.path} {copy.fault}" for copy in copies)
    hint = "run this study's sweep again: it rewrites the file and keeps every model; or add --out DIR"
    raise SettingsError([Problem("DIR", what, hint=hint)])


def faults_of(folder: Path) -> list[str]:
    """Return the faults of the two files, one sentence each; edits are listed if the other file is intact."""
    first, second = found_in(folder)
    if not first.fault and not second.fault:
        changes = changes_between(first.content, second.content)
        return [f"{second.path} is not as {first.path.name}{changes}: the latter {STANDS_IN}"] if changes else []
    of_earlier = not first.fault and first.content["format"] == EARLIER
    wrong = [(first, second), *([] if of_earlier else [(second, first)])]
    return [sentence(copy, other) for copy, other in wrong if copy.fault]


def sentence(copy: Copy, other: Copy) -> str:
    """Return the fault of one file, and its differences from the other if that is intact."""
    if other.fault:
        return f"{copy.path} {copy.fault}"
    changes = changes_between(other.content, copy.content) if isinstance(copy.content, dict) else ""
    return f"{copy.path} {copy.fault}{changes}: {other.path.name} {STANDS_IN}"


def changes_between(whole: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return the differences between two contents, in brackets: ``(settings.tolerance: 0.001 -> 0.1)``."""
    changes = list(differences(whole, found))
    more = f" and {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
    return f" ({', '.join(changes[:MOST_CHANGES])}{more})" if changes else ""


def differences(whole: Any, found: Any, key: str = "") -> Iterator[str]:
    """Yield each value that differs, by its dotted key."""
    if isinstance(whole, dict) and isinstance(found, dict):
        for name in whole | found:
            yield from differences(whole.get(name), found.get(name), f"{key}.{name}" if key else str(name))
    elif whole != found:
        yield f"{key}: {show(whole)[:80]} -> {show(found)[:80]}"
