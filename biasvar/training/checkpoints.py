"""Checkpoints: what a long member resumes from after a kill. The study says where they are kept.

A checkpoint is one member's, in plain arrays, since a later job may train it beside others. It is in no identity: a
resumed member has the bits of one that was never stopped.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol

import numpy as np

from biasvar.training.inputs import Reading
from biasvar.training.readouts import Asked, Readout

SECONDS = 180.0  # between two checkpoints of a job: about what a kill costs
FORMAT = 1  # of the arrays of a checkpoint; a checkpoint of another one is ignored
Arrays = Mapping[str, np.ndarray]


class Files(Protocol):
    """Where checkpoints are kept, by the identity of their member."""

    def read(self, member: str) -> Arrays | None:
        """Return what was written last; None if nothing was, or if it cannot be trusted or used here."""

    def write(self, member: str, arrays: Arrays) -> None:
        """Replace what was written before; a refusal of the disk costs only time."""


@dataclass(frozen=True)
class Saved:
    """A member after ``epoch`` epochs: the arrays that training changes, and its readings until then."""

    epoch: int
    state: Arrays
    readings: Mapping[Readout, Reading]


class Checkpoints:
    """The checkpoints of a job, one a member at most every ``SECONDS``. Without files, there are none."""

    def __init__(self, files: Files | None = None):
        self.files, self.last = files, time.monotonic()

    def of(self, member: str, asked: Asked) -> "Checkpoint":
        """Return the checkpoint of a member, given its identity and what is asked of it."""
        return Checkpoint(self, member, asked)

    def is_due(self) -> bool:
        """Return whether it is time for checkpoints; if so, the next ones are due ``SECONDS`` later."""
        now = time.monotonic()
        if self.files is None or now < self.last + SECONDS:
            return False
        self.last = now
        return True


@dataclass(frozen=True)
class Checkpoint:
    """The checkpoint of one member, for what is asked of it."""

    job: Checkpoints
    member: str = ""
    asked: Asked = field(default_factory=Asked)

    @property
    def epoch(self) -> int:
        """The epoch after which the member resumes, -1 if it starts anew."""
        saved = self.load()
        return saved.epoch if saved else -1

    def load(self) -> Saved | None:
        """Return what the member resumes from; None if there is nothing, or if other readouts were asked of it."""
        arrays = self.job.files.read(self.member) if self.job.files else None
        if arrays is None:
            return None
        facts = json.loads(arrays["facts"].tobytes())
        if (facts["format"], facts["asked"]) != (FORMAT, self.asked.as_json()):
            return None
        readings = {
            Readout(**one["readout"]): reading_of(one["measures"], named(arrays, f"reading.{number}."))
            for number, one in enumerate(facts["readings"])
        }
        return Saved(facts["epoch"], named(arrays, "state."), readings)

    def save(self, saved: Saved) -> None:
        """Keep what the member may resume from."""
        if self.job.files is None:
            return
        readings = [
            {"readout": asdict(readout), "measures": dict(one.measures)} for readout, one in saved.readings.items()
        ]
        facts = {"format": FORMAT, "asked": self.asked.as_json(), "epoch": saved.epoch, "readings": readings}
        arrays = {"facts": np.frombuffer(json.dumps(facts).encode(), np.uint8)}
        arrays |= {f"state.{name}": array for name, array in saved.state.items()}
        for number, one in enumerate(saved.readings.values()):
            arrays |= {f"reading.{number}.{name}": array for name, array in arrays_of(one).items()}
        self.job.files.write(self.member, arrays)


NO_CHECKPOINTS = Checkpoints()
NO_CHECKPOINT = Checkpoint(NO_CHECKPOINTS)


def arrays_of(reading: Reading) -> Arrays:
    """Return the arrays of a reading by name; see ``reading_of``."""
    others = {name: value for name, value in vars(reading).items() if isinstance(value, np.ndarray)}
    return others | {f"outputs.{rows}": values for rows, values in reading.outputs.items()}


def reading_of(measures: Mapping[str, float], arrays: Arrays) -> Reading:
    """Return the reading that has some measures and arrays, of a member that had not diverged."""
    known: dict[str, Any] = {one.name: arrays[one.name] for one in fields(Reading) if one.name in arrays}
    return Reading(outputs=named(arrays, "outputs."), measures=measures, **known)


def named(arrays: Arrays, prefix: str) -> dict[str, np.ndarray]:
    """Return the arrays whose names have a prefix, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
