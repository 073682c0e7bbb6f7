"""``points.parquet``: one row per cell, loss and evaluation point, written as the cells are decomposed."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from biasvar.decomposition import Decomposition
from biasvar.decomposition.terms import TERMS
from biasvar.results.conditions import cells_of_least_risk
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.predictions import central_number, main_class, vote_counts, vote_entropy
from biasvar.results.results import Results
from biasvar.results.tables import DICTIONARY
from biasvar.study.store.disk import open_plain
from biasvar.study.store.files import whole, write_whole

FILE = "points.parquet"
MOST_ROWS = 5_000_000
NUMBERS = (*TERMS, "c1", "c2", "entropy", "main", "label")
MEANINGS = {
    "cell": "number of the cell, as in results.parquet",
    "loss": "loss of the decomposition",
    "point": "number of the evaluation point, which is the same in all cells with the same data",
    "c1": "zero-one loss: what the noise of the point is multiplied by in its risk",
    "c2": "zero-one loss: what the variance of the point is multiplied by in its risk",
    "entropy": "classification: entropy of the votes over replicates in nats, plug-in",
    "main": "classification: class with the most votes, the first in a tie; regression: the loss's central prediction",
    "label": "label of the point (a number, or that of a class); missing where the reference is a distribution",
}
SCHEMA = pa.schema(
    [("cell", pa.int64()), ("loss", pa.string()), ("point", pa.int64()), *((name, pa.float64()) for name in NUMBERS)],
    metadata={"dictionary": json.dumps({name: DICTIONARY[name] for name in TERMS if name in DICTIONARY} | MEANINGS)},
)


class Points:
    """The rows of each cell in turn; a term that is undefined for a loss, or not known, is NaN."""

    def __init__(self, writer: pq.ParquetWriter):
        self.writer = writer

    def collect(self, ensemble: CellEnsemble, parts: Mapping[str, Decomposition]) -> None:
        """Append the points of one cell under each loss."""
        counts_NK = vote_counts(ensemble) if ensemble.task == "classification" else None
        tables = [rows_of(ensemble, loss, found, counts_NK) for loss, found in parts.items()]
        self.writer.write_table(pa.concat_tables(tables))


@contextmanager
def points_file(folder: Path) -> Iterator[Points]:
    """Give a writer for the points of one cell after another; the file is moved into place at the end."""
    with whole(folder / FILE) as stream, pq.ParquetWriter(stream, SCHEMA) as writer:
        yield Points(writer)


def rows_of(ensemble: CellEnsemble, loss: str, parts: Decomposition, counts_NK: np.ndarray | None) -> pa.Table:
    """Return the points of one cell under one loss; ``counts_NK`` counts the votes in a classification."""
    count = len(parts.points["risk"])
    unknown_N = np.full(count, np.nan)
    known = dict(parts.points)
    if counts_NK is None and ensemble.target.ndim == 1:
        known["main"] = central_number(ensemble, loss)
    if counts_NK is not None:
        known |= {"main": main_class(counts_NK), "entropy": vote_entropy(counts_NK)}
    if ensemble.reference == "labels" and ensemble.target.ndim == 1:
        known["label"] = ensemble.target
    columns = [np.full(count, ensemble.number), [loss] * count, np.arange(count)]
    columns += [np.asarray(known.get(name, unknown_N), dtype=float) for name in NUMBERS]
    return pa.Table.from_arrays([pa.array(one) for one in columns], schema=SCHEMA)


def read_points(folder: Path, cells: Iterable[tuple[int, str]]) -> pd.DataFrame:
    """Return the rows of some cells, each under one loss, in order of cells, losses and points."""
    with open_plain(folder / FILE) as stream, pq.ParquetFile(stream) as file:
        return pa.concat_tables([SCHEMA.empty_table(), *rows_in(file, set(cells))]).to_pandas(use_threads=False)


def keep_least(folder: Path, results: Results, warn: Callable[[str], None]) -> None:
    """Cut a file of more than ``MOST_ROWS`` rows down to the cells of least risk, one per condition and loss."""
    with open_plain(folder / FILE) as source, pq.ParquetFile(source) as file:
        total = file.metadata.num_rows
        if total <= MOST_ROWS:
            return
        kept = {(cell, loss) for loss in results.losses for _, cell in cells_of_least_risk(results, loss)}
        write_whole(folder / FILE, lambda stream: copy_cells(file, stream, kept))
    warn(
        f"{FILE} would have {total:,} rows, more than {MOST_ROWS:,}: it holds only the cell of least risk of each "
        "condition and loss"
    )


def copy_cells(file: pq.ParquetFile, stream: IO[bytes], kept: set[tuple[int, str]]) -> None:
    """Copy the rows of some cells, each under one loss, to another file."""
    with pq.ParquetWriter(stream, SCHEMA) as writer:
        for table in rows_in(file, kept):
            writer.write_table(table)


def rows_in(file: pq.ParquetFile, kept: set[tuple[int, str]]) -> Iterator[pa.Table]:
    """Yield the rows of some cells, each under one loss; each row group belongs to one cell."""
    for group in range(file.num_row_groups):
        number = file.metadata.row_group(group).column(0).statistics.min
        losses = pa.array([loss for cell, loss in kept if cell == number], pa.string())
        if len(losses):
            table = file.read_row_group(group, use_threads=False)
            yield table.filter(pc.is_in(table["loss"], losses))
