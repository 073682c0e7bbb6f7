"""Data frames that are given to the Python API, by the name that stands for them in ``data.path``."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FRAMES: dict[str, "pd.DataFrame"] = {}
COPY = "table.parquet"  # in the study's folder
NUMBERS = count(1)


@contextmanager
def named(frame: "pd.DataFrame") -> Iterator[str]:
    """Give the name of a data frame, by which it is found within the block.

    Raises
    ------
    TypeError
        For anything but a data frame of pandas.
    """
    if not all(hasattr(frame, name) for name in ("columns", "reset_index", "to_parquet")):
        raise TypeError(f"data is a {type(frame).__name__}; expected a pandas DataFrame, or data.path=FILE")
    name = f"DataFrame-{next(NUMBERS)}"
    FRAMES[name] = frame.reset_index(drop=True).set_axis([str(column) for column in frame.columns], axis=1)
    try:
        yield name
    finally:
        del FRAMES[name]


def keep_copy(name: str, folder: Path) -> Path:
    """Write a data frame into a study's folder, where every worker can read it, and return the path."""
    frame = FRAMES[name]
    mixed = [str(column) for column in frame if frame[column].dtype == object]
    frame = frame.assign(**{column: frame[column].map(str, na_action="ignore") for column in mixed})
    path = folder / COPY
    aside = path.with_name(f".{COPY}.tmp")
    frame.to_parquet(aside, index=False)
    aside.replace(path)
    return path
