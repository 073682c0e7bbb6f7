"""Arrays in npz files, of which a part is read at a time: nothing else of them is ever in memory."""

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

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
        start, stop, _ = points.indices(self.shape[1])
        part = np.empty((len(rows), max(stop - start, 0), self.shape[2]), dtype=self.dtype)
        bytes_of_rows = part.reshape(len(rows), -1).view(np.uint8)
        width = self.shape[2] * self.dtype.itemsize
        with open(self.path, "rb", buffering=0) as stream:
            for row, buffer in zip(rows, bytes_of_rows, strict=True):
                stream.seek(self.offset + (row * self.shape[1] + start) * width)
                if stream.readinto(buffer.data) != len(buffer):
                    raise OSError(f"{self.path} ends within its row {row}")
        return part


def find_array(path: Path, name: str) -> StoredArray:
    """Return where an array lies in an npz file.

    Raises
    ------
    OSError
        For a file that is no npz file or has no such array.
    ValueError
        For an array that is compressed, or is not of numbers in C order.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo(f"{name}.npy")
    except (zipfile.BadZipFile, KeyError) as error:
        raise OSError(f"{path} is damaged: {error}") from error
    with open(path, "rb") as stream:
        if member.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{path}: {name} is compressed; expected numbers in C order, stored as they are")
        stream.seek(member.header_offset)
        name_length, extra_length = struct.unpack("<HH", stream.read(LOCAL_HEADER)[-4:])
        stream.seek(name_length + extra_length, 1)
        shape, fortran_order, dtype = READERS[npy.read_magic(stream)](stream)
        if fortran_order or dtype.hasobject:
            found = f"{path}: {name} holds {dtype}"
            raise ValueError(f"{found}; expected numbers in C order, stored as they are (allow_pickle=False)")
        return StoredArray(path, dtype, shape, stream.tell())
