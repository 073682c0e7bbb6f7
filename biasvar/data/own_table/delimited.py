"""Files of separated values: the separator is found, and rows of another length than the header are refused."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ",;\t|"
QUOTE = b'"'


def read_delimited(path: str, content: bytes) -> "pd.DataFrame":
    """Return the table of a file of separated values; holes are NA, ?, and what else pandas takes for missing.

    In files whose separator is a semicolon a comma is the decimal point.

    Raises
    ------
    OSError
        If it is not UTF-8, has no line of names, or rows of another length.
    """
    import pandas as pd

    names, separator = header_of(path, content)
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            sep=separator,
            decimal="," if separator == ";" else ".",
            encoding="utf-8-sig",
            na_values=["?"],
            skipinitialspace=True,
            low_memory=False,
        )
    except UnicodeDecodeError:
        raise not_utf8(path, content) from None
    except pd.errors.ParserError as error:
        require_even_rows(path, content, separator, len(names))
        raise OSError(f"{path} cannot be read: {str(error).removeprefix('Error tokenizing data. C error: ')}") from None
    separators = (len(names) - 1) * (len(frame) + 1)
    if not isinstance(frame.index, pd.RangeIndex) or count_outside_quotes(content, separator) != separators:
        require_even_rows(path, content, separator, len(names))
    frame.columns = [name or str(given) for name, given in zip(names, frame.columns, strict=True)]
    return frame


def header_of(path: str, content: bytes) -> tuple[list[str], str]:
    """Return the names in the first line, and the separator: the one that occurs most often in it."""
    try:
        first = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="").readline()
    except UnicodeDecodeError:
        raise not_utf8(path, content) from None
    if not first.strip():
        raise OSError(f"{path} {'begins with a blank line' if content.strip() else 'is empty'}; expected a header")
    outside = "".join(first.split('"')[::2])
    tabs = Path(path).suffix.lower() == ".tsv"
    separator = "\t" if tabs else max(SEPARATORS, key=outside.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=separator, skipinitialspace=True))]
    if all(map(is_number, names)):
        raise OSError(f"{path} begins with numbers; expected a first line with the columns' names")
    return names, separator


def is_number(text: str) -> bool:
    """Return whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def not_utf8(path: str, content: bytes) -> OSError:
    """Return the error for a file in another encoding, with the line."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        what = f"{path} is not UTF-8: byte 0x{content[error.start]:02x} in line {line}"
        return OSError(f"{what}\n  hint   iconv -f latin1 -t utf-8 converts it, if it is Latin-1")
    return OSError(f"{path} is not UTF-8")


def count_outside_quotes(content: bytes, separator: str) -> int:
    """Return how many separators a file has that are not part of quoted values."""
    if QUOTE not in content:
        return content.count(separator.encode())
    byte_b = np.frombuffer(content, np.uint8)
    inside_b = np.logical_xor.accumulate(byte_b == ord(QUOTE))
    return int(np.count_nonzero((byte_b == ord(separator)) & ~inside_b))


def require_even_rows(path: str, content: bytes, separator: str, columns: int) -> None:
    """Raise for the first row with another number of values than there are names.

    Raises
    ------
    OSError
        With the line and the two numbers.
    """
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator)
    for row in reader:
        if row and len(row) != columns:
            raise OSError(
                f"{path}: line {reader.line_num} has {len(row)} values, and the first line {columns} names; expected "
                "as many in each"
            )
