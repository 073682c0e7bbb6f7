"""``study.json`` and its copy: one content with its checksum in two files, either of which stands in for the other."""

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
EARLIER = 3  # which had neither checksum nor copy, and did not record instructions
KINDS = {  # of what must be there, and not empty
    "settings": dict,
    "cells": list,
    "numerics": dict,
    "versions": dict,
    "processor": str,
}
MOST_CHANGES = 5  # that are named one by one
OTHER_FORMAT = "has format"  # how what is said of another version's file begins
STANDS_IN = "stands in for it until the next sweep restores it"


@dataclass(frozen=True)
class Copy:
    """One of the two files as it was found: ``fault`` says what is wrong with it, and is empty where it is whole."""

    path: Path
    content: Any = None
    fault: str = ""

    @property
    def has_other_format(self) -> bool:
        """Whether another version of biasvar wrote it, and nothing has damaged it since."""
        return isinstance(self.content, dict) and self.fault.startswith(OTHER_FORMAT)


def write_content(folder: Path, content: Mapping[str, Any]) -> None:
    """Write both files, whose checksum is that of all the rest."""
    for name in (NAME, COPY):
        write_json(folder / name, {**content, "checksum": checksum_of(content)})


def checksum_of(content: Mapping[str, Any]) -> str:
    """Return the sha256 of a content, whatever its line breaks and the order of its keys."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def found_in(folder: Path) -> Iterator[Copy]:
    """Yield both files as they are; the second is not opened before it is asked for."""
    yield from (read_copy(folder / name) for name in (NAME, COPY))


def read_copy(path: Path) -> Copy:
    """Return one of the two files, with what is wrong with it: its content where that is still JSON."""
    content = None
    try:
        content = read_json(path)
        written = {name: value for name, value in content.items() if name != "checksum"}
        if "checksum" in content and content["checksum"] != checksum_of(written):
            return Copy(path, written, "has not the checksum that it was written with: it was edited or damaged")
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
    """Say which biasvar reads a format that this one does not."""
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
    """Refuse what is not as a sweep writes it.

    Raises
    ------
    ValueError
        With what is missing, or what is wrong.
    """
    missing = {"axes", "settings", "cells", "data", "numerics", "versions", "processor"} - content.keys()
    if missing:
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    lists = [name for name in ("axes", "data", "earlier") if not isinstance(content.get(name, []), list)]
    if lists or not all(isinstance(text, str) for text in content["axes"] + content["data"]):
        raise ValueError("its axes, data or earlier are no lists as a sweep writes them")
    for name, kind in KINDS.items():
        if not isinstance(content[name], kind) or not content[name]:
            raise ValueError(f"its {name} is {show(content[name])[:80]}")
    if not isinstance(content.get("instructions", {}), dict):
        raise ValueError("its instructions are no mapping")
    if not all(type(number) is int for number in content["numerics"].values()):
        raise ValueError("its numerics are no whole numbers")


def has_study(folder: Path) -> bool:
    """Say whether either file is there."""
    return any((folder / name).exists() for name in (NAME, COPY))


def whole_content(folder: Path) -> dict[str, Any] | None:
    """Return what either file holds, the first where both are whole; None where neither is."""
    return next((copy.content for copy in found_in(folder) if not copy.fault), None)


def is_lost(folder: Path) -> bool:
    """Say whether neither file can be read, by any version."""
    return all(copy.fault and not copy.has_other_format for copy in found_in(folder))


def read_content(folder: Path) -> dict[str, Any]:
    """Return what either file holds, the first where both are whole.

    Raises
    ------
    SettingsError
        Where the folder holds no study, one of another format, or one of which neither file can be read.
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
    hint = "the sweep of this study, given again, writes it anew and keeps every model; or add --out DIR"
    raise SettingsError([Problem("DIR", what, hint=hint)])


def faults_of(folder: Path) -> list[str]:
    """Return what is wrong with the two files, a sentence each, with what an edit changed where one is whole."""
    first, second = found_in(folder)
    if not first.fault and not second.fault:
        changes = changes_between(first.content, second.content)
        return [f"{second.path} is not as {first.path.name}{changes}: the latter {STANDS_IN}"] if changes else []
    of_earlier = not first.fault and first.content["format"] == EARLIER
    wrong = [(first, second), *([] if of_earlier else [(second, first)])]
    return [sentence(copy, other) for copy, other in wrong if copy.fault]


def sentence(copy: Copy, other: Copy) -> str:
    """Return what is wrong with one file, and what of it is not as in the other, where that is whole."""
    if other.fault:
        return f"{copy.path} {copy.fault}"
    changes = changes_between(other.content, copy.content) if isinstance(copy.content, dict) else ""
    return f"{copy.path} {copy.fault}{changes}: {other.path.name} {STANDS_IN}"


def changes_between(whole: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Return what is not the same in two contents, in brackets: ``(settings.tolerance: 0.001 -> 0.1)``."""
    changes = list(differences(whole, found))
    more = f" and {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
    return f" ({', '.join(changes[:MOST_CHANGES])}{more})" if changes else ""


def differences(whole: Any, found: Any, key: str = "") -> Iterator[str]:
    """Yield each value that is not the same, by its dotted key."""
    if isinstance(whole, dict) and isinstance(found, dict):
        for name in whole | found:
            yield from differences(whole.get(name), found.get(name), f"{key}.{name}" if key else str(name))
    elif whole != found:
        yield f"{key}: {show(whole)[:80]} -> {show(found)[:80]}"
