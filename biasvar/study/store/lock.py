"""One driver per folder: the file ``lock`` names its holder, and a stale lock is taken over."""

import errno
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from biasvar.study.errors import Busy
from biasvar.study.store.disk import naming
from biasvar.study.store.processes import is_running

HEARTBEAT = 3.0  # seconds between two heartbeats
WATCH = 3 * HEARTBEAT  # how long to watch for a heartbeat of a holder on another machine
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)  # a folder that may not be written says nothing of its locks
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Holder:
    """The holder of a folder: a process of one boot of a machine, with its start time."""

    pid: int
    host: str
    boot: str
    user: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user} on {self.host}, since {self.since}"


def this_process() -> Holder:
    """Return the holder that represents this process."""
    boot = BOOT.read_text().strip() if BOOT.is_file() else ""
    since = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return Holder(os.getpid(), socket.gethostname(), boot, user(), since)


def user() -> str:
    """Return the user's name, or number if there is no name."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "somebody"


@contextmanager
def locked(folder: Path, note: Callable[[str], None]) -> Iterator[Callable[[], None]]:
    """Lock a folder for this process, creating it if needed; ``note`` is called when a stale lock is taken over.

    The system releases the lock of a dead process, on most file systems also on another machine. Where it does not
    distinguish machines, a holder on another one is watched for heartbeats. Gives a function that raises OSError once
    the folder is no longer the locked one.

    Raises
    ------
    Busy
        If another process holds it, with who and since when.
    OSError
        If the folder cannot be created or locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    if path.is_symlink() or (path.exists() and (path.stat().st_nlink > 1 or not path.is_file())):
        raise OSError(f"{path} is a link, or no file; expected a file of this folder's own: remove it")
    lock = FileLock(path, fallback_to_soft=False)
    acquire(lock, path)
    try:
        before = holder_in(path)
        if before is not None:
            here = this_process()
            if (before.host, before.boot) != (here.host, here.boot) and gives_signs(path):
                raise Busy(f"{folder} is in use by another sweep: {before}")
            note(f"{folder} was locked by {before}, which ended unexpectedly: taking over its stale lock")
        with naming(path):
            path.write_text(json.dumps(asdict(this_process())), encoding="utf-8")
        same_folder = guard(folder, path)
        try:
            with heartbeat(path):
                yield same_folder
        finally:
            with suppress(OSError):  # the folder is missing, or the disk is full
                same_folder()
                path.write_text("", encoding="utf-8")
    finally:
        lock.release()


def acquire(lock: FileLock, path: Path) -> None:
    """Take the lock, or report its holder."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = name_of_holder(path)
        who = f": {holder}" if holder else ""
        raise Busy(f"{path.parent} is in use by another sweep{who}") from None
    except (OSError, NotImplementedError) as error:
        if getattr(error, "errno", None) in NOT_ALLOWED:
            raise
        raise OSError(
            f"{path} cannot be locked ({error}), so nothing would stop a second sweep: use a folder on a file "
            "system with locks, with --out DIR"
        ) from error


def holder_in(path: Path) -> Holder | None:
    """Return the holder named in a lock file, None if it cannot be read."""
    try:
        holder = Holder(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None
        return holder if holder and isinstance(holder.pid, int) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def name_of_holder(path: Path) -> Holder | None:
    """Return the holder of a locked file; a new holder may not have replaced the old name yet."""
    for _ in range(40):
        holder = holder_in(path)
        if holder is not None and (holder.host != socket.gethostname() or is_alive(holder)):
            return holder
        time.sleep(0.05)
    return None


def is_alive(holder: Holder) -> bool:
    """Return whether a process of this machine is running."""
    return holder.boot == this_process().boot and is_running(holder.pid)


def gives_signs(path: Path) -> bool:
    """Return whether the file's time changes within a few heartbeats: this needs no synchronised clocks."""
    first, end = last_sign(path), time.monotonic() + WATCH
    while time.monotonic() < end:
        time.sleep(HEARTBEAT / 10)
        if last_sign(path) != first:
            return True
    return False


def last_sign(path: Path) -> int:
    """Return a file's modification time; opening it makes a network file system refresh the time."""
    with open(path, "rb") as stream:
        return os.fstat(stream.fileno()).st_mtime_ns


@contextmanager
def heartbeat(path: Path) -> Iterator[None]:
    """Give heartbeats while the block runs."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(HEARTBEAT):
            with suppress(OSError):  # the folder may be missing, which the driver will notice
                os.utime(path)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def guard(folder: Path, path: Path) -> Callable[[], None]:
    """Return a function that raises OSError once the locked file is no longer at its path."""
    mine = os.stat(path).st_ino

    def require_same_folder() -> None:
        if not path.exists() or os.stat(path).st_ino != mine:
            raise OSError(f"{folder} was moved or removed while it was in use: what was finished before is in there")

    return require_same_folder
