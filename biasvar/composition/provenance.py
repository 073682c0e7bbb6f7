"""The provenance of a value: the line of the configuration file that set it last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from biasvar.composition.files.config_files import text_of
from biasvar.study.config import GROUPS


@dataclass(frozen=True)
class ConfigFile:
    """A file of a composed configuration, and the prefix of its keys in the whole (empty: at the top)."""

    path: Path
    shown: str
    package: str

    @cached_property
    def root(self) -> yaml.Node | None:
        """The file's node tree with line numbers."""
        return nodes_of(text_of(self.path))

    def find(self, key: str, swept: bool) -> yaml.Node | None:
        """Return the node of a dotted key of the whole, or of its axis; None if the file does not set it."""
        if not self.package:
            return node_at(self.root, ["sweep", key] if swept else key.split("."))
        below = key.removeprefix(f"{self.package}.")
        return None if swept or below == key else node_at(self.root, below.split("."))

    def find_choice(self, group: str) -> yaml.Node | None:
        """Return the node in the file's list of defaults that chooses an option of a group."""
        entries = node_at(self.root, ["defaults"])
        for entry in entries.value if isinstance(entries, yaml.SequenceNode) else ():
            for key, value in entry.value if isinstance(entry, yaml.MappingNode) else ():
                if str(key.value).removeprefix("override ").lstrip("/") == group:
                    return value
        return None

    def place(self, node: yaml.Node) -> str:
        """Return a node's file and line in words."""
        return f"{self.shown}:{node.start_mark.line + 1}"


@lru_cache(maxsize=256)  # a process composes shipped files again and again, and reading them took most of that
def nodes_of(text: str) -> yaml.Node | None:
    """Return the node tree of a file's text with line numbers."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def node_at(root: yaml.Node | None, keys: Sequence[str]) -> yaml.Node | None:
    """Return the node below a path of keys, using the last one of each name."""
    node = root
    for name in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        node = next((value for key, value in reversed(pairs) if key.value == name), None)
    return node


def place_of(key: str, files: Sequence[ConfigFile], chosen: Iterable[str], swept: bool) -> str:
    """Return the file and line that set a key last, or an empty string.

    An option that is ``chosen`` on the command line is used as in its own file. If no file sets a key, it is missing
    from the option: then the option's own line is returned.
    """
    group = key.split(".")[0]
    for file in reversed(files):
        if not file.package and group in chosen and not swept:
            continue
        node = file.find_choice(key) if key in GROUPS and not swept else file.find(key, swept)
        if node is not None:
            return file.place(node)
    return ""


def values_not_given(files: Sequence[ConfigFile]) -> dict[str, str]:
    """Return the dotted keys whose only value is ``???``, which must be set, each with file and line."""
    found: dict[str, str] = {}
    for file in files:
        for key, node in leaves(file.root, file.package):
            if isinstance(node, yaml.ScalarNode) and node.value == "???":
                found[key] = file.place(node)
            else:
                found.pop(key, None)
    return found


def leaves(node: yaml.Node | None, path: str) -> Iterable[tuple[str, yaml.Node]]:
    """Yield the dotted key of each value below a node; axes count as values of their key."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        name = key.value if path in ("", "sweep") else f"{path}.{key.value}"
        if isinstance(value, yaml.MappingNode):
            yield from leaves(value, name)
        elif name != "defaults":
            yield name, value
