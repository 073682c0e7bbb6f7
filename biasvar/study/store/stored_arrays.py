"""Arrays in npz files, read in parts: the rest is never in memory."""

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
AT_ONCE = 2**26  # bytes requested at once, at most
LOCAL_HEADER = 30  # bytes of a zip file's local header before the name; its last two fields are lengths
READERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


@dataclass(frozen=True)
class StoredArray:
    """The location of an array [M, N, K] in a file: its first byte is at ``offset``."""

    path: Path
    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int

    def read(self, rows: Sequence[int], points: slice) -> np.ndarray:
        """Return some rows of the first axis at some points, [len(rows), n, K].

        Raises
        ------
        OSError
            If the file cannot be read, or ends too early.
        """
        return read_part(self.path, self, rows, points)


@tried_again
def read_part(path: Path, array: StoredArray, rows: Sequence[int], points: slice) -> np.ndarray:
    """Return some rows of an array at some points; see ``StoredArray``."""
    start, stop, _ = points.indices(array.shape[1])
    part = np.empty((len(rows), max(stop - start, 0), array.shape[2]), dtype=array.dtype)
    whole = part.shape[1] == array.shape[1] and part.nbytes <= AT_ONCE
    if whole and len(rows) > 1 and list(rows) == list(range(rows[0], rows[0] + len(rows))):
        rows = rows[:1]  # they are contiguous, and read as one
    bytes_of_rows = part.reshape(len(rows), -1).view(np.uint8)
    width = array.shape[2] * array.dtype.itemsize
    with FileIO(path, opener=plain_only) as stream:
        for row, buffer in zip(rows, bytes_of_rows, strict=True):
            stream.seek(array.offset + (row * array.shape[1] + start) * width)
            if stream.readinto(buffer.data) != len(buffer):
                raise OSError(f"{path} ends within its row {row}")
    return part


def find_array(path: Path, name: str) -> StoredArray:
    """Return the location of an array in an npz file.

    Raises
    ------
    OSError
        If the file cannot be read now.
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
    """Return the shape and the dtype in an array's header.

    Raises
    ------
    ValueError
        For an invalid header, for object arrays, and for Fortran order.
    """
    version = npy.read_magic(stream)
    if version not in READERS:
        raise ValueError(f"its header has version {version}")
    shape, fortran_order, dtype = READERS[version](stream)
    if fortran_order or dtype.hasobject or min(shape, default=0) < 0:
        raise ValueError(f"it holds {dtype} of shape {shape}{' in the order of Fortran' * fortran_order}")
    return shape, dtype
