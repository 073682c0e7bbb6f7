"""Training epoch by epoch: readings on the way, and checkpoints to resume from."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from biasvar.training.checkpoints import Checkpoint, Saved
from biasvar.training.inputs import Fit, Reading
from biasvar.training.readouts import Readout
from biasvar.training.training_config import TrainingConfig


class SideBySide(Protocol):
    """Members that are trained side by side, and the state of their training."""

    config: TrainingConfig

    @property
    def losses(self) -> Sequence[float]:
        """Each member's mean training loss in its last epoch."""

    @property
    def all_diverged(self) -> bool:
        """Whether no member can be trained further."""

    def train_epoch(self, epoch: int) -> None:
        """Take the steps of epoch ``epoch``, from 0."""

    def read(self, epoch: int, readout: Readout) -> list[Reading]:
        """Return what is read of each member after ``epoch`` epochs, in a readout's mode of prediction."""

    def arrays(self, member: int) -> dict[str, np.ndarray]:
        """Return the arrays of a member that training changes."""

    def restore(self, member: int, arrays: Mapping[str, np.ndarray]) -> None:
        """Set the arrays of a member."""


class Alone:
    """The part of ``SideBySide`` that is the same for every network that is trained by itself."""

    loss: float
    diverged_epoch: int

    @property
    def losses(self) -> list[float]:
        """The mean loss of the last epoch, of one member."""
        return [self.loss]

    @property
    def all_diverged(self) -> bool:
        """Whether the network cannot be trained further."""
        return self.diverged_epoch > 0


def train_epochs(network: SideBySide, checkpoints: Sequence[Checkpoint]) -> list[Fit]:
    """Train members to the end, from their checkpoints if these are all of one epoch; return each member's fit."""
    readings: list[dict[Readout, Reading]] = [{} for _ in checkpoints]
    done = resume(network, checkpoints, readings)
    for epoch in range(done + 1, network.config.epochs + 1):
        if epoch and not network.all_diverged:
            network.train_epoch(epoch - 1)
        for readout in network.config.taken_after(epoch):
            for read, one in zip(readings, network.read(epoch, readout), strict=True):
                read[readout] = one
        if checkpoints[0].job.is_due():
            save(network, checkpoints, epoch, readings)
    return [Fit(read, loss) for read, loss in zip(readings, network.losses, strict=True)]


def resume(network: SideBySide, checkpoints: Sequence[Checkpoint], readings: list[dict[Readout, Reading]]) -> int:
    """Set members to the epoch of their checkpoints, and return it; -1 if they start anew."""
    saved = [one.load() for one in checkpoints]
    if len({one.epoch if one else -1 for one in saved}) > 1:
        return -1
    done = -1
    for member, one in enumerate(saved):
        if one:
            network.restore(member, one.state)
            readings[member] = dict(one.readings)
            done = one.epoch
    return done


def save(
    network: SideBySide, checkpoints: Sequence[Checkpoint], epoch: int, readings: Sequence[Mapping[Readout, Reading]]
) -> None:
    """Keep the state of each member, unless a number of any is not finite: it may have leaked into the others."""
    states = [network.arrays(member) for member in range(len(checkpoints))]
    finite = all(np.isfinite(array).all() for state in states for array in state.values())
    if not finite or any(one.diverged_epoch for read in readings for one in read.values()):
        return
    # A stack may hold copies of its last member.
    for checkpoint, (state, read) in dict(zip(checkpoints, zip(states, readings, strict=True), strict=True)).items():
        checkpoint.save(Saved(epoch, state, read))
