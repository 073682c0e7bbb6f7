"""Robust access to files: transient errors, errors without a file name, pipes, links, folders that cannot be synced."""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from io import BufferedReader
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

PASSING = (errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN)  # transient errors of network file systems
PAUSES = (0.1, 1.0)  # seconds before a retry after a transient error
UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)  # of syncing folders: ignored


class NoPlainFile(OSError):
    """A pipe or a device in place of a file."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Add the file name to system errors: those of reading, writing and flushing lack it."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def tried_again(work: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Do something with a file, with retries after transient errors; a persistent error names the file."""

    @wraps(work)
    def trying(path: Path, *args: P.args, **kwargs: P.kwargs) -> T:
        for pause in PAUSES:
            try:
                return work(path, *args, **kwargs)
            except OSError as error:
                if error.errno not in PASSING:
                    with naming(path):
                        raise
            time.sleep(pause)
        with naming(path):
            return work(path, *args, **kwargs)

    return trying


def open_plain(path: Path) -> BufferedReader:
    """Open a file for reading; links are followed.

    Raises
    ------
    NoPlainFile
        For a pipe, which would block, and a device, which may never end.
    """
    return open(path, "rb", opener=plain_only)


def plain_only(path: str, flags: int) -> int:
    """Open a plain file or a folder (for ``open`` as an opener); a pipe without a writer does not block."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise NoPlainFile(f"{path} is a pipe or a device; expected a file")
    except OSError:
        os.close(handle)
        raise
    return handle


def refuse_link(folder: Path) -> None:
    """Raise if a folder of a study is a link: writing or removing would affect its target.

    Raises
    ------
    OSError
        For a link.
    """
    if folder.is_symlink():
        raise OSError(f"{folder} is a link; expected a folder of the study's own: remove the link")


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename survives a power failure, if the file system supports it."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows cannot open folders
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with naming(folder):
            os.fsync(handle)
    except OSError as error:
        if error.errno not in UNSYNCED:
            raise
    finally:
        os.close(handle)
