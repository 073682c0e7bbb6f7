"""The outcome of training a member."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from biasvar.training.readouts import Readout


@dataclass(frozen=True)
class State:
    """A member after some epoch, in one mode of prediction.

    ``train_risk`` is the training risk by loss, NaN for a member that diverged or failed. ``measures`` are numbers by
    name (:mod:`biasvar.training.measures`). ``diverged_epoch`` is 0, or the epoch up to this one in which the training
    loss stopped being finite, or after which outputs were too large to be squared. Outputs are then NaN, and
    ``diverged_loss`` is the mean training loss of that epoch, as a string, since it is mostly not a number.
    """

    train_risk: Mapping[str, float] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    diverged_epoch: int = 0
    diverged_loss: str = ""


@dataclass(frozen=True)
class Outcome(State):
    """The outcome of a member's training, without its predictions: its state after the last epoch, and more.

    ``others`` has its state at the other readouts of cells. ``constant_risk`` is the training risk of the best constant
    prediction, as a reference for how small a training risk is. ``n_distinct`` counts the distinct rows of its training
    set, and ``label_noise_rate`` is the share of them whose label was changed. ``error`` is the exception that kept the
    member from being trained, or empty, and ``traceback`` says where it was raised.
    """

    constant_risk: Mapping[str, float] = field(default_factory=dict)
    n_distinct: int = 0
    label_noise_rate: float | None = None
    error: str = ""
    traceback: str = ""
    others: Mapping[Readout, State] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the member was trained and its outputs are finite."""
        return self.diverged_epoch == 0 and not self.error

    def at(self, readout: Readout) -> "Outcome":
        """Return the outcome as it is at the readout of a cell."""
        state = self.others.get(readout, self)
        return replace(self, others={}, **{one.name: getattr(state, one.name) for one in fields(State)})
