"""Locks: whether a second process is kept out of a folder that is in use."""

import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

from biasvar.study.doctor.disk import existing
from biasvar.study.doctor.finding import Finding


def locks(folder: Path) -> Finding:
    """Take a lock twice: the second time must fail."""
    place = existing(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".biasvar-", dir=place) as aside:
            if is_kept_out(Path(aside) / "lock"):
                return Finding({"locks": "work"})
            why = "a second lock on the same file was granted"
    except (OSError, NotImplementedError) as error:
        why = str(error)
    return Finding({"locks": "do not work"}, (f"locks do not work on {place}: {why}: choose --out DIR elsewhere",))


def is_kept_out(path: Path) -> bool:
    """Return whether a lock that is held cannot be taken a second time."""
    with FileLock(path, fallback_to_soft=False):
        try:
            with FileLock(path, timeout=0, fallback_to_soft=False, is_singleton=False):
                return False
        except Timeout:
            return True
