"""Access to plain files only, as opening a named pipe would block forever; files are written as a whole."""

import hashlib
import os
import stat
from pathlib import Path


def require_plain_file(path: Path) -> None:
    """Raise for anything but a plain file, before it is opened.

    Raises
    ------
    OSError
        With what is in the file's place: nothing, a broken link, a folder, a named pipe, or something inaccessible.
    """
    try:
        mode = os.stat(path).st_mode
    except PermissionError:
        raise PermissionError(f"{path} cannot be accessed: permission denied") from None
    except OSError as error:
        if path.is_symlink():
            raise FileNotFoundError(f"{path} is a link to {os.readlink(path)}, where there is no file") from None
        raise FileNotFoundError(f"{path} is not there: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder; expected a file")
    if not stat.S_ISREG(mode):
        kind = "a named pipe" if stat.S_ISFIFO(mode) else "a device or a socket"
        raise OSError(f"{path} is {kind}; expected a file")


def read_plain_file(path: Path) -> bytes:
    """Return a plain file's bytes.

    Raises
    ------
    OSError
        If it is not a plain file, or not readable.
    """
    require_plain_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise type(error)(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None


def md5_of(path: Path) -> str:
    """Return the md5 of a plain file, read in parts.

    Raises
    ------
    OSError
        If it is not a plain file, or not readable.
    """
    require_plain_file(path)
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as error:
        raise type(error)(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None


def write_aside(path: Path, content: bytes) -> None:
    """Write a file completely or not at all; a link in its place is replaced, and its target is left alone."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.unlink(missing_ok=True)
    try:
        with open(aside, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
