"""Plugins: code of the user's own. It is loaded only if it is named by ``--plugin`` or by an installed entry point."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from biasvar.settings.plugin_source import files_of, source_of
from biasvar.settings.problems import Problem, SettingsError
from biasvar.settings.spelling import did_you_mean

ENTRY_POINTS = "biasvar.plugins"
RAISED = (Exception, SystemExit)
"""What a user's code may raise: where it calls sys.exit(), the sweep would end without a word."""


@dataclass(frozen=True)
class Plugin:
    """One module: ``place`` is the file's absolute path, or the module's name. It is loaded when it is first used."""

    place: str

    def loaded(self) -> ModuleType:
        """Return the loaded module.

        Raises
        ------
        SettingsError
            If it does not exist, or raises an exception.
        """
        return load(self.place, source_at(self.place))

    @property
    def name(self) -> str:
        """The name for messages: a file's own name, or the module's."""
        return Path(self.place).name if is_file(self.place) else self.place

    def has(self, name: str) -> bool:
        """Return whether the module defines a name."""
        return hasattr(self.loaded(), name)

    @property
    def version(self) -> str:
        """The version of the installed package that the module belongs to; empty for a file."""
        return "" if is_file(self.place) else version_of(self.place)

    @property
    def source(self) -> str:
        """A hash of the module's file and of those that it imports from its folder; empty for an installed package."""
        return "" if self.version else source_of(Path(self.file))

    @property
    def file(self) -> str:
        """The file of the loaded module."""
        return str(self.loaded().__file__)


def plugins_named(names: Iterable[str]) -> tuple[Plugin, ...]:
    """Return the plugins that the user names, and then those that installed packages offer by an entry point.

    A name is a file's path, or a module's name.

    Raises
    ------
    SettingsError
        For files that do not exist.
    """
    places, problems = [], []
    for name in names:
        if is_file(name):
            path = Path(name).absolute()
            if not path.is_file():
                problems.append(
                    Problem("--plugin", f"--plugin {name}: there is no such file", "a Python file or module")
                )
            places.append(str(path))
        else:
            places.append(name)
    if problems:
        raise SettingsError(problems)
    from importlib.metadata import entry_points  # loads the libraries of mail, which a redraw does not need

    offered = [point.value.partition(":")[0] for point in entry_points(group=ENTRY_POINTS)]
    return tuple(Plugin(place) for place in dict.fromkeys([*places, *offered]))


def plugin_with(name: str, plugins: Sequence[Plugin], key: str, what: str) -> tuple[Plugin, Any]:
    """Return the plugin that defines a name, and what it defines.

    ``key`` is the configuration key that asks for it, and ``what`` says what it should be: ``a function``.

    Raises
    ------
    SettingsError
        If no plugin defines it, or several define different things.
    """
    found = [(plugin, getattr(plugin.loaded(), name)) for plugin in plugins if plugin.has(name)]
    if found:
        require_one(key, name, [(plugin.name, value) for plugin, value in found])
        return found[0]
    if not plugins:
        raise SettingsError(
            [Problem(key, f"{key} = {name} is in no plugin", f"{what} of yours", "add --plugin FILE.py")]
        )
    names = [found for plugin in plugins for found in vars(plugin.loaded()) if not found.startswith("_")]
    where = " and ".join(plugin.name for plugin in plugins)
    raise SettingsError([Problem(key, f"{key} = {name} is not defined in {where}", what, did_you_mean(name, names))])


def require_one(key: str, name: str, found: Sequence[tuple[str, Any]]) -> None:
    """Raise if a name stands for different things in several places.

    Raises
    ------
    SettingsError
        With the places.
    """
    if any(value is not found[0][1] for _, value in found):
        what = f"{key} = {name} is defined in {' and in '.join(place for place, _ in found)}"
        raise SettingsError([Problem(key, what, "one place that defines it", "give yours another name")])


def is_file(name: str) -> bool:
    """Return whether a name is a file's path, and not a module's name."""
    return name.endswith(".py") or "/" in name or "\\" in name


def source_at(place: str) -> str:
    """Return the source of a file, by which it is loaded anew after a change; empty if it is none, or no Python."""
    with suppress(SyntaxError, ValueError, OSError):  # loading it says what is wrong
        return source_of(Path(place)) if is_file(place) else ""
    return ""


@cache
def load(place: str, source: str) -> ModuleType:
    """Return the module at a place, a file with the given source; modules beside a file can be imported by it.

    Raises
    ------
    SettingsError
        If it does not exist, or raises an exception.
    """
    try:
        return by_path(Path(place)) if is_file(place) else importlib.import_module(place)
    except ModuleNotFoundError as error:
        what = f"--plugin {place}: there is no module {error.name}{at_line(error, place)}"
        raise SettingsError([Problem("--plugin", what, "a Python file, or a module that can be imported")]) from error
    except RAISED as error:
        what = f"--plugin {place} cannot be loaded: {type(error).__name__}: {error}{at_line(error, place)}"
        raise SettingsError([Problem("--plugin", what)]) from error


def by_path(path: Path) -> ModuleType:
    """Return the module of a file, under a name that no other module has."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))  # last, so that no file of the user's hides an installed package
    name = f"{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules:
        forget(files_of(path))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # bytecode knows changes to the second only
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.dont_write_bytecode = writes
    return module


def forget(files: Collection[Path]) -> None:
    """Let Python import the modules of some files anew."""
    importlib.invalidate_caches()
    for name, module in list(sys.modules.items()):
        place = getattr(module, "__file__", None)
        if place and Path(place).resolve() in files:
            del sys.modules[name]


def line_of(error: BaseException, file: str) -> int:
    """Return the last line of a file that an exception passed through; 0 if there is none."""
    found, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def at_line(error: BaseException, file: str) -> str:
    """Return the last line of a file that an exception passed through, in brackets; empty if there is none."""
    line = line_of(error, file)
    return f" (line {line})" if line else ""


def version_of(module: str) -> str:
    """Return the version of the installed package that a module belongs to, or an empty string."""
    from importlib.metadata import PackageNotFoundError, packages_distributions, version

    owners = packages_distributions().get(module.partition(".")[0], [])
    for owner in owners:
        with suppress(PackageNotFoundError):
            return f"{owner} {version(owner)}"
    return ""
