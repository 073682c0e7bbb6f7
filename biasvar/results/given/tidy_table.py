"""Predictions as a tidy table: one row per cell, replicate, point and output."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from biasvar.decomposition.reading.checks import weights_of_points
from biasvar.decomposition.reading.plain_arrays import plain_array
from biasvar.results.ensembles import complete
from biasvar.results.given.given_cells import GivenCell
from biasvar.settings import did_you_mean

SEED = "seed_"  # begins the name of a column with the seeds of a crossed source
NEEDED = ("point", "prediction", "target")
CONSTANTS = ("outputs_are", "target_is", "noise_distribution")
OPTIONAL = ("output", "noise", "weight")
OWN = ("replicate", *NEEDED, *OPTIONAL, *CONSTANTS)


@dataclass(frozen=True)
class TidyCells:
    """The cells of a table, its crossed sources, what it says of all rows, and its classes where they have names."""

    cells: list[GivenCell]
    sources: tuple[str, ...]
    constants: dict[str, str]
    labels: list[str] | None


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are: seeds or the replicate, and the settings, which tell cells apart."""

    seeds: tuple[str, ...]
    settings: tuple[str, ...]


def cells_of_table(table: pd.DataFrame) -> TidyCells:
    """Return the cells of a table, in order of appearance.

    Raises
    ------
    ValueError
        For missing columns and values, rows that stand there twice or not at all, and targets that differ.
    """
    columns, table = columns_of(table), table.reset_index(drop=True)
    if table.empty:
        raise ValueError("the table of predictions has no rows")
    for name in (*columns.seeds, *NEEDED, *(name for name in OPTIONAL if name in table)):
        missing = np.flatnonzero(table[name].isna())
        if len(missing):
            raise ValueError(f"column {name}: {len(missing)} values are missing, the first in row {missing[0] + 1}")
    constants = {name: only(table, name) for name in CONSTANTS if name in table}
    table = table if "output" in table else table.assign(output=0)
    labels = classes_in(table["output"])
    cells = [cell_of(values, rows, columns.seeds) for values, rows in parts_of(table, columns.settings)]
    sources = tuple(name.removeprefix(SEED) for name in columns.seeds)
    return TidyCells([with_labels(cell, constants.get("target_is")) for cell in cells], sources, constants, labels)


def columns_of(table: pd.DataFrame) -> Columns:
    """Return what each column is."""
    names = [str(name) for name in table]
    if len(set(names)) < len(names):
        raise ValueError("the table of predictions has two columns of one name")
    seeds = tuple(name for name in names if name.startswith(SEED)) or ("replicate",)
    lacking = [name for name in (*seeds, *NEEDED) if name not in names]
    settings = tuple(name for name in names if name not in (*OWN, *seeds))
    if lacking:
        guesses = dict.fromkeys(did_you_mean(name, settings) for name in lacking)
        raise ValueError(f"the table of predictions has no column {' and '.join(lacking)}. {' '.join(guesses)}".strip())
    return Columns(seeds, settings)


def classes_in(outputs: pd.Series) -> list[str] | None:
    """Return the names of the classes where outputs have names, and None where they are numbered from 0."""
    found = outputs.unique().tolist()
    if all(isinstance(one, str) for one in found):
        return sorted(found)
    if sorted(found) != list(range(len(found))):
        raise ValueError(f"column output holds {found[:10]}; expected numbers from 0 to K - 1, or names of classes")
    return None


