"""The statistics of what training draws: dropout masks, shuffles, initial weights; kernel and twin draw the same.

Every test of independence is also run on a broken stream, which it has to catch. All draws are seeded: a limit of 4.5
standard errors is met for good or not at all.
"""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from biasvar import seeds
from biasvar.training.kernel import routines
from biasvar.training.streams import RESOLUTION, bounded, counter, dropout_threshold
from tests.training import twin

RATE, FEATURES, BATCH, LAYERS = 0.2, 16, 64, 2
MEMBERS, STEPS = 40, 25
LIMIT = 4.5  # standard errors
KEYS = np.array([seeds.key(1, "dropout", member) for member in range(MEMBERS)])
DRAWS = np.arange(STEPS * LAYERS).reshape(STEPS, LAYERS)


@pytest.fixture(scope="module")
def dropped():
    """Return which elements the kernel zeroes, [members, steps, layers, elements]."""
    return bits_of(KEYS, DRAWS) < dropout_threshold(RATE)


def bits_of(keys, draws):
    """Return the random bits of masks, [members, steps, layers, elements], 16 an element."""
    bits = np.empty((len(keys), STEPS, LAYERS, FEATURES * BATCH // 4), np.uint64)
    for member, step, layer in np.ndindex(bits.shape[:3]):
        routines.draw_mask(bits[member, step, layer], keys[member], draws[step, layer])
    return bits.view(np.uint16)


def broken(name):
    """Return what a stream zeroes that is wrong in one way."""
    keys, draws = KEYS, DRAWS
    if name == "draws that forget the layer":
        draws = DRAWS // LAYERS * LAYERS
    elif name == "draws that forget the step":
        draws = DRAWS % LAYERS
    elif name == "one key for all members":
        keys = KEYS[:1].repeat(MEMBERS)
    elif name == "keys that differ by the golden ratio":
        keys = KEYS[0] + seeds.GOLDEN * np.arange(MEMBERS, dtype=np.uint64)
    bits = bits_of(keys, draws)
    if name == "sixteen bits used twice":
        bits[..., 1::4] = bits[..., ::4]
    return bits < dropout_threshold(RATE)


BROKEN = (
    "draws that forget the layer",
    "draws that forget the step",
    "one key for all members",
    "keys that differ by the golden ratio",
    "sixteen bits used twice",
)


def worst_mean(dropped):
    """Return the largest distance, in standard errors, of a mean over some axes from the rate."""
    p, worst = dropout_threshold(RATE) / RESOLUTION, 0.0
    for kept in ((0,), (1,), (2,), (3,), (0, 2), (0, 1)):
        mean = dropped.mean(axis=tuple(axis for axis in range(4) if axis not in kept))
        worst = max(worst, np.abs(mean - p).max() / np.sqrt(p * (1 - p) / (dropped.size / mean.size)))
    return worst


def worst_correlation(dropped):
    """Return the largest correlation, in standard errors, of elements that lie some members, steps, ... apart."""
    p = dropout_threshold(RATE) / RESOLUTION
    standard = ((dropped - p) / np.sqrt(p * (1 - p))).astype(np.float32)
    worst = 0.0
    for member, step, layer, element in product((0, 1), (0, 1), (0, 1), (0, 1, 2, 3, 4, BATCH, -4)):
        if not (member or step or layer or element > 0):
            continue
        near = standard[: MEMBERS - member, : STEPS - step, : LAYERS - layer]
        far = standard[member:, step:, layer:]
        near, far = (near[..., -element:], far[..., :element]) if element < 0 else (near, far[..., element:])
        near = near[..., : far.shape[-1]]
        worst = max(worst, abs((near * far).sum(dtype=float)) / np.sqrt(near.size))
    return worst


def least_likely_counts(dropped):
    """Return the smallest p-value of chi squared tests that each of 16 patterns of four elements has its frequency.

    The four are those of one draw, of two layers in two members, and of two steps in two members.
    """
    p, found = dropout_threshold(RATE) / RESOLUTION, []
    layers_apart = dropped.reshape(MEMBERS // 2, 2, STEPS, LAYERS, -1).transpose(0, 2, 4, 1, 3)
    steps_apart = dropped[:, : STEPS - 1].reshape(MEMBERS // 2, 2, STEPS // 2, 2, LAYERS, -1)
    for fours in (dropped, layers_apart, steps_apart.transpose(0, 2, 4, 5, 1, 3)):
        counts = np.bincount(fours.reshape(-1, 4) @ [1, 2, 4, 8], minlength=16)
        zeroed = np.array([pattern.bit_count() for pattern in range(16)])
        expected = counts.sum() * p**zeroed * (1 - p) ** (4 - zeroed)
        found.append(stats.chisquare(counts, expected).pvalue)
    return min(found)


def test_dropout_zeroes_at_its_rate_in_each_member_step_layer_and_element(dropped):
    assert worst_mean(dropped) < LIMIT
    p = dropout_threshold(RATE) / RESOLUTION
    z = (dropped.mean(axis=(1, 2)) - p) / np.sqrt(p * (1 - p) / (STEPS * LAYERS))
    assert 0.98 < z.std() < 1.02, "binomial"
    assert worst_mean(bits_of(KEYS, DRAWS) < dropout_threshold(RATE - 0.01)) > 2 * LIMIT, "another rate is caught"


def test_dropout_is_independent_across_members_steps_layers_rows_and_features(dropped):
    assert worst_correlation(dropped) < LIMIT


def test_dropout_has_every_joint_pattern_as_often_as_independence_says(dropped):
    assert least_likely_counts(dropped) > 1e-4


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_stream_is_caught(name):
    zeroed = broken(name)
    assert worst_correlation(zeroed) > 20
    if name != "keys that differ by the golden ratio":  # which are alike at other elements
        assert least_likely_counts(zeroed) < 1e-12


def test_neighbouring_study_seeds_roles_and_plain_keys_are_independent():
    counters = counter(0, np.arange(1 << 14))
    keys = [seeds.key(s, role, m) for s in range(3) for role in ("dropout", "batch_order") for m in range(3)]
    keys += [np.uint64(key) for key in (0, 1, 2, 3)]
    uniform = np.stack([seeds.draw_uniform(key, counters) for key in keys])
    correlation = np.corrcoef(uniform)[np.triu_indices(len(keys), 1)] * np.sqrt(len(counters))
    assert np.abs(correlation).max() < LIMIT and 0.85 < correlation.std() < 1.15
    bits = np.stack([seeds.draw_bits(key, counters) for key in keys])
    differing = np.unpackbits((bits[1:] ^ bits[:-1]).view(np.uint8), axis=1).sum(axis=1) / len(counters)
    assert np.abs(differing - 32).max() < LIMIT * 4 / np.sqrt(len(counters))


def test_every_bit_of_a_draw_is_fair_and_independent_of_every_other():
    bits = seeds.draw_bits(KEYS[:, None], counter(3, np.arange(1 << 10))).ravel()
    signs = 2.0 * (bits[:, None] >> np.arange(64, dtype=np.uint64) & np.uint64(1)) - 1.0
    moments = signs.T @ signs / np.sqrt(len(bits))
    assert np.abs(signs.sum(axis=0)).max() / np.sqrt(len(bits)) < LIMIT
    assert np.abs(moments[np.triu_indices(64, 1)]).max() < LIMIT


def test_every_order_is_equally_likely():
    orders = np.zeros((24000, 4), int)
    for epoch in range(len(orders)):
        orders[epoch] = np.arange(4)
        routines.shuffle(orders[epoch], np.uint64(99), epoch)
    counts = np.unique(orders @ [64, 16, 4, 1], return_counts=True)[1]
    assert len(counts) == 24 and ((counts - 1000) ** 2 / 1000).sum() < 56  # chi squared, 23 d.o.f., p = 1e-4


def chi_squared_of_places(orders):
    """Return chi squared that every row is as often at every place, in standard deviations from its mean."""
    draws, n = orders.shape
    counts = np.stack([np.bincount(orders[:, place], minlength=n) for place in range(n)])
    degrees = (n - 1) ** 2
    return (((counts - draws / n) ** 2 / (draws / n)).sum() - degrees) / np.sqrt(2 * degrees)


@pytest.mark.parametrize("keys, epochs", [(4, 1000), (4000, 1)])
def test_every_row_is_as_often_at_every_place_over_epochs_and_over_members(keys, epochs):
    orders = np.tile(np.arange(20), (keys * epochs, 1))
    for i, order in enumerate(orders):
        routines.shuffle(order, seeds.key(2, "batch_order", i // epochs), i % epochs)
    assert abs(chi_squared_of_places(orders)) < LIMIT
    first, second = orders[:-1].ravel().astype(float), orders[1:].ravel().astype(float)
    assert abs(np.corrcoef(first, second)[0, 1]) * np.sqrt(len(first)) < LIMIT, "neighbouring orders"


def test_a_shuffle_that_swaps_with_any_place_is_caught():
    orders = np.tile(np.arange(20), (4000, 1))
    for epoch, order in enumerate(orders):
        partners = bounded(seeds.draw_bits(np.uint64(7), counter(epoch, np.arange(20))), 20)
        for i, j in enumerate(partners.astype(int)):
            order[i], order[j] = order[j], order[i]
    assert chi_squared_of_places(orders) > 3 * LIMIT


def test_kernel_and_twin_shuffle_alike_and_each_epoch_anew():
    one, other = np.arange(500), np.arange(500)
    for epoch in range(3):
        before = one.copy()
        routines.shuffle(one, np.uint64(4), epoch)
        twin.shuffle(other, np.uint64(4), epoch)
        assert np.array_equal(one, other) and np.array_equal(np.sort(one), np.arange(500))
        assert (one == before).sum() < 10


@pytest.mark.parametrize("bias", [True, False])
def test_kernel_and_twin_have_the_same_initial_weights_uniform_by_fan_in(bias):
    layers = twin.initial_layers((25, 400, 9), bias, np.uint64(8))
    for layer, (weight, *biases) in enumerate(layers):
        weight_OI, bias_O = np.empty(weight.shape), np.empty(len(weight))
        routines.initialise(weight_OI, bias_O, bias, np.uint64(8), layer)
        bound = weight.shape[1] ** -0.5
        assert np.allclose(weight_OI, weight, rtol=0, atol=1e-15)
        assert np.allclose(bias_O, biases[0] if bias else 0.0, rtol=0, atol=1e-15)
        assert 0.98 * bound < np.abs(weight).max() <= bound
        assert abs(weight.mean()) < 4.5 * bound / np.sqrt(3 * weight.size)
        assert abs(weight.std() / (bound / np.sqrt(3)) - 1) < 4.5 / np.sqrt(weight.size)


def initial_weights(keys, layers):
    """Return the initial weights of members over their bound, [members, layers, elements]."""
    weights = np.empty((len(keys), len(layers), 30, 20))
    for weights_L, key in zip(weights, keys, strict=True):
        for weight, layer in zip(weights_L, layers, strict=True):
            routines.initialise(weight, np.empty(30), True, key, layer)
    return weights.reshape(len(keys), len(layers), -1) * np.sqrt(20)


def dependence(weights):
    """Return the largest correlation, in standard errors, between layers, members, and neighbours in a layer."""
    pairs = [
        (weights[:, 0], weights[:, 1]),
        (weights[:-1], weights[1:]),
        (weights[..., :-1], weights[..., 1:]),
        (weights[:-1, ..., 1:], weights[1:, ..., :-1]),
    ]
    return max(abs((3 * one * other).sum()) / np.sqrt(one.size) for one, other in pairs)


def test_initial_weights_are_uniform_and_independent_across_members_layers_and_elements():
    keys = [seeds.key(1, "initialisation", member) for member in range(60)]
    weights = initial_weights(keys, (0, 1))
    assert stats.kstest(weights.ravel(), stats.uniform(-1, 2).cdf).pvalue > 1e-4
    for mean in (weights.mean(axis=(1, 2)), weights.mean(axis=(0, 2)), weights.mean(axis=(0, 1))):
        assert np.abs(mean).max() < LIMIT * np.sqrt(mean.size / weights.size / 3)
    assert abs(weights.var() * 3 - 1) < LIMIT * np.sqrt(0.8 / weights.size)
    assert dependence(weights) < LIMIT


def test_initial_weights_that_are_wrong_are_caught():
    keys = [seeds.key(1, "initialisation", member) for member in range(60)]
    assert dependence(initial_weights(keys, (0, 0))) > 20, "layers alike"
    assert dependence(initial_weights([np.uint64(5)] * 60, (0, 1))) > 20, "members alike"
    shifted = seeds.GOLDEN * np.arange(60, dtype=np.uint64)
    assert dependence(initial_weights(list(shifted), (0, 1))) > 20, "members that are shifted copies"
    weights = initial_weights(keys, (0, 1))
    assert stats.kstest(1.02 * weights.ravel(), stats.uniform(-1, 2).cdf).pvalue < 1e-4, "a bound that is 2 % too wide"


def test_kernel_draws_the_twins_masks():
    bits = np.empty(FEATURES * 9 // 4 + 1, np.uint64)
    routines.draw_mask(bits, np.uint64(6), 5)
    values = np.ones((FEATURES - 1, 9))
    routines.drop(values, bits, dropout_threshold(RATE), 1.0)
    assert np.array_equal(values > 0, twin.draw_kept(np.uint64(6), 5, FEATURES - 1, 9, RATE).T)
