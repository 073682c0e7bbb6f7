"""Train the members of one job: the only caller of the families' ``fit``, which does not know which one it trains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from traceback import format_exception

import numpy as np

from biasvar.data.training_set import evaluation_of, training_set
from biasvar.decomposition import LOSSES
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.member import Member
from biasvar.training.outputs import as_predictions


@dataclass(frozen=True)
class TrainedMember:
    """One member's outputs at the evaluation points [N, K], its training risk by loss, and how it went.

    ``constant_risk`` is the training risk of the constant prediction that has the least of it, which says how small a
    training risk is; ``label_noise_rate`` is the share of the distinct training rows whose label was changed.

    ``error`` is the exception that kept the member from being trained, or empty; its outputs are then NaN, as those of
    a member that diverged; ``traceback`` says where. ``diverged_loss`` is the mean training loss in the epoch in which
    a member diverged, as text, since it is mostly no number. ``degrees_of_freedom`` and ``effective_parameters`` are
    what a linear smoother spends on its data, None for other models.
    """

    member: Member
    outputs_NK: np.ndarray
    train_risk: dict[str, float]
    n_distinct: int
    diverged_epoch: int
    error: str = ""
    traceback: str = ""
    diverged_loss: str = ""
    degrees_of_freedom: float | None = None
    effective_parameters: float | None = None
    constant_risk: Mapping[str, float] = field(default_factory=dict)
    label_noise_rate: float | None = None


def train(members: Sequence[Member]) -> list[TrainedMember]:
    """Train members that share data, evaluation points and a way of training.

    Each replicate's training set is drawn once, and members are fitted in the bundles that their training makes. One
    whose training raises an exception costs no other: those of its bundle are then trained one by one.

    Raises
    ------
    OSError, MemoryError
        Of which the machine is the cause, and no member.
    """
    training, trained, latest = members[0].training, [], Latest()
    for bundle in training.bundles(sorted(members, key=lambda m: (training.shape(m), m.replicate))):
        try:
            together = fit_together(bundle, latest)
        except (OSError, MemoryError):
            raise
        except Exception:
            together = [fit_alone(member, latest) for member in bundle]
        trained += together
    return trained


class Latest:
    """The training set of the replicate that was asked for last: its members are neighbours."""

    def __init__(self):
        self.replicate: tuple | None = None
        self.found: Inputs

    def inputs(self, member: Member) -> Inputs:
        """Return what a member is trained on."""
        if member.replicate != self.replicate:
            self.found, self.replicate = inputs_of(member), member.replicate
        return self.found


def fit_together(bundle: Sequence[Member], latest: Latest) -> list[TrainedMember]:
    """Train the members of one bundle."""
    inputs = [latest.inputs(member) for member in bundle]
    inputs_by_member = {member.id: one for member, one in zip(bundle, inputs, strict=True)}
    fitted = list(bundle[0].training.fit(bundle, inputs))
    trained = []
    for _, same_replicate in groupby(fitted, key=lambda one: one[0].replicate):
        group = list(same_replicate)
        trained += summarise(group, inputs_by_member[group[0][0].id])
    return trained


def fit_alone(member: Member, latest: Latest) -> TrainedMember:
    """Train one member, or say in its ``error`` why it cannot be trained."""
    try:
        return fit_together([member], latest)[0]
    except (OSError, MemoryError):
        raise
    except Exception as error:
        return failed(member, f"{type(error).__name__}: {error}", "".join(format_exception(error)))


def failed(member: Member, error: str, traceback: str = "") -> TrainedMember:
    """Return what is kept of a member that could not be trained, and why."""
    shape, dtype = (member.data.n_eval, member.data.outputs), member.training.output_dtype
    risk = dict.fromkeys(losses_of(member.data.task, member.outputs_are), np.nan)
    return TrainedMember(member, np.full(shape, np.nan, dtype), risk, 0, 0, error, traceback)


def inputs_of(member: Member) -> Inputs:
    """Draw a member's training set and show it to models under the data's view."""
    data, draws = member.data, member.draws
    rows = training_set(data, member.resampling, member.seed, draws["data"], draws["label_noise"])
    x_nD, x_ND = data.fit_view(rows.x_nD, rows.counts_n, evaluation_of(data, member.seed).x_ND)
    y_nK = np.eye(data.outputs)[rows.y_n] if data.task == "classification" else rows.y_n[:, None]
    return Inputs(x_nD, y_nK, rows.counts_n, x_ND, rows.label_noise_rate)


def summarise(fitted: Sequence[tuple[Member, Fit]], inputs: Inputs) -> list[TrainedMember]:
    """Return what is kept of the fits of one replicate."""
    first = fitted[0][0]
    losses = losses_of(first.data.task, first.outputs_are)
    outputs_MnK = np.stack([fit.train_nK for _, fit in fitted])
    share_n = inputs.counts_n / inputs.counts_n.sum()
    risk_M = {
        loss: np.sum(losses_at(outputs_MnK, first.outputs_are, loss, inputs.y_nK) * share_n, axis=1).tolist()
        for loss in losses
    }
    constant_risk = {loss: risk_of_constant(loss, inputs.y_nK, share_n) for loss in losses}
    return [
        TrainedMember(
            member,
            fit.eval_NK,
            {loss: np.nan if fit.diverged_epoch else risk_M[loss][place] for loss in risk_M},
            len(inputs.counts_n),
            fit.diverged_epoch,
            diverged_loss=f"{fit.diverged_loss:g}" if fit.diverged_epoch else "",
            degrees_of_freedom=fit.degrees_of_freedom,
            effective_parameters=fit.effective_parameters,
            constant_risk=constant_risk,
            label_noise_rate=inputs.label_noise_rate,
        )
        for place, (member, fit) in enumerate(fitted)
    ]


def risk_of_constant(loss: str, y_nK: np.ndarray, share_n: np.ndarray) -> float:
    """Return the risk of the constant prediction that has the least on these rows: under squared error, a variance."""
    constant_nK = np.broadcast_to(LOSSES[loss].best_constant(y_nK, share_n), y_nK.shape)
    return float(LOSSES[loss].point_loss(constant_nK, y_nK) @ share_n)


def losses_at(outputs_MnK: np.ndarray, outputs_are: str, loss: str, y_nK: np.ndarray) -> np.ndarray:
    """Return each model's loss at each training row, [M, n]."""
    return LOSSES[loss].point_loss(as_predictions(outputs_MnK, outputs_are, loss), y_nK)


def losses_of(task: str, outputs_are: str) -> list[str]:
    """Return the losses that a task's outputs (values or logits) can be decomposed under."""
    return [name for name, loss in LOSSES.items() if task in loss.TASKS and outputs_are in loss.TAKES]
