"""Writing aside, flushing, renaming: a file is there whole or not at all."""

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file to fill; then flush it to the disk, and move it to ``path`` in one step.

    Raises
    ------
    OSError
        Where the disk refuses; what was at ``path`` before is then still there, and nothing is left beside it.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.unlink(missing_ok=True)
    try:
        with open(aside, "xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let ``write`` fill a new file that is moved to ``path`` in one step. See ``whole``."""
    with whole(path) as stream:
        write(stream)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, content: Any, indent: int | None = 1) -> None:
    """Write a JSON file in one step; its bytes follow from the content alone.

    Without ``indent`` it is one line, ten times as fast: for what is long and only read by machines.
    """
    text = json.dumps(content, indent=indent, sort_keys=True, ensure_ascii=False)
    write_whole(path, lambda stream: stream.write(f"{text}\n".encode("utf-8", "surrogateescape")))


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> str:
    """Write arrays as an npz in one step; return the file's sha256."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]  # names are none of savez's own
    write_whole(path, lambda stream: stream.write(buffer.getbuffer()))
    return hashlib.sha256(buffer.getbuffer()).hexdigest()
