"""A study's progress, from its events and file names: no large file is opened, and nothing is locked.

Imports little, so that the answer needs no library: not even the plan is built.
"""

import os
import socket
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from biasvar.settings import Problem, SettingsError
from biasvar.study.store.events import read_events
from biasvar.study.store.lock import HEARTBEAT, Holder, holder_in, is_alive, last_sign

SILENCE = 5 * HEARTBEAT  # seconds without a heartbeat after which a sweep is considered gone
LEAST = 10  # members whose times are enough for a rate


@dataclass
class Progress:
    """A cell's members, and how many of them are done, running and failed; one may be a member of several cells."""

    label: str
    members: int
    done: int = 0
    running: int = 0
    failed: int = 0

    @property
    def left(self) -> int:
        """How many have not started."""
        return self.members - self.done - self.running - self.failed


@dataclass
class Status:
    """A study's progress. ``holder`` is the running sweep, None without one; ``last`` is the last event of any sweep.

    ``models`` are fewer than the members of all cells where cells share them, as those of several epochs do.
    ``unreadable`` event lines were cut off by kills, or damaged: they are not counted. ``seconds`` are those from the
    start of the last sweep to its last event.
    """

    name: str
    engine: str
    workers: int
    holder: Holder | None
    last: dict[str, Any]
    cells: list[Progress]
    models: int
    seconds_left: float | None
    errors: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    seconds: float = 0.0

    def total(self, what: str) -> int:
        """Return the sum over all cells of ``members``, ``done``, ``running``, ``failed`` or ``left``."""
        return sum(getattr(cell, what) for cell in self.cells)


def status_of(folder: Path) -> Status:
    """Return the progress of a study.

    Raises
    ------
    SettingsError
        If no sweep has ever run in the folder.
    """
    unreadable: list[bytes] = []
    try:
        events = since_start(read_events(folder, unreadable.append))
        if events:
            return replace(count(folder, events), unreadable=len(unreadable))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        what = f"{folder / 'events.jsonl'} was not written by a sweep: {error!r}"
        raise SettingsError([Problem("DIR", what, hint="the next sweep in the folder starts it anew")]) from error
    raise SettingsError([Problem("DIR", f"{folder} holds no study: no sweep has run in it")])


def count(folder: Path, events: list[dict[str, Any]]) -> Status:
    """Return the progress of the last sweep in some events."""
    start, holder = events[0], living_holder(folder)
    cells = [Progress(label, members, members) for label, members in start["cells"]]
    if not cells:
        raise ValueError("it has no cells")
    jobs, begun = jobs_of(events)
    there = committed_jobs(folder)
    for shards, counts in start.get("there", {}).items():
        for number, members in counts.items() if not there.issuperset(shards.split()) else ():
            cells[int(number)].done -= members
    for job, counts in jobs.items():
        for number, members in counts.items() if job not in there else ():
            cells[int(number)].done -= members
            cells[int(number)].running += members if holder and job in begun else 0
    failures = [event for event in events if event["event"] == "failed" and event["job"] in there]
    for number in (number for event in failures for number in event["cells"]):
        cells[number].done -= 1
        cells[number].failed += 1
    errors = Counter(event["error"] for event in failures)
    total = sum(cell.members for cell in cells)
    models = min(int(start.get("models", total)), total)
    left = sum(cell.left + cell.running for cell in cells) * models / max(total, 1)
    seconds = seconds_left(events, left) if holder else None
    about = (start["name"], start["engine"], start["workers"], holder, events[-1], cells, models, seconds, errors)
    return Status(*about, seconds=max(0.0, float(events[-1]["time"]) - float(start["time"])))


def since_start(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events of the last sweep; the results of earlier ones are in its count at the start."""
    last: list[dict[str, Any]] = []
    for event in events:
        if event["event"] == "started":
            last = [event]
        elif last:
            last.append(event)
    return last


def jobs_of(events: Iterable[Mapping[str, Any]]) -> tuple[dict[str, dict[str, int]], set[str]]:
    """Return the members of each cell in each job, and the jobs that have started."""
    jobs: dict[str, dict[str, int]] = {}
    begun: set[str] = set()
    for event in events:
        if event["event"] in ("started", "retried"):
            jobs.pop(event.get("job", ""), None)
            begun.discard(event.get("job", ""))
            jobs |= event["jobs"]
        elif event["event"] == "begun":
            begun.add(event["job"])
    return jobs, begun


def committed_jobs(folder: Path) -> set[str]:
    """Return the jobs whose shards exist, outputs included, judging by file names alone."""
    shards = folder / "shards"
    if not shards.is_dir():
        return set()
    prefixes = [entry.path for entry in os.scandir(shards) if entry.is_dir()]
    names = {entry.name for prefix in prefixes for entry in os.scandir(prefix)}
    return {name[:-5] for name in names if name.endswith(".json") and f"{name[:-5]}.npz" in names}


def living_holder(folder: Path) -> Holder | None:
    """Return who holds the folder and has given a recent heartbeat."""
    path = folder / "lock"
    holder = holder_in(path)
    if holder is None or time.time() - last_sign(path) / 1e9 > SILENCE:
        return None
    return holder if holder.host != socket.gethostname() or is_alive(holder) else None


def seconds_left(events: list[dict[str, Any]], left: float) -> float | None:
    """Return the remaining time at the pace so far; None if too few members are done for a pace."""
    commits = [event for event in events if event["event"] == "committed"]
    done = sum(event["members"] for event in commits)
    if done < LEAST or not left:
        return None if left else 0.0
    return left * (commits[-1]["time"] - events[0]["time"]) / done
