"""What disks and other people do to files: errors that pass, errors without a name, pipes, links, folders unsynced."""

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

PASSING = (errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EAGAIN)  # which a network file system gets over
PAUSES = (0.1, 1.0)  # seconds before what met one of them is tried again
UNSYNCED = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)  # of folders: nothing can be done about it


class NoPlainFile(OSError):
    """A pipe or a device where a file should be."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let an error of the system say which file it is about: those of reading, writing and flushing do not."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def tried_again(work: Callable[Concatenate[Path, P], T]) -> Callable[Concatenate[Path, P], T]:
    """Do what is done with a file again after an error that may pass; one that stays names the file."""

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
    """Open a file to be read; links are followed.

    Raises
    ------
    NoPlainFile
        For a pipe, which would be waited for, and a device, which would be read without end.
    """
    return open(path, "rb", opener=plain_only)


def plain_only(path: str, flags: int) -> int:
    """Open a plain file or a folder, which ``open`` itself refuses; a pipe that nobody writes to is not waited for."""
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
    """Refuse to write into, or remove from, what a link in a study's folder leads to.

    Raises
    ------
    OSError
        For a link.
    """
    if folder.is_symlink():
        raise OSError(f"{folder} is a link; expected a folder of the study's own: remove the link")


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename outlives a power cut, where the file system does that."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows opens no folder
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with naming(folder):
            os.fsync(handle)
    except OSError as error:
        if error.errno not in UNSYNCED:
            raise
    finally:
        os.close(handle)
