"""The facts about files and code that a study names, looked up once before it is planned."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from biasvar.settings import Problem, SettingsError, as_mapping
from biasvar.settings.plugins import Plugin
from biasvar.study.config import GROUPS, build_group

Cells = Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]


class Facts:
    """Looks up the facts of each distinct configuration once; ``problems`` collects those of the cells so far."""

    def __init__(self, plugins: Sequence[Plugin]):
        self.plugins = plugins
        self.problems: list[Problem] = []
        self.known: dict[str, Mapping[str, Any] | SettingsError] = {}

    def of(self, cells: Cells) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Yield cells with the facts among their settings, without those whose facts cannot be looked up."""
        for axes, settings in cells:
            parts = {group: self.part(group, settings.get(group)) for group in GROUPS if group in settings}
            if None not in parts.values():
                yield axes, {**settings, **parts}

    def part(self, group: str, config: Any) -> Any:
        """Return a group's configuration with its facts; None if they cannot be looked up."""
        if not isinstance(config, Mapping) or not looks_up(group, config):
            return config
        name = json.dumps([group, config], sort_keys=True, default=str)
        if name not in self.known:
            self.known[name] = self.looked_up(group, config)
        found = self.known[name]
        if not isinstance(found, SettingsError):
            return found
        self.problems += found.problems
        return None

    def looked_up(self, group: str, config: Mapping[str, Any]) -> Mapping[str, Any] | SettingsError:
        """Return a configuration with its facts, or what is wrong with the file or code that it names."""
        part = build_group(group, config, [])
        if part is None:
            return config  # the plan reports what is wrong with it
        try:
            return as_mapping(part.looked_up(self.plugins))
        except SettingsError as error:
            return error


def looks_up(group: str, config: Mapping[str, Any]) -> bool:
    """Return whether the option of a group names files or code of the user's."""
    cls = GROUPS[group].get(str(config.get("kind")))
    return cls is not None and getattr(cls, "names_own", False)
