"""A table with a target: its columns read, checked and combined, in one place for planning and for workers."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from biasvar.data.own_table.columns import Column, as_input, column_of
from biasvar.data.own_table.files import frame_at
from biasvar.data.own_table.reading import Reading
from biasvar.data.own_table.roles import SHOWN, require_names, require_rows, require_usable, rows_without_holes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Parsed:
    """Rows of inputs, and the columns with other roles; the first ``own`` rows are those of ``path``.

    ``x_nC`` has numbers and codes of categories, NaN for holes; ``categories_C`` counts the categories of each column,
    0 for numbers. ``notes`` says what was left out and how columns were read.
    """

    x_nC: np.ndarray
    categories_C: tuple[int, ...]
    target: Column
    group_n: np.ndarray | None
    weight_n: np.ndarray | None
    own: int
    notes: tuple[str, ...]
    content: str


@lru_cache(maxsize=4)
def parsed(reading: Reading) -> Parsed:
    """Return the table that a reading describes.

    Raises
    ------
    SettingsError
        For columns that do not exist or cannot serve as what they are meant to.
    OSError
        If a file cannot be read, or is not a table.
    """
    frame, own = frames_of(reading)
    require_names(reading, list(frame.columns))
    roles = {name: column_of(name, frame[name]) for name in (reading.target, reading.group, reading.weight) if name}
    others = [name for name in frame.columns if name not in roles and name not in reading.drop]
    inputs = [as_input(column_of(name, frame[name])) for name in others]
    require_usable(reading, roles, inputs)
    kept_n = rows_without_holes(roles, inputs) if reading.missing == "drop" else np.ones(len(frame), dtype=bool)
    roles = {name: rows_of(column, kept_n) for name, column in roles.items()}
    inputs = [rows_of(column, kept_n) for column in inputs]
    varying = [column for column in inputs if not is_constant(column)]
    require_rows(reading, int(kept_n.sum()), [column.name for column in varying])
    group, weight = (roles[name].values_n if name else None for name in (reading.group, reading.weight))
    table = Parsed(
        x_nC=np.column_stack([column.values_n for column in varying]),
        categories_C=tuple(len(column.labels) for column in varying),
        target=roles[reading.target],
        group_n=None if group is None else np.unique(group, return_inverse=True)[1],
        weight_n=weight,
        own=int(np.count_nonzero(kept_n[:own])),
        notes=tuple(notes_on(kept_n, inputs, roles.values())),
        content="",
    )
    return replace(table, content=content_of(table, varying))


def frames_of(reading: Reading) -> tuple["pd.DataFrame", int]:
    """Return all rows, and how many of them are those of ``path``: the others are evaluation points.

    Raises
    ------
    OSError
        If the evaluation points lack a column.
    """
    import pandas as pd

    own_stamp, other_stamp = reading.stamps
    frame = frame_at(reading.path, own_stamp)
    if reading.eval_path is None:
        return frame, len(frame)
    others = frame_at(reading.eval_path, other_stamp)
    lacking = [name for name in frame.columns if name not in others.columns and name not in reading.drop]
    if lacking:
        raise OSError(f"{reading.eval_path} lacks columns of {reading.path}: {', '.join(lacking[:SHOWN])}")
    return pd.concat([frame, others.reindex(columns=frame.columns)], ignore_index=True), len(frame)


def rows_of(column: Column, kept_n: np.ndarray) -> Column:
    """Return a column with some of its rows."""
    return replace(column, values_n=column.values_n[kept_n])


def is_constant(column: Column) -> bool:
    """Return whether a column has at most one value, apart from holes."""
    known = column.values_n[~column.holes_n]
    return len(known) == 0 or bool(np.all(known == known[0]))


def notes_on(kept_n: np.ndarray, inputs: Sequence[Column], roles: Iterable[Column]) -> Iterator[str]:
    """Yield what was left out, and how columns were read."""
    dropped = int(np.count_nonzero(~kept_n))
    if dropped:
        yield f"data.missing=drop leaves out {dropped:,} of {len(kept_n):,} rows, which have holes"
    constant = [column.name for column in inputs if is_constant(column)]
    if constant:
        yield f"columns that are the same in every row are left out: {', '.join(constant[:SHOWN])}"
    yield from (column.note for column in (*roles, *inputs) if column.note)


def content_of(table: Parsed, inputs: Sequence[Column]) -> str:
    """Return a checksum of everything that a table's numbers depend on: names, labels and values."""
    columns = [*inputs, table.target]
    layout = [[column.name, column.labels, column.truth] for column in columns] + [table.own]
    digest = hashlib.sha256(json.dumps(layout).encode("utf-8", "surrogatepass"))
    for values in (table.x_nC, table.target.values_n, table.group_n, table.weight_n):
        if values is not None:
            plain = np.where(np.isnan(values), np.nan, values) + 0.0  # one NaN, and no negative zero
            digest.update(np.ascontiguousarray(plain, dtype="<f8").tobytes())
    return digest.hexdigest()
