"""A composed configuration, and its grid of cells."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from biasvar.composition.interpolations import resolve
from biasvar.composition.provenance import ConfigFile
from biasvar.settings import Problem
from biasvar.settings.plugins import Plugin

MISSING = object()
LOOKED_AT = 1000  # values per axis that are checked in a study that is too large to expand


@dataclass(frozen=True)
class Composed:
    """One composition of the groups: nested settings, and the axes over scalar keys.

    ``chosen`` names the groups whose option is set on the command line; ``choices`` has those that it sweeps, with
    their option here. Axes in a list of ``zipped`` are walked together. ``files`` are the files that Hydra composed, in
    order; ``provenance`` says where axes stand that no file has by their name; ``warnings`` are for the user, and
    ``problems`` are those of axes that are left out. ``plugins`` is the code that the user has named, and ``claims``
    what the files claim of the study's cells.
    """

    choices: Mapping[str, str]
    settings: dict[str, Any]
    axes: dict[str, Sequence[Any]]
    zipped: tuple[tuple[str, ...], ...]
    chosen: frozenset[str]
    files: tuple[ConfigFile, ...]
    provenance: Mapping[str, str]
    warnings: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    claims: Any = None

    @property
    def walks(self) -> list[tuple[str, ...]]:
        """The axes in order, each with those that are walked together with it."""
        together = {key: walk for walk in self.zipped for key in walk}
        return list(dict.fromkeys(together.get(key, (key,)) for key in self.axes))

    def steps(self, walk: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield the values of axes that are walked together, step by step."""
        for values in zip(*(self.axes[key] for key in walk), strict=True):
            yield dict(zip(walk, values, strict=True))


def assign(settings: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key of nested settings; a value that is not a mapping is left in place, and refused later."""
    *path, name = key.split(".")
    for part in path:
        settings = settings.setdefault(part, {})
        if not isinstance(settings, dict):
            return
    settings[name] = value


def grid(composed: Sequence[Composed]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each cell: the values of its swept keys, and its complete settings with interpolations resolved."""
    for one in composed:
        for steps in product(*map(one.steps, one.walks)):
            values = {key: value for step in steps for key, value in step.items()}
            yield cell_of(one, {key: values[key] for key in one.axes})


def arms(one: Composed) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield enough cells to see each value of each axis, up to a number, with the other axes at their first values."""
    first = {key: values[0] for key, values in one.axes.items()}
    yield cell_of(one, first)
    for walk in one.walks:
        yield from (cell_of(one, first | step) for step in islice(one.steps(walk), 1, LOOKED_AT))


def cell_of(one: Composed, axes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a cell: the values of its swept keys, and its complete settings with interpolations resolved."""
    settings = copy.deepcopy(one.settings)
    for key, value in axes.items():
        assign(settings, key, value)
    if "${" in str(settings):
        settings = resolve(settings)
        axes = {key: value_at(settings, key) for key in axes}
    return dict(one.choices) | axes, settings


def value_at(settings: Any, key: str) -> Any:
    """Return the value of a dotted key of nested settings, ``MISSING`` if there is none."""
    for part in key.split("."):
        settings = settings.get(part, MISSING) if isinstance(settings, Mapping) else MISSING
    return settings


def as_yaml(composed: Sequence[Composed], resolved: bool = False) -> str:
    """Return the composed configuration with its axes as YAML, one document per choice of swept groups.

    If it is to be ``resolved``, interpolations have their values, except those that differ from cell to cell.
    """
    from omegaconf import OmegaConf

    documents = []
    for one in composed:
        settings = with_values(one.settings, [cell for _, cell in arms(one)]) if resolved else one.settings
        sweep: dict[str, Any] = {key: list(values) for key, values in one.axes.items()}
        sweep |= {"zip": [list(walk) for walk in one.zipped]} if one.zipped else {}
        documents.append(OmegaConf.to_yaml(OmegaConf.create(settings | {"claims": one.claims, "sweep": sweep})))
    return "---\n".join(documents)


def with_values(settings: dict[str, Any], cells: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return nested settings with the value of each interpolation that is the same in all cells."""
    found = {}
    for name, value in settings.items():
        values = [cell[name] for cell in cells]
        if isinstance(value, dict):
            found[name] = with_values(value, values)
        else:
            alike = "${" in str(value) and all(other == values[0] for other in values)
            found[name] = values[0] if alike else value
    return found
