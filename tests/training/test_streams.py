"""The statistics of what training draws: dropout masks, shuffles, initial weights; kernel and twin draw the same."""

import numpy as np
import pytest

from biasvar import seeds
from biasvar.training import kernel_routines as routines
from biasvar.training import network
from biasvar.training.streams import RESOLUTION, dropout_threshold

RATE, FEATURES, BATCH, LAYERS = 0.2, 16, 64, 2
MEMBERS, STEPS = 40, 25


@pytest.fixture(scope="module")
def dropped():
    """Return which elements are zeroed, [members, steps, layers, elements]."""
    masks = [
        network.draw_mask(seeds.key(1, "dropout", member), step * LAYERS + layer, FEATURES, BATCH, RATE).ravel() == 0
        for member in range(MEMBERS)
        for step in range(STEPS)
        for layer in range(LAYERS)
    ]
    return np.array(masks).reshape(MEMBERS, STEPS, LAYERS, FEATURES * BATCH)


def test_dropout_zeroes_at_its_rate_in_each_member_layer_and_element(dropped):
    p = dropout_threshold(RATE) / RESOLUTION
    for kept in ((0,), (2,), (3,), (0, 2)):
        others = tuple(axis for axis in range(4) if axis not in kept)
        mean = dropped.mean(axis=others)
        z = (mean - p) / np.sqrt(p * (1 - p) / (dropped.size / mean.size))
        assert np.abs(z).max() < 4.5 and (mean.size < 30 or 0.7 < z.std() < 1.3)


@pytest.mark.parametrize("axis", [0, 1, 2, 3])
def test_dropout_is_independent_across_members_steps_layers_and_elements(dropped, axis):
    p = dropout_threshold(RATE) / RESOLUTION
    standard = (dropped - p) / np.sqrt(p * (1 - p))
    for lag in {1, 2, 3, 4} if axis == 3 else {1}:
        first = np.take(standard, range(standard.shape[axis] - lag), axis)
        second = np.take(standard, range(lag, standard.shape[axis]), axis)
        assert abs((first * second).sum() / np.sqrt(first.size)) < 4.5


def test_dropout_of_two_neighbouring_keys_is_independent():
    one, other = (network.draw_mask(np.uint64(key), 0, 256, 256, 0.5).ravel() - 1 for key in (10, 11))
    assert abs((one * other).sum() / np.sqrt(one.size)) < 4.5


def test_every_order_is_equally_likely():
    orders = np.zeros((24000, 4), int)
    for epoch in range(len(orders)):
        orders[epoch] = np.arange(4)
        routines.shuffle(orders[epoch], np.uint64(99), epoch)
    counts = np.unique(orders @ [64, 16, 4, 1], return_counts=True)[1]
    assert len(counts) == 24 and ((counts - 1000) ** 2 / 1000).sum() < 56  # chi squared, 23 d.o.f., p = 1e-4


def test_kernel_and_twin_shuffle_alike_and_each_epoch_anew():
    one, other = np.arange(500), np.arange(500)
    for epoch in range(3):
        before = one.copy()
        routines.shuffle(one, np.uint64(4), epoch)
        network.shuffle(other, np.uint64(4), epoch)
        assert np.array_equal(one, other) and np.array_equal(np.sort(one), np.arange(500))
        assert (one == before).sum() < 10


@pytest.mark.parametrize("bias", [True, False])
def test_kernel_and_twin_have_the_same_initial_weights_uniform_by_fan_in(bias):
    layers = network.initial_layers((25, 400, 9), bias, np.uint64(8))
    for layer, (weight, *biases) in enumerate(layers):
        weight_OI, bias_O = np.empty(weight.shape), np.empty(len(weight))
        routines.initialise(weight_OI, bias_O, bias, np.uint64(8), layer)
        bound = weight.shape[1] ** -0.5
        assert np.allclose(weight_OI, weight, rtol=0, atol=1e-15)
        assert np.allclose(bias_O, biases[0] if bias else 0.0, rtol=0, atol=1e-15)
        assert 0.98 * bound < np.abs(weight).max() <= bound
        assert abs(weight.mean()) < 4.5 * bound / np.sqrt(3 * weight.size)
        assert abs(weight.std() / (bound / np.sqrt(3)) - 1) < 4.5 / np.sqrt(weight.size)


def test_kernel_draws_the_twins_masks():
    bits = np.empty(FEATURES * 9 // 4 + 1, np.uint64)
    routines.draw_mask(bits, np.uint64(6), 5)
    values = np.ones((FEATURES - 1, 9))
    routines.drop(values, bits, dropout_threshold(RATE))
    assert np.array_equal(values, network.draw_mask(np.uint64(6), 5, FEATURES - 1, 9, RATE).T)
