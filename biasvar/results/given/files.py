"""Files of predictions: npz with arrays, or CSV, TSV and parquet with a tidy table."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from biasvar.data.plain_files import require_plain_file
from biasvar.settings import did_you_mean
from biasvar.study.store.disk import open_plain

ARRAYS = ("predictions", "target", "noise", "weights", "counts")
SEPARATORS = {".csv": ",", ".tsv": "\t"}
KINDS = (".npz", *SEPARATORS, ".parquet")


def read_predictions(path: Path) -> dict[str, Any]:
    """Return what a file holds: arrays by name, or a table under ``predictions``.

    Raises
    ------
    ValueError
        For a file of another kind, an empty one, and one that is not what its name says.
    OSError
        If it cannot be read.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ValueError(f"{path} is no file of predictions by its name; expected {', '.join(KINDS)}")
    require_plain_file(path)
    with open_plain(path) as stream:
        if not stream.peek(1):
            raise ValueError(f"{path} is empty")
        try:
            if kind == ".npz":
                return arrays_in(stream)
            if kind == ".parquet":
                return {"predictions": pq.read_table(stream).to_pandas()}
            return {"predictions": table_in(stream, SEPARATORS[kind])}
        except (ValueError, EOFError, zipfile.BadZipFile, pa.ArrowException) as error:
            raise ValueError(f"{path} cannot be read: {error}") from error


def arrays_in(stream: Any) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file by name; Python objects in it are never loaded."""
    with np.load(stream, allow_pickle=False) as archive:
        if not hasattr(archive, "files"):
            raise ValueError("it holds one array; expected an npz with the array predictions")
        unknown = [name for name in archive.files if name not in ARRAYS]
        if unknown:
            guess = did_you_mean(unknown[0], ARRAYS)
            raise ValueError(f"it holds {', '.join(unknown)}; expected {', '.join(ARRAYS)}. {guess}".strip())
        if "predictions" not in archive.files:
            raise ValueError("it holds no array predictions")
        return {name: archive[name] for name in archive.files}


def table_in(stream: Any, separator: str) -> pd.DataFrame:
    """Return a table of text, with every number as it was written; a first column without a name counts the rows."""
    table = csv.read_csv(
        stream,
        parse_options=csv.ParseOptions(delimiter=separator),
        convert_options=csv.ConvertOptions(null_values=[""], strings_can_be_null=True),
    ).to_pandas()
    return table.drop(columns="") if list(table)[:1] == [""] else table
