"""The files of a study: committed files stay, and derived files can be rebuilt."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.settings import identity_of
from biasvar.study.plan import Job
from biasvar.study.store.checkpoint_files import checkpoint_path
from biasvar.study.store.disk import refuse_link, sync_folder
from biasvar.study.store.evaluation_files import keep_evaluation, read_evaluation
from biasvar.study.store.files import left_aside
from biasvar.study.store.shard import Entry, read_shard, write_shard
from biasvar.study.store.stored_arrays import StoredArray, find_array
from biasvar.training.member import Member
from biasvar.training.readouts import EVALUATION, Readout
from biasvar.training.train import TrainedMember

PREFIX, NAME = "[0-9a-f][0-9a-f]", "[0-9a-f]" * 32  # of a shard's folder, and of its files


class Store:
    """A study's folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.shards = folder / "shards"
        self.evaluations = folder / "evaluation"
        self.checkpoints = folder / "checkpoints"
        self.log = folder / "log"
        self.outputs_of = cache(self.find_outputs)

    def create(self) -> None:
        """Create the folders below the study's own.

        Raises
        ------
        OSError
            For a link in their place: its target does not belong to the study.
        """
        among = list(self.shards.iterdir()) if self.shards.is_dir() else []
        for own in (self.shards, self.evaluations, self.checkpoints, self.log, self.folder / "figures", *among):
            refuse_link(own)
        self.shards.mkdir(exist_ok=True)
        self.evaluations.mkdir(exist_ok=True)

    def shard(self, job: Job) -> Path:
        """Return the json of a job's shard: in one of 256 folders, as there may be a hundred thousand shards."""
        return self.shards / job.id[:2] / f"{job.id}.json"

    def has(self, job: Job) -> bool:
        """Return whether a job is committed and its outputs exist."""
        path = self.shard(job)
        return path.exists() and path.with_suffix(".npz").exists()

    def commit(self, job: Job, trained: list[TrainedMember], seconds: float) -> None:
        """Write a finished job: the outputs first, then the json that commits them. Its checkpoints are removed."""
        path = self.shard(job)
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            sync_folder(self.shards)
        write_shard(path, trained, seconds)
        self.remove_checkpoints(member.id for member in job.members)

    def remove_checkpoints(self, members: Iterable[str]) -> None:
        """Remove the checkpoints of members, given their identities."""
        if self.checkpoints.is_dir():
            for member in members:
                checkpoint_path(self.checkpoints, member).unlink(missing_ok=True)

    def index(self, warn: Callable[[str], None]) -> dict[str, Entry]:
        """Return every committed member by identity; untrusted shards are reported and left out."""
        return self.committed(lambda path, reason: warn(f"shard {path.stem} is left out: {reason}"))

    def repair(self, warn: Callable[[str], None]) -> dict[str, Entry]:
        """Return every committed member by identity, and remove what kills and damage have left behind.

        Only for the holder of the lock: a running sweep's files look like those of a killed one.
        """

        def discard(path: Path, reason: str) -> None:
            warn(f"shard {path.stem} is trained again: {reason}")
            path.unlink()

        entries = self.committed(discard)
        used = {shard for one in entries.values() for shard, _ in one.places.values()}
        # Shards with failures only are tried again, and so are those whose members are all in other shards.
        for path in self.shards.glob(f"{PREFIX}/{NAME}.json"):
            if path.with_suffix(".npz") not in used:
                path.unlink()
        uncommitted = [
            path for path in self.shards.glob(f"{PREFIX}/{NAME}.npz") if not path.with_suffix(".json").exists()
        ]
        aside = [
            *self.shards.glob(f"{PREFIX}/.*.tmp"),
            *self.evaluations.glob(".*.tmp"),
            *self.checkpoints.glob(".*.tmp"),
        ]
        aside += self.folder.glob(".study.*json.*.tmp")  # only the holder of the lock writes them
        # A report may be running in the folder; its temporary files are its own while it lives.
        aside += [path for folder in (self.folder, self.folder / "figures") for path in left_aside(folder)]
        for path in {*uncommitted, *aside}:
            path.unlink()
        return entries

    def committed(self, distrust: Callable[[Path, str], None]) -> dict[str, Entry]:
        """Return every member of the trusted shards; ``distrust`` is called for the others.

        Raises
        ------
        OSError
            If a file cannot be read now, which does not mean that it is damaged.
        """
        entries: dict[str, Entry] = {}
        paths = sorted(self.shards.glob(f"{PREFIX}/{NAME}.json"))
        with ThreadPoolExecutor() as pool:
            for path, reading in [(path, pool.submit(read_shard, path)) for path in paths]:
                try:
                    found = reading.result()
                except ValueError as error:
                    distrust(path, str(error))
                    continue
                # A member that was retried after a failure, or got more readouts later, is in several shards.
                entries |= {name: entries[name].merged(one) if name in entries else one for name, one in found.items()}
        return entries

    def count(self) -> int:
        """Return how many shards there are."""
        return sum(1 for _ in self.shards.glob(f"{PREFIX}/{NAME}.json"))

    def unknown_files(self) -> list[Path]:
        """Return the files among shards and checkpoints that no sweep has written; they are left alone."""
        known = re.compile(
            r"shards/([0-9a-f]{2})/(\1[0-9a-f]{30}\.(npz|json)|\..*\.tmp)|checkpoints/([0-9a-f]{32}\.npz|\..*\.tmp)"
        )
        paths = [*sorted(self.shards.rglob("*")), *sorted(self.checkpoints.rglob("*"))]
        files = (path for path in paths if not path.is_dir())
        return [path for path in files if not known.fullmatch(path.relative_to(self.folder).as_posix())]

    def find_outputs(self, shard: Path, readout: Readout = EVALUATION) -> StoredArray:
        """Return the location of the outputs of a shard's members at a readout, axes [M, N, K].

        Raises
        ------
        OSError
            If a file has changed since the shard was read.
        """
        try:
            return find_array(shard, readout.array)
        except ValueError as error:
            raise OSError(str(error)) from error

    def outputs(self, entry: Entry, readout: Readout = EVALUATION) -> np.ndarray:
        """Return a committed member's outputs at a readout, axes [N, K]."""
        shard, row = entry.places[readout]
        return self.outputs_of(shard, readout).read([row], slice(None))[0]

    def keep_evaluations(self, evaluations: Mapping[Member, Evaluation]) -> None:
        """Store the evaluation points, so that a report needs no data."""
        for member, evaluation in evaluations.items():
            keep_evaluation(self.evaluation_path(member), evaluation)

    def read_evaluation(self, member: Member) -> Evaluation:
        """Return the stored evaluation points of a member's data; see ``evaluation_files``."""
        return read_evaluation(self.evaluation_path(member))

    def evaluation_path(self, member: Member) -> Path:
        """Return the file of a member's evaluation points: named after their data and the study seed."""
        identity = json.dumps([identity_of(member.data), member.data.fingerprint(), member.seed], sort_keys=True)
        return self.evaluations / f"{hashlib.sha256(identity.encode()).hexdigest()[:32]}.npz"


def missing(members: Iterable[Member], index: Mapping[str, Entry]) -> list[Member]:
    """Return the members that are not fully committed, each with only its missing readouts and measures.

    Failed members are included: the cause may be gone.
    """
    return [left for member in members if (left := lacking(member, index.get(member.id)))]


def lacking(member: Member, entry: Entry | None) -> Member | None:
    """Return a member with only the readouts and measures that the store lacks, or None."""
    asked = member.asked.without(entry.places if entry else {})
    if asked == member.asked:
        return member
    return replace(member, only=asked) if asked.readouts or asked.measures else None
