"""Train the members of one job: the only caller of the trainers' ``fit``, whichever trainer it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from traceback import format_exception

import numpy as np

from biasvar.data.training_set import evaluation_of, pool_of, seed_of_pool, training_set
from biasvar.decomposition import LOSSES
from biasvar.settings.plugins import RAISED
from biasvar.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from biasvar.training.inputs import Fit, Inputs, Reading
from biasvar.training.member import POOL, Member
from biasvar.training.modes import SPREAD
from biasvar.training.outcome import Outcome, State
from biasvar.training.outputs import as_predictions
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.trainers import trainer_of


@dataclass(frozen=True)
class TrainedMember:
    """One member's outputs [rows, K] at each of its readouts, and its outcome.

    Outputs are NaN if it diverged or could not be trained.
    """

    member: Member
    outputs: Mapping[Readout, np.ndarray]
    outcome: Outcome

    @property
    def outputs_NK(self) -> np.ndarray:
        """The outputs at the evaluation points, after the last epoch."""
        return self.outputs[EVALUATION]


def train(members: Sequence[Member], checkpoints: Checkpoints = NO_CHECKPOINTS) -> list[TrainedMember]:
    """Train members that share data, evaluation points, trainer, readouts and measures.

    Each replicate's training set is drawn once, and members are fitted in the bundles that their trainer makes. If
    training a bundle raises an exception, its members are trained one by one, so that a failure affects one member
    only. Long members resume from ``checkpoints``.

    Raises
    ------
    OSError, MemoryError
        For errors of the machine, not of a member.
    """
    trained, latest = [], Latest()
    for bundle in trainer_of(members[0]).bundles(members):
        try:
            together = fit_together(bundle, latest, checkpoints)
        except (OSError, MemoryError):
            raise
        except RAISED:
            together = [fit_alone(member, latest, checkpoints) for member in bundle]
        trained += together
    return trained


class Latest:
    """The training set of the last requested replicate: members of one replicate come one after another."""

    def __init__(self):
        self.key: tuple | None = None
        self.found: Inputs

    def inputs(self, member: Member) -> Inputs:
        """Return a member's training input."""
        key = (member.replicate, member.asked.other_rows)
        if key != self.key:
            self.found, self.key = inputs_of(member), key
        return self.found


def fit_together(bundle: Sequence[Member], latest: Latest, checkpoints: Checkpoints) -> list[TrainedMember]:
    """Train the members of one bundle."""
    inputs = [latest.inputs(member) for member in bundle]
    inputs_by_member = {member.id: one for member, one in zip(bundle, inputs, strict=True)}
    fitted = list(trainer_of(bundle[0]).fit(bundle, inputs, checkpoints))
    trained = []
    for _, same_replicate in groupby(fitted, key=lambda one: one[0].replicate):
        group = list(same_replicate)
        trained += summarise(group, inputs_by_member[group[0][0].id])
    return trained


def fit_alone(member: Member, latest: Latest, checkpoints: Checkpoints) -> TrainedMember:
    """Train one member, or record in its ``error`` why it cannot be trained."""
    try:
        return fit_together([member], latest, checkpoints)[0]
    except (OSError, MemoryError):
        raise
    except RAISED as error:
        return failed(member, f"{type(error).__name__}: {error}", "".join(format_exception(error)))


def failed(member: Member, error: str, traceback: str = "") -> TrainedMember:
    """Return the result of a member that could not be trained, with the reason."""
    risk = dict.fromkeys(losses_of(member.data.task, member.outputs_are), np.nan)
    dtype = trainer_of(member).output_dtype(member)
    outputs = {
        readout: np.full((member.rows_in(readout.rows), member.data.outputs), np.nan, dtype)
        for readout in member.asked.readouts
    }
    return TrainedMember(member, outputs, Outcome(risk, error=error, traceback=traceback))


