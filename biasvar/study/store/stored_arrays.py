"""Arrays in npz files, of which a part is read at a time: nothing else of them is ever in memory."""

import os
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from math import prod
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from biasvar.study.store.disk import naming, open_plain, plain_only, tried_again

EXPECTED = "expected numbers in C order, stored as they are, [M, N, K] (allow_pickle=False)"
AT_ONCE = 2**26  # bytes that are asked for at once at most
LOCAL_HEADER = 30  # bytes before the name in a zip file's own header of a member, which end in two lengths
READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class StoredArray:
    """Where an array [M, N, K] lies in a file: its first byte is at ``offset``."""

    path: Path
    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int

    def read(self, rows: Sequence[int], points: slice) -> np.ndarray:
        """Return some rows of the first axis at some points, [len(rows), n, K].

        Raises
        ------
        OSError
            Where the file cannot be read, or ends too early.
        """
        return read_part(self.path, self, rows, points)


@tried_again
def read_part(path: Path, array: StoredArray, rows: Sequence[int], points: slice) -> np.ndarray:
    """Return some rows of an array at some points; see ``StoredArray``."""
    start, stop, _ = points.indices(array.shape[1])
    part = np.empty((len(rows), max(stop - start, 0), array.shape[2]), dtype=array.dtype)
    whole = part.shape[1] == array.shape[1] and part.nbytes <= AT_ONCE
    if whole and len(rows) > 1 and list(rows) == list(range(rows[0], rows[0] + len(rows))):
        rows = rows[:1]  # they lie one after the other, and are read as one
    bytes_of_rows = part.reshape(len(rows), -1).view(np.uint8)
    width = array.shape[2] * array.dtype.itemsize
    with FileIO(path, opener=plain_only) as stream:
        for row, buffer in zip(rows, bytes_of_rows, strict=True):
            stream.seek(array.offset + (row * array.shape[1] + start) * width)
            if stream.readinto(buffer.data) != len(buffer):
                raise OSError(f"{path} ends within its row {row}")
    return part


def find_array(path: Path, name: str) -> StoredArray:
    """Return where an array lies in an npz file.

    Raises
    ------
    OSError
        Where the file cannot be read for now.
    ValueError
        For a file that is no npz file or has no such array, and for one that is not whole numbers [M, N, K] in C order.
    """
    with naming(path), open_plain(path) as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                member = archive.getinfo(f"{name}.npy")
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError(f"{path} is damaged: {error}") from error
        found = f"{path}: {name}"
        if member.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{found} is compressed; {EXPECTED}")
        try:
            stream.seek(member.header_offset)
            name_length, extra_length = struct.unpack("<HH", stream.read(LOCAL_HEADER)[-4:])
            stream.seek(name_length + extra_length, 1)
            shape, dtype = read_header(stream)
        except (struct.error, ValueError) as error:
            raise ValueError(f"{found} cannot be read ({error}); {EXPECTED}") from error
        array = StoredArray(path, dtype, shape, stream.tell())
        if dtype.kind != "f" or len(shape) != 3:
            raise ValueError(f"{found} holds {dtype} of shape {shape}; {EXPECTED}")
        if array.offset + prod(shape) * dtype.itemsize > os.fstat(stream.fileno()).st_size:
            raise ValueError(f"{found} ends before its shape {shape} does; {EXPECTED}")
        return array


def read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype]:
    """Return the shape and the dtype that an array's header says.

    Raises
    ------
    ValueError
        For what is no header, and for arrays of objects, or in the order of Fortran.
    """
    version = npy.read_magic(stream)
    if version not in READERS:
        raise ValueError(f"its header has version {version}")
    shape, fortran_order, dtype = READERS[version](stream)
    if fortran_order or dtype.hasobject or min(shape, default=0) < 0:
        raise ValueError(f"it holds {dtype} of shape {shape}{' in the order of Fortran' * fortran_order}")
    return shape, dtype
