"""The memory limit of this process: the machine's memory, or less under a container, a scheduler or a shell."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

PROC = Path("/proc/self")
FILES = {"cgroup2": ("memory.max", "memory.high"), "cgroup": ("memory.limit_in_bytes",)}  # by type of file system


@dataclass(frozen=True, order=True)
class Limit:
    """The available bytes, and a phrase that says whose limit that is."""

    size: float
    whose: str


def memory_limit() -> Limit | None:
    """Return the smallest of all limits; None if the system reports none."""
    groups = (Limit(size, "this container or job may take") for size in cgroup_limits())
    return min([*machine_memory(), *groups, *address_space()], default=None)


def machine_memory() -> Iterator[Limit]:
    """Yield this machine's memory, if the system reports it."""
    if hasattr(os, "sysconf"):
        yield Limit(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), "this machine has")


def address_space() -> Iterator[Limit]:
    """Yield the rest of the address space under a shell's limit (``ulimit -v``), if there is one.

    Libraries take much more address space than memory, so what is in use already is subtracted.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
        if allowed != resource.RLIM_INFINITY:
            taken = int((PROC / "statm").read_text().split()[0]) * resource.getpagesize()
            yield Limit(max(allowed - taken, 0), "ulimit -v leaves")


def cgroup_limits(proc: Path = PROC) -> Iterator[int]:
    """Yield the limits of this process's control groups, versions 1 and 2, and of their ancestors."""
    for kind, folder, top in memory_groups(proc):
        for place in (folder, *folder.parents):
            for name in FILES[kind]:
                with suppress(OSError, ValueError):  # no such file, or "max": no limit here
                    yield int((place / name).read_text())
            if place == top:
                break


def memory_groups(proc: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield where each memory hierarchy is mounted: its kind, this process's folder, and the top one.

    A container may see only the part of a hierarchy below the folder ``root``, under another path.
    """
    try:
        groups = [line.split(":", 2) for line in (proc / "cgroup").read_text().splitlines()]
        mounts = (proc / "mountinfo").read_text().splitlines()
    except OSError:
        return
    v2 = [("cgroup2", group) for number, _, group in groups if number == "0"]
    v1 = [("cgroup", group) for _, controllers, group in groups if "memory" in controllers.split(",")]
    mine = dict(v2 + v1)
    for line in mounts:
        here, _, there = line.partition(" - ")
        kind, _, options = there.split(" ", 2)
        if kind in mine and (kind == "cgroup2" or "memory" in options.split(",")):
            root, top = (text.replace("\\040", " ") for text in here.split(" ")[3:5])
            yield kind, Path(top) / within(mine[kind], root), Path(top)


def within(group: str, root: str) -> PurePosixPath:
    """Return a group's path below a mount's root; the root itself for a group outside it."""
    path = PurePosixPath(group)
    return path.relative_to(root) if path.is_relative_to(root) and ".." not in path.parts else PurePosixPath()


def in_words(size: float) -> str:
    """Return a size in MB or GB."""
    if size >= 1e9:
        return f"{size / 1e9:,.1f} GB"
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size / 1e6:.1g} MB"
