"""Arrays in npz files, read in parts: the rest is never in memory."""

import os
import struct
import zipfile
from collections.abc import Iterator, Sequence
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
        part = np.empty((len(rows), len(range(self.shape[1])[points]), self.shape[2]), dtype=self.dtype)
        self.read_into(part, range(len(rows)), rows, points)
        return part

    def read_into(self, found: np.ndarray, places: Sequence[int], rows: Sequence[int], points: slice) -> None:
        """Read some rows of the first axis at some points into ``places`` of an array [.., n, K] of this dtype.

        Raises
        ------
        OSError
            If the file cannot be read, or ends too early.
        """
        read_part(self.path, self, found, list(zip(places, rows, strict=True)), points)


@tried_again
def read_part(
    path: Path, array: StoredArray, found: np.ndarray, pairs: Sequence[tuple[int, int]], points: slice
) -> None:
    """Read rows of an array at some points into places of another one; ``pairs`` are places and rows."""
    start, width = points.indices(array.shape[1])[0], array.shape[2] * array.dtype.itemsize
    together = AT_ONCE // max(found[:1].nbytes, 1) if found.shape[1] == array.shape[1] else 1
    with FileIO(path, opener=plain_only) as stream:
        for place, row, count in runs(pairs, together):
            buffer = found[place : place + count].reshape(-1).view(np.uint8)
            stream.seek(array.offset + (row * array.shape[1] + start) * width)
            if stream.readinto(buffer.data) != len(buffer):
                raise OSError(f"{path} ends within its row {row}")


def runs(pairs: Sequence[tuple[int, int]], most: int) -> Iterator[tuple[int, int, int]]:
    """Yield place, row and number of pairs that follow one another in both, up to ``most`` at a time."""
    first = 0
    for end in range(1, len(pairs) + 1):
        (place, row), count = pairs[first], end - first
        if end == len(pairs) or count >= most or pairs[end] != (place + count, row + count):
            yield place, row, count
            first = end


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


def array_in(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> np.ndarray:
    """Return an array of finite numbers, no larger than the whole file.

    Raises
    ------
    ValueError
        For anything else: an array that would not fit is not read at all.
    """
    if member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename} is compressed")
    with archive.open(member) as stream:
        shape, dtype = read_header(stream)
        if dtype.kind not in "biuf" or prod(shape) * dtype.itemsize > size:
            raise ValueError(f"{member.filename} holds {dtype} of shape {shape}")
        array = np.empty(shape, dtype)
        filled = stream.readinto(array.reshape(-1).view(np.uint8).data)  # type: ignore[attr-defined]
        if filled != array.nbytes or not np.isfinite(array).all():
            raise ValueError(f"{member.filename} ends too early, or holds values that are not finite")
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
