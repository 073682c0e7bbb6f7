"""Batch norm's running averages, recomputed without dropout when a model is read, and only then."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import update_bn

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.models.layers import Affine, BatchNorm, Dropout
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member
from biasvar.training.module.loop import OwnNetwork
from biasvar.training.readouts import EVALUATION, Readout
from biasvar.training.stack.loop import Stack
from biasvar.training.stack.loop import train as train_stack
from biasvar.training.train import train
from biasvar.training.training_config import TrainingConfig
from tests.own_networks import module
from tests.training import twin
from tests.training.test_stack import DESCENT, DIGITS, convnet_of, task, train_module, with_initial_weights

UNIT = TrainingConfig(**DESCENT | {"dropout": 0.5, "batch_size": 2000, "lr": 1e-6}, optimizer="sgd", bn_reestimate=True)
LAYERS = (Dropout(), BatchNorm(4, affine=False), Affine(4, 3))


def own_network():
    """Return the same layers as torch's own modules."""
    return nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(4, affine=False), nn.Linear(4, 3))


def test_a_unit_input_has_a_running_variance_of_1_recomputed_without_dropout_and_2_in_training():
    stack = Stack(LAYERS, [task(UNIT, 0, (4,), 20_000)], "cpu")
    for epoch in range(6):
        stack.train_epoch(epoch)
    before = [array.clone() for array in stack.parameters.arrays]
    assert float(before[1].mean()) == pytest.approx(2.00, abs=0.08), "dropout on: 1 / (1 - p)"
    with stack.running_averages():
        assert float(stack.parameters.arrays[1].mean()) == pytest.approx(1.00, abs=0.02)
    assert all(map(torch.equal, before, stack.parameters.arrays)), "training keeps the averages that it had"


def test_an_own_network_has_a_running_variance_of_1_recomputed_without_dropout_and_2_in_training():
    network = own_network()
    own = OwnNetwork(lambda seed: network, task(UNIT, 0, (4,), 20_000), "cpu")
    for epoch in range(6):
        own.train_epoch(epoch)
    before = network[1].running_var.clone()
    assert float(before.mean()) == pytest.approx(2.00, abs=0.08)
    with own.averages():
        assert float(network[1].running_var.mean()) == pytest.approx(1.00, abs=0.02)
        assert not network[0].training
    assert torch.equal(network[1].running_var, before) and network[1].momentum == 0.1


def test_recomputed_averages_are_those_of_torchs_update_bn():
    model, config = FAMILIES["convnet"](width=2), TrainingConfig(**DESCENT | {"schedule": "constant"}, optimizer="sgd")
    config = replace(config, epochs=3, lr=0.01, bn_reestimate=True)
    tasks = [
        one._replace(y_nK=np.pad(one.y_nK, ((0, 0), (0, 7)))) for one in (task(config, m, DIGITS.shape) for m in (0, 1))
    ]
    for one, stacked in zip(tasks, train_stack(model.layers(DIGITS), tasks), strict=True):
        network = with_initial_weights(convnet_of(model, DIGITS), model, DIGITS, one.streams.initialisation)
        plain = train_module(network, one, "sgd")
        order = np.repeat(np.arange(len(one.x_nD)), one.counts_n)
        for epoch in range(config.epochs):
            twin.shuffle(order, one.streams.batch_order, epoch)
        update_bn(torch.tensor(one.x_nD[order]).split(config.batch_size), network)
        with torch.no_grad():
            expected = network.eval()(torch.tensor(one.x_eval_ND)).numpy()
        assert np.allclose(stacked.eval_NK, expected, rtol=0, atol=1e-9) and not np.allclose(plain, expected, atol=1e-3)


@pytest.mark.parametrize(
    ("model", "view"),
    [
        (FAMILIES["convnet"](width=2, dropout=0.3, dropout_at=("blocks",)), "images"),
        (FAMILIES["mlp"](width=6, dropout=0.3, norm="batch"), "flat"),
        (module("make_net", width=4, dropout=0.2, batch_norm=True), "images"),
    ],
    ids=["convnet", "mlp", "own module"],
)
def test_a_reading_does_not_depend_on_others_and_training_is_not_disturbed(model, view):
    data = SOURCES["digits"](view=view, n_train=40, n_eval=20)

    def read(**options):
        way = TRAININGS["sgd"](epochs=3, batch_size=16, measures=("weight_norm",), **options)
        return train([Member(data, SCHEMES["bootstrap"](), model, way, "cpu", 0, Draws.joint(0))])[0]

    last, two = read(bn_reestimate=True), read(bn_reestimate=True, evaluate_at=(1, 3))
    (first,) = [read(bn_reestimate=True, evaluate_at=(1,))]
    plain = read(evaluate_at=(1, 3))
    assert np.array_equal(last.outputs_NK, two.outputs_NK)
    assert np.array_equal(first.outputs[Readout(epoch=1)], two.outputs[Readout(epoch=1)])
    assert not np.allclose(plain.outputs_NK, last.outputs_NK, atol=1e-3)
    assert plain.outcome.at(EVALUATION).measures == two.outcome.at(EVALUATION).measures


@pytest.mark.parametrize("model", [FAMILIES["mlp"](), FAMILIES["convnet"](norm="group"), FAMILIES["random_features"]()])
def test_a_model_without_batch_norm_is_refused(model):
    training = TRAININGS["sgd"](bn_reestimate=True)
    study = SimpleNamespace(model=model, data=SOURCES["digits"](), training=training)
    (problem,) = training.problems(study)
    assert problem.key == "training.bn_reestimate" and f"model={model.kind} has none" in problem.what
    normed = FAMILIES["mlp"](norm="batch_noaffine")
    assert not training.problems(SimpleNamespace(model=normed, data=study.data, training=training))


def test_batch_norm_of_single_pixels_refuses_a_batch_of_one_row():
    def problems(model, **data):
        source = SOURCES["digits"](view="flat" if model.kind == "mlp" else "images", **data)
        return model.problems(SimpleNamespace(data=source, training=TRAININGS["sgd"](batch_size=16)))

    for model in (FAMILIES["mlp"](norm="batch"), FAMILIES["resnet"]()):
        (problem,) = problems(model, n_train=33)
        assert problem.key == "training.batch_size" and "a batch of 1 row of data.n_train = 33" in problem.what
        assert not problems(model, n_train=34)
    assert not problems(FAMILIES["convnet"](), n_train=33) and not problems(FAMILIES["mlp"](), n_train=33)
    (problem,) = problems(FAMILIES["mlp"](width=1, norm="layer"))
    assert "a single unit minus its own mean is 0" in problem.what
