"""What faults on a cluster come to: the study that meets them, how a sweep is watched, and what is counted."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.record import Committed, committed, committed_members, differences, trained_twice
from faults.studies import LONG
from faults.sweeps import LONGEST, Sweep

OTHER_SIZE = {"replicates=60": "replicates=12", "training.epochs=1000": "training.epochs=50000"}
SLOW = tuple(OTHER_SIZE.get(argument, argument) for argument in LONG)
"""Some fifteen jobs of a second or two: a task of a cluster is at one of them whenever it is hit."""


@dataclass
class Faults:
    """What was done to a study, and what came of it; ``lost`` counts jobs that ended without a shard."""

    injected: list[str] = field(default_factory=list)
    lost: int = 0
    requeued: int = 0
    twice: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Everything that should not be."""
        return [*self.twice, *self.differences, *self.missing]

    def hold_against(self, reference: Path, folder: Path, kept: Committed) -> None:
        """Compare a finished study with the reference, and with the shards that were committed before a fault."""
        self.lost = sum(event["event"] == "retried" for event in events_of(folder))
        self.twice = trained_twice(kept, committed(folder), folder)
        self.differences = differences(folder, reference)
        without = committed_members(reference).keys() - committed_members(folder).keys()
        self.missing = [f"member {name} is missing" for name in without] + members_with_errors(folder)

    def line(self, name: str) -> str:
        """Return the summary in a line."""
        return (
            f"{name}: {len(self.injected)} faults ({', '.join(self.injected)}), {self.lost} jobs lost, "
            f"{self.requeued} tasks requeued, {len(self.twice)} members trained twice, "
            f"{len(self.missing)} members missing or failed, {len(self.differences)} files that differ"
        )


def events_of(folder: Path) -> list[dict[str, Any]]:
    """Return what sweeps have recorded of a study, oldest first, without a line that is being written."""
    path = folder / "events.jsonl"
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n") and line.startswith("{")]


def since_start(folder: Path, sweeps: int) -> list[str]:
    """Return what the latest sweep has recorded, by the names of its events; nothing before the ``sweeps``-th."""
    names = [event["event"] for event in events_of(folder)]
    if names.count("started") < sweeps:
        return []
    return names[len(names) - names[::-1].index("started") :]


def at_work(events: list[str]) -> int:
    """Return how many jobs have begun and not ended, by the names of a sweep's events."""
    return events.count("begun") - events.count("committed") - events.count("retried")


def shards(folder: Path) -> int:
    """Return how many shards are committed."""
    return sum(1 for _ in (folder / "shards").glob("*/[0-9a-f]*.json"))


def members_with_errors(folder: Path) -> list[str]:
    """Return the committed members that could not be trained."""
    lines = [
        one for path in committed(folder) if path.suffix == ".json" for one in json.loads(path.read_bytes())["members"]
    ]
    return [f"member {one['id']} failed: {one['error']}" for one in lines if one.get("error")]


def wait_until(holds: Callable[[], bool], sweep: Sweep, log: Path) -> None:
    """Wait for something to happen to a sweep that is at work.

    Raises
    ------
    ChildProcessError
        Where the sweep ends before, or it takes too long; with what the sweep said.
    """
    deadline = time.monotonic() + LONGEST
    while not holds():
        if sweep.finished(0.05) or time.monotonic() > deadline:
            raise ChildProcessError(f"a sweep came to its end, or took too long, before its fault:\n{log.read_text()}")
