"""The files that long members resume from: an npz each, with a checksum of its arrays among them.

They cost a kill's time and nothing else: one that is damaged, or of another environment, is ignored, and so is a disk
that has no room for one.
"""

import hashlib
import json
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from biasvar.study.store.disk import open_plain
from biasvar.study.store.files import write_arrays
from biasvar.study.store.stored_arrays import array_in

# What the file of a checkpoint may raise if it is damaged, or if it is none.
DAMAGE = (OSError, ValueError, TypeError, EOFError, KeyError, RuntimeError, struct.error, zipfile.BadZipFile)


class CheckpointFiles:
    """The checkpoints in a folder, for processes with one environment: versions, processor and instructions."""

    def __init__(self, folder: Path, environment: Callable[[], Mapping[str, Any]]):
        self.folder, self.environment = folder, environment

    def read(self, member: str) -> dict[str, np.ndarray] | None:
        """Return the arrays of a member's checkpoint; None without one that is whole and of this environment."""
        path = checkpoint_path(self.folder, member)
        if not path.exists():
            return None
        try:
            arrays = arrays_in(path)
            checksum = arrays.pop("checksum").tobytes()
        except DAMAGE:
            return None
        return arrays if checksum == self.checksum(arrays) else None

    def write(self, member: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Replace a member's checkpoint; if the disk refuses, the shard's own file will say so."""
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            checksum = np.frombuffer(self.checksum(arrays), np.uint8)
            write_arrays(checkpoint_path(self.folder, member), {**arrays, "checksum": checksum})

    def checksum(self, arrays: Mapping[str, np.ndarray]) -> bytes:
        """Return a hash of arrays and of the environment in which they were made."""
        digest = hashlib.sha256(json.dumps(self.environment(), sort_keys=True).encode())
        for name, array in sorted(arrays.items()):
            digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
            digest.update(np.asarray(array, order="C").reshape(-1).view(np.uint8).data)
        return digest.digest()


def checkpoint_path(folder: Path, member: str) -> Path:
    """Return the file of a member's checkpoint."""
    return folder / f"{member}.npz"


def arrays_in(path: Path) -> dict[str, np.ndarray]:
    """Return every array of an npz file."""
    with open_plain(path) as stream, zipfile.ZipFile(stream) as archive:
        size = os.fstat(stream.fileno()).st_size
        return {one.filename.removesuffix(".npy"): array_in(archive, one, size) for one in archive.infolist()}
