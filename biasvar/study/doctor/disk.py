"""The disk of a folder: its space, and whether files can be written, synced and renamed there."""

import os
import shutil
import tempfile
from pathlib import Path

from biasvar.study.doctor.finding import Finding
from biasvar.study.memory_limit import in_words

LEAST = 1e9
NETWORK = ("nfs", "cifs", "smb", "lustre", "gpfs", "beegfs", "fuse", "9p", "afs")


def disk(folder: Path) -> Finding:
    """Write a file aside, sync and rename it, as shards are; a disk that refuses or is nearly full is a fault."""
    place = existing(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=".biasvar-", dir=place) as aside:
            whole = Path(aside) / "whole"
            with open(Path(aside) / "part", "wb") as stream:
                stream.write(b"biasvar")
                stream.flush()
                os.fsync(stream.fileno())
            (Path(aside) / "part").rename(whole)
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding(
            {"folder": str(folder)}, (f"{place} cannot be written: {error.strerror or error}: choose --out DIR",)
        )
    facts = {"folder": f"{folder}, {in_words(free)} free", "file system": system_of(place)}
    full = f"{place} has {in_words(free)} left: make room, or choose --out DIR"
    return Finding(facts, () if free >= LEAST else (full,))


def existing(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.exists())


def system_of(place: Path) -> str:
    """Return the kind of file system that holds a folder, and whether it is one of a network."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return "unknown"
    inside = [(len(at), kind) for at, kind in mounts if place == Path(at) or Path(at) in place.parents]
    kind = max(inside)[1] if inside else "unknown"
    return f"{kind}, over a network" if kind.startswith(NETWORK) else kind