def inputs_of(member: Member) -> Inputs:
    """Draw a member's training set and transform it by the data's view."""
    data, draws = member.data, member.draws
    rows = training_set(data, member.resampling, member.seed, draws["data"], draws["label_noise"], draws[POOL])
    x_nD, x_ND = data.fit_view(rows.x_nD, rows.counts_n, evaluation_of(data, member.seed).x_ND)
    others = {
        name: data.fit_view(rows.x_nD, rows.counts_n, pool_of(data, seed_of_pool(member.seed, draws[POOL])).x_nD)[1]
        for name in member.asked.other_rows  # so far only of one kind, the pool
    }
    y_nK = np.eye(data.outputs)[rows.y_n] if data.task == "classification" else rows.y_n[:, None]
    return Inputs(x_nD, y_nK, rows.counts_n, x_ND, rows.label_noise_rate, others, rows.drawn_m)


def summarise(fitted: Sequence[tuple[Member, Fit]], inputs: Inputs) -> list[TrainedMember]:
    """Return the results of the fits of one replicate, all with the same readouts."""
    first, fit = fitted[0]
    states = {readout: states_at(readout, fitted, inputs) for readout in fit.readings}
    share_n = inputs.counts_n / inputs.counts_n.sum()
    losses = losses_of(first.data.task, first.outputs_are)
    constant_risk = {loss: risk_of_constant(loss, inputs.y_nK, share_n) for loss in losses}
    return [
        TrainedMember(
            member,
            {readout: fit.at(readout) for readout in member.asked.readouts},
            Outcome(
                **vars(states[EVALUATION][place]),
                constant_risk=constant_risk,
                n_distinct=len(inputs.counts_n),
                label_noise_rate=inputs.label_noise_rate,
                others={readout: found[place] for readout, found in states.items() if readout != EVALUATION},
            ),
        )
        for place, (member, fit) in enumerate(fitted)
    ]


def states_at(readout: Readout, fitted: Sequence[tuple[Member, Fit]], inputs: Inputs) -> list[State]:
    """Return the state of each fit of one replicate at the readout of a cell."""
    first, readings = fitted[0][0], [fit.readings[readout] for _, fit in fitted]
    outputs_MnK = np.stack([one.outputs[TRAINING_ROWS] for one in readings])
    share_n = inputs.counts_n / inputs.counts_n.sum()
    risk_M = {
        loss: np.sum(losses_at(outputs_MnK, first.outputs_are, loss, inputs.y_nK) * share_n, axis=1).tolist()
        for loss in losses_of(first.data.task, first.outputs_are)
    }
    return [
        State(
            train_risk={loss: np.nan if one.diverged_epoch else risk_M[loss][place] for loss in risk_M},
            measures={**one.measures, **spread_of(one, first)},
            diverged_epoch=one.diverged_epoch,
            diverged_loss=f"{fit.loss:g}" if one.diverged_epoch and one.diverged_epoch == fit.diverged_epoch else "",
        )
        for place, (one, (_, fit)) in enumerate(zip(readings, fitted, strict=True))
    ]


def spread_of(reading: Reading, member: Member) -> dict[str, float]:
    """Return the spread over dropout masks, summed over outputs and averaged over points, of a reading that has one."""
    if reading.spread_NK is None:
        return {}
    weights_N = evaluation_of(member.data, member.seed).weights_N
    return {SPREAD: float(np.average(reading.spread_NK.sum(axis=1), weights=weights_N))}


def risk_of_constant(loss: str, y_nK: np.ndarray, share_n: np.ndarray) -> float:
    """Return the risk of the best constant prediction on these rows: under squared error, a variance."""
    constant_nK = np.broadcast_to(LOSSES[loss].best_constant(y_nK, share_n), y_nK.shape)
    return float(LOSSES[loss].point_loss(constant_nK, y_nK) @ share_n)


def losses_at(outputs_MnK: np.ndarray, outputs_are: str, loss: str, y_nK: np.ndarray) -> np.ndarray:
    """Return each model's loss at each training row, [M, n]."""
    return LOSSES[loss].point_loss(as_predictions(outputs_MnK, outputs_are, loss), y_nK)


def losses_of(task: str, outputs_are: str) -> list[str]:
    """Return the losses under which a task's outputs (values or logits) can be decomposed."""
    return [name for name, loss in LOSSES.items() if task in loss.TASKS and outputs_are in loss.TAKES]
