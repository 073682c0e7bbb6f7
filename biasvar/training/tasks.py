"""The tasks of the stepwise trainers: what they are given of a member."""

from functools import partial

import numpy as np

from biasvar import seeds
from biasvar.data.views import moments
from biasvar.models.layers import Affine, Dropout, Layer
from biasvar.training.inputs import Inputs
from biasvar.training.measures import measured
from biasvar.training.measures.fitted_model import FittedModel
from biasvar.training.member import Member
from biasvar.training.training_config import NetworkConfig, Streams, Task, TrainingConfig, Units, Weights


def task_of(member: Member, inputs: Inputs) -> Task:
    """Return the task of a member: its training config, streams and data."""
    x_nD, x_ND = network_inputs(member, inputs.x_nD), network_inputs(member, inputs.x_ND)
    others = {rows: network_inputs(member, other_ND) for rows, other_ND in inputs.others.items()}
    mean_K, std_K = target_units(member, inputs)
    y_nK = (inputs.y_nK - mean_K) / std_K
    config, streams = config_of(member, x_nD.shape[1]), streams_of(member)
    measures = partial(measures_of, member, x_nD, inputs.counts_n)
    return Task(config, streams, x_nD, y_nK, inputs.counts_n, x_ND, others, measures)


def measures_of(
    member: Member, x_nD: np.ndarray, counts_n: np.ndarray, weights: Weights, units: Units | None
) -> dict[str, float]:
    """Return the measures of a member's weights, and of its units where a trainer has them."""
    if not member.model.linear_in_parameters:
        return measured(member, FittedModel(weights, units=units))
    curved = partial(curvature, member, x_nD, counts_n)
    return measured(member, FittedModel(weights, curvature=curved, units=units))


def curvature(member: Member, z_nP: np.ndarray, counts_n: np.ndarray) -> np.ndarray:
    """Return the eigenvalues of X'X + alpha I for features and, where there is an intercept, their constant column."""
    training, intercept = member.training, member.model.has_intercept(member.data)
    z_nP = np.concatenate([z_nP, np.ones((len(z_nP), int(intercept)))], axis=1)
    alpha_P = np.full(z_nP.shape[1], counts_n.sum() * training.weight_decay / 2)
    if intercept and training.decay == "weights":
        alpha_P[-1] = 0
    return np.linalg.eigvalsh((z_nP.T * counts_n) @ z_nP + np.diag(alpha_P))


def target_units(member: Member, inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Return the centre and the scale of targets during training, axes [K].

    A table's numbers have arbitrary units, and no learning rate fits them all: like inputs, they are standardised by
    the training set. Labels, and numbers drawn from a distribution, are used unchanged.
    """
    if member.data.has_distribution or member.data.task == "classification":
        return np.zeros(1), np.ones(1)
    return moments(inputs.y_nK, inputs.counts_n)


def network_inputs(member: Member, x_nD: np.ndarray) -> np.ndarray:
    """Return the input of the trained layers: inputs, or the features of a model that is linear in its parameters."""
    model = member.model
    if not model.linear_in_parameters:
        return x_nD
    return model.feature_matrix(x_nD, model.size, member.init_sequence()) * model.scale


def config_of(member: Member, inputs: int) -> TrainingConfig:
    """Return a member's training config; for the kernel it includes the layers."""
    model, training, data = member.model, member.training, member.data
    common = {
        "loss": "cross_entropy" if data.task == "classification" else "squared_error",
        "dropout": getattr(model, "dropout", 0.0),
        "optimizer": training.optimizer,
        "lr": training.lr,
        "momentum": training.momentum,
        "weight_decay": training.weight_decay,
        "decay": training.decay,
        "bn_reestimate": training.bn_reestimate,
        "epochs": training.epochs,
        "batch_size": training.batch_size,
        "schedule": training.schedule,
        "dtype": training.dtype,
        "crop": training.crop,
        "flip": training.flip,
        "readouts": member.asked.taken,
        "init": training.init,
        "dropout_scaling": getattr(model, "dropout_scaling", "inverted"),
    }
    if not model.compiled:
        return TrainingConfig(**common)
    if model.linear_in_parameters:
        sizes, activation, bias = (inputs, data.outputs), "relu", model.has_intercept(data)
    else:
        sizes, activation, bias = model.sizes(data), model.activation, True
    return NetworkConfig(**common, sizes=sizes, activation=activation, bias=bias)


def layers_of(member: Member) -> tuple[Layer, ...]:
    """Return a member's layers; a model that is linear in its parameters has one, on its features."""
    model, data = member.model, member.data
    if model.linear_in_parameters:
        dropped = (Dropout(),) if model.dropout > 0 else ()
        return (*dropped, Affine(model.size, data.outputs, model.has_intercept(data)))
    return model.layers(data)


def streams_of(member: Member) -> Streams:
    """Return the keys of the counter-based streams of one member."""
    return Streams(
        initialisation=seeds.key(member.seed, "initialisation", member.draws["init"]),
        batch_order=seeds.key(member.seed, "batch_order", member.draws["batch_order"]),
        dropout=seeds.key(member.seed, "dropout", member.draws["dropout"]),
        augmentation=seeds.key(member.seed, "augmentation", member.draws["augmentation"]),
    )
