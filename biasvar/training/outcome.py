"""The outcome of training a member."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """The outcome of a member's training, without its predictions.

    ``train_risk`` is the training risk by loss, NaN for a member that diverged or failed. ``constant_risk`` is that of
    the best constant prediction, as a reference for how small a training risk is. ``n_distinct`` counts the distinct
    rows of its training set, and ``label_noise_rate`` is the share of them whose label was changed. ``measures`` are
    numbers by name (:mod:`biasvar.training.measures`).

    ``diverged_epoch`` is 0, or the epoch in which the training loss stopped being finite, or after which outputs were
    too large to be squared. Outputs are then NaN, and ``diverged_loss`` is the mean training loss of that epoch, as a
    string, since it is mostly not a number. ``error`` is the exception that kept the member from being trained, or
    empty, and ``traceback`` says where it was raised.
    """

    train_risk: Mapping[str, float] = field(default_factory=dict)
    constant_risk: Mapping[str, float] = field(default_factory=dict)
    n_distinct: int = 0
    label_noise_rate: float | None = None
    diverged_epoch: int = 0
    diverged_loss: str = ""
    error: str = ""
    traceback: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the member was trained and its outputs are finite."""
        return self.diverged_epoch == 0 and not self.error
