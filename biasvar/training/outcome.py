"""How a member went."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """How the training of a member went, beside its predictions.

    ``train_risk`` is the training risk by loss, NaN for a member that diverged or failed; ``constant_risk`` is that of
    the constant prediction that has the least of it, which says how small a training risk is. ``n_distinct`` counts the
    distinct rows of its training set, and ``label_noise_rate`` is the share of them whose label was changed.
    ``measures`` are numbers by name (:mod:`biasvar.training.measures`).

    ``diverged_epoch`` is 0, or the epoch in which the training loss ceased to be finite or after which outputs were too
    large for squares; outputs are then NaN, and ``diverged_loss`` is the mean training loss of that epoch, as text,
    since it is mostly no number. ``error`` is the exception that kept the member from being trained, or empty, and
    ``traceback`` says where.
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
        """Whether the member was trained and its outputs are numbers."""
        return self.diverged_epoch == 0 and not self.error
