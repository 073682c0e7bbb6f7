"""Tables and predictions as text or files of their own: CSV, or parquet with what the columns mean."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from biasvar.results.cells import Cells
from biasvar.results.results import Results
from biasvar.results.tables import with_dictionary, write_csv, write_parquet
from biasvar.settings import Problem, SettingsError, did_you_mean
from biasvar.study.store.files import write_whole

MOST_ROWS = 500_000
"""So many rows of predictions are in memory at a time, or those of one point of a cell."""


def table_of(results: Results, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the table of a study, or some of its columns, with its data dictionary.

    Raises
    ------
    SettingsError
        For columns that it does not have.
    """
    table = with_dictionary(results)
    if columns is None:
        return table
    refuse_unknown(columns, table.column_names)
    return table.select(list(columns))


def refuse_unknown(columns: Sequence[str], known: Collection[str]) -> None:
    """Raise for columns that a table does not have.

    Raises
    ------
    SettingsError
        With each of them.
    """
    unknown = [name for name in columns if name not in known]
    if unknown:
        what = "the table has no column "
        raise SettingsError([Problem("columns", what + name, hint=did_you_mean(name, known)) for name in unknown])


def as_csv(table: pd.DataFrame | pa.Table) -> str:
    """Return a table as CSV."""
    return (table.to_pandas() if isinstance(table, pa.Table) else table).to_csv(index=False)


def write_table(
    path: Path, kind: str, table: pd.DataFrame | pa.Table, dictionary: Mapping[str, str] | None = None
) -> None:
    """Write a table as ``kind``, csv or parquet; a parquet file of a data frame holds the meaning of its columns."""
    if kind == "csv":
        write_csv(path, table.to_pandas() if isinstance(table, pa.Table) else table)
        return
    if isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
        about = {b"dictionary": json.dumps(dict(dictionary or {})).encode()}
        table = table.replace_schema_metadata((table.schema.metadata or {}) | about)
    write_parquet(path, table)


@dataclass(frozen=True)
class Predictions:
    """The predictions of every cell of a study, one row per cell, model, point and output; a part of a cell at a time.

    ``columns`` is empty, with the column types of all cells: some have a noise, or seeds, that others lack. ``at_once``
    says how many points of each cell a part has.
    """

    cells: Cells
    columns: pd.DataFrame
    at_once: Sequence[int]

    @classmethod
    def of(cls, cells: Cells) -> "Predictions":
        """Look at one point of each cell."""
        looks = [cells.predictions(number, quiet, np.arange(1)) for number in range(len(cells.values))]
        at_once = [max(1, MOST_ROWS // max(len(one), 1)) for one in looks]
        return cls(cells, pd.concat(looks, ignore_index=True).head(0), at_once)

    def parts(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of each cell, some points after the others."""
        for number, step in enumerate(self.at_once):
            points = len(self.cells.evaluation(number).target)
            for start in range(0, points, step):
                part = self.cells.predictions(number, quiet, np.arange(start, min(start + step, points)))
                yield part.reindex(columns=list(self.columns)).astype(self.columns.dtypes.to_dict())

    def as_csv(self) -> Iterator[str]:
        """Yield the text of each part, the first with the names of the columns."""
        yield self.columns.to_csv(index=False)
        for part in self.parts():
            yield part.to_csv(index=False, header=False)

    def write(self, path: Path, kind: str) -> None:
        """Write all parts into one file as ``kind``, csv or parquet."""
        write_whole(path, WRITERS[kind](self))


def to_csv(predictions: Predictions) -> Callable[[IO[bytes]], None]:
    """Return what writes predictions as CSV into a stream."""

    def write(stream: IO[bytes]) -> None:
        for text in predictions.as_csv():
            stream.write(text.encode())

    return write


def to_parquet(predictions: Predictions) -> Callable[[IO[bytes]], None]:
    """Return what writes predictions as parquet into a stream, a group of rows for each part."""

    def write(stream: IO[bytes]) -> None:
        schema = pa.Schema.from_pandas(predictions.columns, preserve_index=False)
        with pq.ParquetWriter(stream, schema) as file:
            for part in predictions.parts():
                file.write_table(pa.Table.from_pandas(part, schema=schema, preserve_index=False))

    return write


WRITERS = {"csv": to_csv, "parquet": to_parquet}


def quiet(message: str) -> None:
    """Say nothing: what there is to say of a study is said once."""
