"""Write to a temporary file, flush, rename: a file exists completely or not at all."""

import hashlib
import json
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from biasvar.study.store.disk import naming, open_plain, sync_folder, tried_again
from biasvar.study.store.processes import is_running

ASIDE = re.compile(r"\..+\.(?P<pid>\d+)-[0-9a-f]+\.tmp")  # a temporary file with its writer's process number


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file to fill; then flush it to the disk, and move it to ``path`` in one step.

    Raises
    ------
    OSError
        If the disk refuses; an earlier file at ``path`` is then intact, and no temporary file is left.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with naming(path):  # a full disk does not report the file that it has no room for
            with open(aside, "xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def left_aside(folder: Path) -> list[Path]:
    """Return the temporary files in a folder whose writers died before they could rename them."""
    found = [(path, ASIDE.fullmatch(path.name)) for path in folder.glob(".*.tmp")]
    return [path for path, match in found if match and not is_running(int(match["pid"]))]


@tried_again
def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let ``write`` fill a new file that is moved to ``path`` in one step. See ``whole``."""
    with whole(path) as stream:
        write(stream)


def write_json(path: Path, content: Any, indent: int | None = 1) -> None:
    """Write a JSON file in one step; its bytes depend on the content alone.

    Without ``indent`` it is one line, which is ten times as fast: for long files that only machines read.
    """
    text = json.dumps(content, indent=indent, sort_keys=True, ensure_ascii=False)
    write_whole(path, lambda stream: stream.write(f"{text}\n".encode("utf-8", "surrogateescape")))


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(read_bytes(path).decode("utf-8", "surrogateescape"))


@tried_again
def read_bytes(path: Path) -> bytes:
    """Read a plain file."""
    with open_plain(path) as stream:
        return stream.read()


@tried_again
def sha256_of_file(path: Path) -> str:
    """Return the sha256 of a plain file."""
    with open_plain(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@tried_again
def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> str:
    """Write arrays as an npz in one step; return the file's sha256.

    Like ``numpy.savez``, but the bytes go from the arrays to the disk without a copy, and are hashed on the way: a
    study of small models spends more on its files than on anything else.
    """
    with whole(path) as stream:
        hashed = Hashed(stream)
        with zipfile.ZipFile(hashed, "w") as archive:  # type: ignore[call-overload]  # zipfile only writes and flushes
            for name, array in arrays.items():
                content = np.asarray(array, order="C")
                if content.dtype.hasobject:
                    raise ValueError(f"{name} holds {content.dtype}; expected numbers (allow_pickle=False)")
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    npy.write_array_header_1_0(member, npy.header_data_from_array_1_0(content))
                    member.write(content.reshape(-1).view(np.uint8).data)
    return hashed.sha256.hexdigest()


class Hashed:
    """A stream with the sha256 of everything written to it; an archive is then written without seeking back."""

    def __init__(self, stream: IO[bytes]):
        self.stream, self.sha256 = stream, hashlib.sha256()

    def write(self, content: Any) -> int:
        """Write and hash."""
        self.sha256.update(content)
        return self.stream.write(content)

    def flush(self) -> None:
        """Flush the written data."""
        self.stream.flush()
