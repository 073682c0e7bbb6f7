"""A table's file, read by the ending of its name."""

import io
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from biasvar.data.own_table.delimited import read_delimited
from biasvar.data.own_table.frames import FRAMES
from biasvar.data.plain_files import read_plain_file, require_plain_file

if TYPE_CHECKING:
    import pandas as pd

Stamp = tuple[int, int]  # a file's time of change in nanoseconds, and its size


def stamp_of(path: str) -> Stamp | None:
    """Return what changes if a file is written again; None for a data frame.

    Raises
    ------
    OSError
        If it is not a plain file, or not accessible.
    """
    if path in FRAMES:
        return None
    require_plain_file(Path(path))
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=2)
def frame_at(path: str, stamp: Stamp | None) -> "pd.DataFrame":
    """Return the table of a file, or a data frame that was given to the Python API.

    Raises
    ------
    OSError
        If it cannot be read, is not a table, or has no rows.
    """
    if stamp is None:
        frame = FRAMES[path]
    else:
        ending = Path(path).suffix.lower()
        if ending not in READERS:
            raise OSError(f"{path} ends neither with {', '.join(READERS)}: its format is not known")
        frame = READERS[ending](path, read_plain_file(Path(path)))
    require_table(path, frame)
    return frame


def require_table(path: str, frame: "pd.DataFrame") -> None:
    """Raise for a table without rows, with a single column, or with two columns of one name."""
    if not len(frame):
        raise OSError(f"{path} has no rows")
    if len(frame.columns) < 2:
        raise OSError(f"{path} has one column, {frame.columns[0]}; expected a target and inputs")
    twice = list(dict.fromkeys(frame.columns[frame.columns.duplicated()]))
    if twice:
        raise OSError(f"{path} has several columns named {', '.join(twice)}; expected a name for each")


def read_parquet(path: str, content: bytes) -> "pd.DataFrame":
    """Return the table of a parquet file."""
    import pandas as pd

    return binary(path, lambda: pd.read_parquet(io.BytesIO(content)))


def read_feather(path: str, content: bytes) -> "pd.DataFrame":
    """Return the table of a feather file."""
    import pandas as pd

    return binary(path, lambda: pd.read_feather(io.BytesIO(content)))


def read_npz(path: str, content: bytes) -> "pd.DataFrame":
    """Return the table of arrays: one column for each of one axis, and name_0, name_1, ... for one of two axes."""
    import pandas as pd

    def columns() -> "pd.DataFrame":
        found: dict[str, np.ndarray] = {}
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            for name, array in arrays.items():
                if array.ndim not in (1, 2):
                    raise ValueError(f"{name} has shape {array.shape}; expected one or two axes")
                parts = {f"{name}_{place}": one for place, one in enumerate(array.T)} if array.ndim == 2 else {}
                found |= parts or {name: array}
        return pd.DataFrame(found)

    return binary(path, columns)


def binary(path: str, read: Callable[[], "pd.DataFrame"]) -> "pd.DataFrame":
    """Return the table of a binary file, with an index of row numbers and texts as names.

    Raises
    ------
    OSError
        If it is damaged, or has another format than its name says.
    """
    try:
        frame = read().reset_index(drop=True)
    except Exception as error:  # of zip, numpy, pandas and pyarrow, which have classes of their own
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise OSError(f"{path} cannot be read: {reason}") from error
    frame.columns = [str(name) for name in frame.columns]
    return frame


READERS: dict[str, Callable[[str, bytes], "pd.DataFrame"]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".parquet": read_parquet,
    ".feather": read_feather,
    ".npz": read_npz,
}