def parts_of(table: pd.DataFrame, settings: Sequence[str]) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Yield the settings and the rows of each cell, in order of appearance."""
    if not settings:
        yield {}, table
        return
    for values, rows in table.groupby(list(settings), sort=False, dropna=False):
        yield {name: plain(value) for name, value in zip(settings, values, strict=True)}, rows


def plain(value: Any) -> Any:
    """Return a setting as Python has it; a missing one is None."""
    return None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value


def only(table: pd.DataFrame, name: str) -> str:
    """Return the one value of a column that says something of all rows."""
    values = table[name].unique()
    if len(values) != 1:
        raise ValueError(f"column {name} holds {', '.join(map(str, values))}; expected one of them in every row")
    return str(values[0])


def cell_of(values: dict[str, Any], rows: pd.DataFrame, seeds: Sequence[str]) -> GivenCell:
    """Return a cell from its rows, which may stand in any order."""
    where = f"cell {values}: " if values else ""
    grid, axes = Grid.of(rows, (*seeds, "point", "output"), where), len(seeds)
    grid.require_one_each()
    for name, level in zip(seeds, grid.levels, strict=False):
        require_numbers(f"{where}column {name}", level)
    there = grid.counts.reshape(*grid.shape[:axes], -1) > 0
    whole = np.asarray(there.all(axis=-1))
    if (there.any(axis=-1) & ~whole).any() or (axes == 1 and not whole.all()):
        raise ValueError(f"{where}no row of {grid.place(grid.counts == 0)}: every replicate predicts each point")
    kept = complete(whole)

    def of_models(name: str) -> np.ndarray:
        """Return a column of the kept models, [*sizes, N, K]."""
        return grid.filled(plain_array(f"{where}{name}", rows[name].to_numpy()))[np.ix_(*kept)]

    def of_points(name: str) -> np.ndarray | None:
        """Return a column that says the same in all rows of a point, [N]; None if there is none."""
        if name not in rows:
            return None
        values_NK = shared(f"{where}{name}", of_models(name).reshape(-1, *grid.shape[-2:]), grid)
        return same_for_outputs(f"{where}{name}", values_NK)

    target_NK = shared(f"{where}target", of_models("target").reshape(-1, *grid.shape[-2:]), grid)
    weights_N = of_points("weight")
    weights_N = None if weights_N is None else weights_of_points(weights_N, len(target_NK))
    numbers = tuple(tuple(map(int, grid.levels[axis][kept[axis]])) for axis in range(axes))
    return GivenCell(values, of_models("prediction"), numbers, target_NK, of_points("noise"), weights_N, whole.size)


@dataclass(frozen=True)
class Grid:
    """The rows of a cell on a grid of seeds, points and outputs; ``flat`` is the place of each row."""

    names: tuple[str, ...]
    levels: tuple[np.ndarray, ...]
    flat: np.ndarray
    where: str

    @classmethod
    def of(cls, rows: pd.DataFrame, names: tuple[str, ...], where: str) -> "Grid":
        """Place the rows of a cell on the grid of all values that its columns have."""
        pairs = [np.unique(plain_array(f"{where}{name}", rows[name].to_numpy()), return_inverse=True) for name in names]
        levels = tuple(level for level, _ in pairs)
        flat = np.ravel_multi_index([places for _, places in pairs], tuple(map(len, levels)))
        return cls(names, levels, flat, where)

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the grid."""
        return tuple(map(len, self.levels))

    @cached_property
    def counts(self) -> np.ndarray:
        """How many rows stand at each place."""
        return np.bincount(self.flat, minlength=prod(self.shape))

    def filled(self, values: np.ndarray) -> np.ndarray:
        """Return the values of the rows on the grid."""
        found = np.zeros(prod(self.shape), values.dtype)
        found[self.flat] = values
        return found.reshape(self.shape)

    def place(self, wanted: np.ndarray) -> str:
        """Return the first of some places in words."""
        first = np.unravel_index(int(np.argmax(wanted)), self.shape)
        return ", ".join(f"{name} {level[at]}" for name, level, at in zip(self.names, self.levels, first, strict=True))

    def require_one_each(self) -> None:
        """Raise for rows of one place."""
        if self.counts.max() > 1:
            place = self.place(self.counts > 1)
            raise ValueError(f"{self.where}more than one row of {place}: a column of settings tells cells apart")


def require_numbers(name: str, level: np.ndarray) -> None:
    """Raise for replicates or seeds that are not whole numbers, by which cells are paired."""
    if level.dtype.kind not in "iuf" or (level != np.round(level)).any():
        raise ValueError(f"{name} holds {str(level[0])!r}; expected whole numbers, by which cells are paired")


def shared(name: str, values_MNK: np.ndarray, grid: Grid) -> np.ndarray:
    """Return what all models have in common at each point and output, [N, K]."""
    differs = np.flatnonzero((values_MNK != values_MNK[0]).any(axis=(0, 2)))
    if len(differs):
        point = grid.levels[-2][differs[0]]
        raise ValueError(f"{name} differs between replicates at {len(differs)} points, the first {point}")
    return values_MNK[0]


def same_for_outputs(name: str, values_NK: np.ndarray) -> np.ndarray:
    """Return what is said of each point, [N], from what stands beside each of its outputs."""
    if (values_NK != values_NK[:, :1]).any():
        raise ValueError(f"{name} differs between the outputs of a point; expected one number a point")
    return values_NK[:, 0]


def with_labels(cell: GivenCell, target_is: str | None) -> GivenCell:
    """Return a cell with one label a point, where its target repeats one for each of several outputs."""
    target_NK = cell.target
    alike = target_NK.shape[1] > 1 and (target_NK == target_NK[:, :1]).all()
    may_be = target_is is None and (target_NK.dtype.kind in "US" or bool((target_NK == np.round(target_NK)).all()))
    return replace(cell, target=target_NK[:, 0]) if alike and (target_is == "labels" or may_be) else cell
