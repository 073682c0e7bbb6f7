"""The command that asks for a study, which its folder keeps: the page shows how to repeat it."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from biasvar.settings.plugins import Plugin

PLACES = ("engine", "workers", "data.root")
"""Keys that say where models are trained and where data lie. They change no number, and other machines have others."""


def command_of(
    texts: Sequence[str], config_dir: Path | None = None, config_name: str = "config", plugins: Sequence[Plugin] = ()
) -> str:
    """Return the command line of overrides, without keys that only say where the work is done."""
    asked = [text for text in texts if not is_place(text.lstrip("+").partition("=")[0])]
    options = [*(["--config-dir", config_dir.name] if config_dir is not None else [])]
    options += ["--config-name", config_name] if config_name != "config" else []
    for plugin in plugins:
        options += ["--plugin", Path(plugin.place).name]
    return shlex.join(["biasvar", "sweep", *asked, *options])


def is_place(key: str) -> bool:
    """Return whether a key says where something is, and not what is asked for."""
    return any(key == place or key.startswith(f"{place}.") for place in PLACES)
