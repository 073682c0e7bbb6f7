"""The facts about files and code that a study names, looked up once before it is planned."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from biasvar.settings import Part, Problem, SettingsError, as_mapping
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
            parts = {group: settings[group] for group in GROUPS if group in settings}
            for group in parts:  # data comes first: the facts of others may depend on it
                parts[group] = self.part(group, parts)
            if None not in parts.values():
                yield axes, {**settings, **parts}

    def part(self, group: str, parts: Mapping[str, Any]) -> Any:
        """Return a group's configuration with its facts; None if they cannot be looked up."""
        config = parts[group]
        cls = class_of(group, config)
        if cls is None or not cls.names_own:
            return config
        data = build_group("data", parts.get("data"), []) if cls.looks_at_data else None
        if cls.looks_at_data and data is None:
            return config  # what is wrong with the data is reported
        seen = (data.shape, data.outputs) if data is not None else ()
        name = json.dumps([group, config, seen], sort_keys=True, default=str)
        if name not in self.known:
            self.known[name] = self.looked_up(group, config, data)
        found = self.known[name]
        if not isinstance(found, SettingsError):
            return found
        self.problems += found.problems
        return None

    def looked_up(self, group: str, config: Mapping[str, Any], data: Any) -> Mapping[str, Any] | SettingsError:
        """Return a configuration with its facts, or what is wrong with the file or code that it names."""
        part = build_group(group, config, [])
        if part is None:
            return config  # the plan reports what is wrong with it
        try:
            return as_mapping(part.looked_up_for(data, self.plugins))
        except SettingsError as error:
            return error


def class_of(group: str, config: Any) -> type[Part] | None:
    """Return the class of a group's option; None if there is no such option, or it has no files and code to name."""
    cls = GROUPS[group].get(str(config.get("kind"))) if isinstance(config, Mapping) else None
    return cls if cls is not None and issubclass(cls, Part) else None
