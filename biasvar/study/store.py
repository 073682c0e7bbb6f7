"""The files of a study: what is committed stays, and what is derived can be made again.

A job's outputs are one ``shards/<id>.npz``, which its ``<id>.json`` commits: without the json, or with another
checksum, the shard does not count and its members are trained again.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from biasvar.data.rows import Evaluation
from biasvar.settings import identity_of
from biasvar.study.errors import Busy
from biasvar.study.evaluation_files import keep_evaluation, read_evaluation
from biasvar.study.files import read_json, write_arrays, write_json
from biasvar.study.plan import Job
from biasvar.study.stored_arrays import StoredArray, find_array
from biasvar.training.member import Member
from biasvar.training.train import TrainedMember


@dataclass(frozen=True)
class Entry:
    """What the store knows of one committed member; see :class:`biasvar.training.train.TrainedMember`."""

    shard: str
    row: int
    train_risk: dict[str, float | None]
    n_distinct: int
    diverged_epoch: int
    error: str = ""
    degrees_of_freedom: float | None = None
    effective_parameters: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the member was trained and its outputs are numbers."""
        return self.diverged_epoch == 0 and not self.error


class Store:
    """A study's folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.shards = folder / "shards"
        self.evaluations = folder / "evaluation"
        self.outputs_of = cache(self.find_outputs)

    def create(self) -> None:
        """Make the folders below the study's own."""
        self.shards.mkdir(exist_ok=True)
        self.evaluations.mkdir(exist_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for this process, and make it if it is not there.

        Raises
        ------
        Busy
            Where another process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Busy(f"{self.folder} is in use by another sweep") from None
        try:
            yield
        finally:
            lock.release()

    def record(self, event: str, **details: Any) -> None:
        """Append a line to ``events.jsonl``."""
        line = {"time": round(time.time(), 3), "event": event} | details
        with open(self.folder / "events.jsonl", "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")

    def commit(self, job: Job, trained: list[TrainedMember], seconds: float) -> None:
        """Write a finished job: the outputs first, then the json that commits them."""
        outputs_MNK = np.stack([one.outputs_NK for one in trained])
        digest = write_arrays(self.shards / f"{job.id}.npz", {"outputs_MNK": outputs_MNK})
        members = [
            {
                "id": one.member.id,
                "train_risk": {loss: None if np.isnan(risk) else risk for loss, risk in one.train_risk.items()},
                "n_distinct": one.n_distinct,
                "diverged_epoch": one.diverged_epoch,
                "error": one.error,
                "degrees_of_freedom": one.degrees_of_freedom,
                "effective_parameters": one.effective_parameters,
            }
            for one in trained
        ]
        content = {"members": members, "sha256": digest, "seconds": round(seconds, 6)}
        write_json(self.shards / f"{job.id}.json", content, indent=None)

    def errors_of(self, job: Job) -> list[str]:
        """Return why members of a committed job could not be trained, one text each."""
        return [one["error"] for one in read_json(self.shards / f"{job.id}.json")["members"] if one["error"]]

    def index(self, warn: Callable[[str], None]) -> dict[str, Entry]:
        """Return every committed member by identity; shards that cannot be trusted are named and left out."""
        return self.committed(lambda path, reason: warn(f"shard {path.stem} is left out: {reason}"))

    def repair(self, warn: Callable[[str], None]) -> dict[str, Entry]:
        """Return every committed member by identity, and remove what a kill or a damage has left behind.

        Only for who holds the lock: a running sweep's files look like those of a killed one.
        """

        def discard(path: Path, reason: str) -> None:
            warn(f"shard {path.stem} is trained again: {reason}")
            path.unlink()

        entries = self.committed(discard)
        uncommitted = [path for path in self.shards.glob("*.npz") if not path.with_suffix(".json").exists()]
        # A report may be at work in the folder itself: of what is aside there, only the manifest's is the driver's.
        aside = [*self.shards.glob(".*.tmp"), *self.evaluations.glob(".*.tmp"), *self.folder.glob(".study.json.*.tmp")]
        for path in uncommitted + aside:
            path.unlink()
        return entries

    def committed(self, distrust: Callable[[Path, str], None]) -> dict[str, Entry]:
        """Return every member of the shards whose checksum is right; ``distrust`` is told of the others.

        Raises
        ------
        OSError
            Where a file cannot be read for now: that says nothing against it.
        """
        entries: dict[str, Entry] = {}
        for path in sorted(self.shards.glob("*.json")):
            try:
                shard = read_json(path)
                found = hashlib.sha256(path.with_suffix(".npz").read_bytes()).hexdigest()
                if found != shard["sha256"]:
                    raise ValueError(f"checksum {found[:12]}, expected {shard['sha256'][:12]}")
                found_here = {one.pop("id"): Entry(path.stem, row, **one) for row, one in enumerate(shard["members"])}
                # A member that failed is tried again, and then stands in two shards.
                entries |= {name: one for name, one in found_here.items() if name not in entries or not one.error}
            except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
                distrust(path, str(error))
        return entries

    def find_outputs(self, shard: str) -> StoredArray:
        """Return where the outputs of a shard's members are, axes [M, N, K]."""
        return find_array(self.shards / f"{shard}.npz", "outputs_MNK")

    def outputs(self, entry: Entry) -> np.ndarray:
        """Return a committed member's outputs, axes [N, K]."""
        return self.outputs_of(entry.shard).read([entry.row], slice(None))[0]

    def keep_evaluations(self, evaluations: Mapping[Member, Evaluation]) -> None:
        """Keep what is known of the evaluation points, so that a report needs no data."""
        for member, evaluation in evaluations.items():
            keep_evaluation(self.evaluation_path(member), evaluation)

    def read_evaluation(self, member: Member) -> Evaluation:
        """Return what was kept of the evaluation points of a member's data; see ``evaluation_files``."""
        return read_evaluation(self.evaluation_path(member))

    def evaluation_path(self, member: Member) -> Path:
        """Return the file of a member's evaluation points: named after their data and the study seed."""
        identity = json.dumps([identity_of(member.data), member.data.fingerprint(), member.seed], sort_keys=True)
        return self.evaluations / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.npz"


def missing(members: Iterable[Member], index: dict[str, Entry]) -> list[Member]:
    """Return the members that are not committed, and those that failed: what kept them may be gone."""
    return [member for member in members if member.id not in index or index[member.id].error]
