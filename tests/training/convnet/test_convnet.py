"""The compiled kernel of convolutional networks is the stack of one, and torch's own modules, in float64."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.models import FAMILIES
from biasvar.training.convnet import normalisation, training
from biasvar.training.convnet.architecture import Block, blocks_of, layers_with
from biasvar.training.convnet.vectors import LANES
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.stack import loop
from biasvar.training.trainers import TRAINERS, trainer_of
from biasvar.training.training_config import TrainingConfig
from tests.training.test_stack import (
    DESCENT,
    TOLERANCE,
    convnet_of,
    members_of,
    task,
    train_module,
    with_initial_weights,
)

DIGITS = SOURCES["digits"](view="images")


def convnets(width, count, **training):
    return members_of(width, count, "convnet", {}, **training)


def config_of(**changes):
    return TrainingConfig(**DESCENT | {"lr": 0.01, "optimizer": "sgd"} | changes)


def blocks(channels, sides, pools):
    return [Block(*one) for one in zip(channels[:-1], channels[1:], sides, pools, strict=True)]


def in_the_stack(network, one):
    return loop.train(layers_with(network, one.y_nK.shape[1]), [one])[0]


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_the_kernel_is_torchs_modules_after_200_steps(optimizer):
    model, config = FAMILIES["convnet"](width=2), config_of(schedule="constant", optimizer=optimizer)
    one = task(config, 0, DIGITS.shape)
    one = one._replace(y_nK=np.pad(one.y_nK, ((0, 0), (0, 7))))
    found = training.train(blocks((1, 2, 4, 8, 16), (8, 8, 4, 2), (1, 2, 2, 2)), one)
    module = with_initial_weights(convnet_of(model, DIGITS), model, DIGITS, one.streams.initialisation)
    expected = train_module(module, one, optimizer)
    assert np.allclose(found.eval_NK, expected, rtol=0, atol=TOLERANCE[optimizer])


NETWORKS = {  # sides, and numbers of channels, that no block of the innermost loops divides
    "odd sides": (blocks((3, 3, 5, 2, 7), (12, 12, 6, 3), (1, 2, 2, 3)), {}),
    "one channel": (blocks((1, 1, 1, 1, 1), (8, 8, 4, 2), (1, 2, 2, 2)), {"loss": "squared_error"}),
    "momentum and decay": (blocks((2, 4, 3, 1, 2), (20, 20, 10, 5), (1, 2, 2, 5)), {"weight_decay": 0.1}),
}


@pytest.mark.parametrize("batch_size", [1, LANES, 2 * LANES + 3, 1000])
@pytest.mark.parametrize("case", NETWORKS)
def test_the_kernel_is_a_stack_of_one_at_every_epoch_to_be_read(case, batch_size):
    network, changes = NETWORKS[case]
    read = tuple(Readout(epoch=epoch) for epoch in (0, 1))
    config = config_of(**changes, epochs=3, batch_size=batch_size, readouts=(*read, EVALUATION))
    one = task(config, 1, (network[0].inputs, network[0].side, network[0].side), rows=25)
    found, expected = training.train(network, one), in_the_stack(network, one)
    assert found.loss == pytest.approx(expected.loss, rel=1e-9)
    for readout in (*read, EVALUATION):
        for rows in (EVALUATION.rows, TRAINING_ROWS):
            mine, stacked = (fit.readings[readout].outputs[rows] for fit in (found, expected))
            assert np.allclose(mine, stacked, rtol=0, atol=1e-9)


def test_where_the_scale_is_negative_pooling_takes_the_smallest_value():
    generator = np.random.default_rng(0)
    z, h, x = generator.standard_normal((6, 6, LANES)), np.zeros((2, 2, LANES)), np.zeros((4, 4, LANES))
    normalisation.activate(z, -2.0, 0.1, h, x)
    windows = z[1:-1, 1:-1].reshape(2, 2, 2, 2, LANES)
    assert np.array_equal(h, windows.min(axis=(1, 3)))
    assert np.allclose(x[1:-1, 1:-1], np.maximum(-2.0 * h + 0.1, 0), rtol=0, atol=1e-15)
    assert not x[0].any() and not x[:, -1].any()


def test_a_gradient_goes_to_the_first_of_equal_values():
    z, h, delta = np.zeros((4, 4, LANES)), np.zeros((1, 1, LANES)), np.ones((3, 3, LANES))
    normalisation.normalisation_gradient(z, h, delta, np.ones(2 * LANES), (1.0, 0.0, 0.0, 0.0))
    assert (z[1, 1] == 1).all() and z.sum() == LANES


def test_what_the_kernel_does_not_know_is_trained_in_the_stack():
    def trainer(members):
        return trainer_of(members[0]).name

    assert trainer(convnets(4, 1, predict=("deterministic", "mc"), mc_samples=3)) == "convnet", "these read, only"
    assert trainer(convnets(4, 1)) == trainer(convnets(0.25, 1, dtype="float64", optimizer="adam")) == "convnet"
    (plain,) = convnets(4, 1)
    models = [{"norm": "layer"}, {"norm": "none"}, {"norm_order": "after"}, {"dropout": 0.1}]
    trainings = [{"dtype": "bfloat16"}, {"decay": "all"}, {"init": "zeros"}, {"crop": 1}, {"flip": "random"}]
    others = [replace(plain, model=replace(plain.model, **change)) for change in models]
    others += [member for change in trainings for member in convnets(4, 1, **change)]
    others += [replace(plain, device="cuda"), *members_of(4, 1, "resnet", {})]
    assert all(trainer([one]) == "stack" for one in others)


def test_the_blocks_of_a_network_are_its_layers():
    (member,) = convnets(3, 1)
    layers = [layer for layer in member.model.layers(member.data) if not layer.draws_mask]
    assert layers_with(blocks_of(member), member.data.outputs) == layers


def test_memory_is_known_to_a_factor_of_two():
    (member,) = convnets(8, 1, batch_size=32)
    network = training.Network(blocks_of(member), task(config_of(dtype="float32", batch_size=32), 0, member.data.shape))
    *values, mask = network.state.values
    arrays = [mask, *network.state.learnt, *(array for of_blocks in values for array in of_blocks)]
    held = sum(array.nbytes for array in arrays)
    assert held / 2 < TRAINERS["convnet"]().bytes(member) < held * 2
