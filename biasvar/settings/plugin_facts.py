"""The facts about the plugin that a part of a study takes its code from."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from biasvar.settings.own import fact
from biasvar.settings.plugins import Plugin
from biasvar.settings.problems import SettingsError


@dataclass(frozen=True, kw_only=True)
class PluginFacts:
    """A part that takes code from a plugin: where it is, and by what models trained with it are told apart.

    ``plugin_source`` is the hash of a file and of what it imports from its folder, or an installed module's name. Of
    an installed package ``plugin_version`` is recorded; it is in no identity.
    """

    plugin_place: str = fact("", identity=False)
    plugin_source: str = fact("")
    plugin_version: str = fact("", identity=False)

    @property
    def packages(self) -> tuple[str, ...]:
        """The installed package of the plugin, with its version."""
        return (self.plugin_version,) if self.plugin_version else ()

    def code_of(self, name: str) -> str:
        """Return the plugin's name if the fact of a name is its source."""
        return Plugin(self.plugin_place).name if name == "plugin_source" else ""

    def own(self, name: str) -> Any:
        """Return what the plugin defines under a name, in whatever process this is.

        Raises
        ------
        OSError
            If the plugin is gone, cannot be loaded, or has changed since its facts were looked up.
        """
        return own(self.plugin_place, self.plugin_source, name)


def facts_of(plugin: Plugin) -> dict[str, Any]:
    """Return the values of the fields of ``PluginFacts``."""
    return {
        "plugin_place": plugin.place,
        "plugin_source": plugin.source or plugin.place,
        "plugin_version": plugin.version,
    }


@cache
def own(place: str, source: str, name: str) -> Any:
    """Return what the plugin at a place defines under a name, if it still has the given source."""
    plugin = Plugin(place)
    try:
        now, found = facts_of(plugin)["plugin_source"], getattr(plugin.loaded(), name)
    except (SettingsError, OSError, AttributeError) as error:
        raise OSError(f"{plugin.name} cannot be used where models are trained: {error}") from error
    if now != source:
        raise OSError(f"{plugin.name} has changed since this sweep began: the same command trains with what it is now")
    return found
