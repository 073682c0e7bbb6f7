"""Modes of prediction: kernel, stack and twin agree on each, and a row has the same masks in any company."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.decomposition.entropy import softmax
from biasvar.models import FAMILIES
from biasvar.models.layers import Affine, Dropout
from biasvar.training import TRAININGS
from biasvar.training.kernel import mlp as kernel
from biasvar.training.member import Draws, Member
from biasvar.training.modes import MODES as PREDICT
from biasvar.training.modes import over_masks
from biasvar.training.readouts import EVALUATION, TRAINING_ROWS, Readout
from biasvar.training.stack import loop
from biasvar.training.tasks import layers_of, task_of
from biasvar.training.train import inputs_of, train
from biasvar.training.training_config import NetworkConfig, Task
from tests.training import twin
from tests.training.test_stack import DESCENT, perceptron, streams_of, task

MC = Readout(prediction="mc", samples=5)
SCALED = Readout(prediction="weight_scaled")
MODES = (EVALUATION, SCALED, MC)
CONFIG = NetworkConfig(
    **DESCENT | {"dropout": 0.3, "epochs": 5},
    optimizer="sgd",
    sizes=(5, 7, 6, 3),
    activation="relu",
    readouts=MODES,
    dropout_scaling="none",
)


def stacked(config, *rest):
    """Train in torch as a stack of one."""
    return loop.train(perceptron(config.sizes, config.activation), [Task(config, *rest)])[0]


TRAINERS = {"kernel": kernel.train, "stack": stacked}


def gap(one, other):
    """Return the largest difference between the readings of two fits, in outputs and in spread."""
    pairs = [
        (a.outputs[rows], b.outputs[rows]) for a, b in both(one, other) for rows in (EVALUATION.rows, TRAINING_ROWS)
    ]
    pairs += [(a.spread_NK, b.spread_NK) for a, b in both(one, other) if b.spread_NK is not None]
    return max(np.abs(a - b).max() for a, b in pairs)


def both(one, other):
    assert one.readings.keys() == other.readings.keys()
    return [(one.readings[readout], other.readings[readout]) for readout in one.readings]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("scaling", ["none", "inverted"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
def test_kernel_and_stack_read_every_mode_as_the_twin_does(loss, scaling, activation):
    config = replace(CONFIG, loss=loss, dropout_scaling=scaling, activation=activation)
    given = task(config, 1)[:6]
    expected = twin.train(*given)
    for train_one in TRAINERS.values():
        assert gap(train_one(*given), expected) < 1e-9
    means = [expected.readings[one].outputs[EVALUATION.rows] for one in MODES]
    assert min(np.abs(means[0] - means[1]).max(), np.abs(means[0] - means[2]).max()) > 1e-3


@pytest.mark.parametrize("train_one", TRAINERS.values(), ids=list(TRAINERS))
def test_a_rows_masks_depend_on_nothing_that_is_read_beside_it(train_one):
    one = task(replace(CONFIG, readouts=(MC, EVALUATION)), 1)
    many = np.concatenate([one.x_eval_ND, np.random.default_rng(0).standard_normal((1200, 5))])
    few, long = (train_one(*one._replace(x_eval_ND=x_ND)[:6]).readings for x_ND in (one.x_eval_ND, many))
    assert np.allclose(few[MC].outputs["evaluation"], long[MC].outputs["evaluation"][:30], rtol=0, atol=1e-12)
    assert len(np.unique(long[MC].spread_NK[:, 0])) == len(many), "each row has masks of its own"
    all_modes = train_one(*one._replace(config=CONFIG)[:6]).readings
    assert np.array_equal(few[MC].outputs["evaluation"], all_modes[MC].outputs["evaluation"])
    more = Readout(prediction="mc", samples=6)
    asked = train_one(*one._replace(config=replace(CONFIG, readouts=(more, EVALUATION)))[:6]).readings[more]
    first = 5 * softmax(few[MC].outputs["evaluation"])
    assert (softmax(asked.outputs["evaluation"]) * 6 - first).min() > -1e-9, "the first five masks are the same"


@pytest.mark.parametrize("train_one", TRAINERS.values(), ids=list(TRAINERS))
def test_without_dropout_every_mode_predicts_alike_and_has_no_spread(train_one):
    readings = train_one(*task(replace(CONFIG, dropout=0.0), 1)[:6]).readings
    expected = softmax(readings[EVALUATION].outputs["evaluation"])
    for readout in (SCALED, MC):
        assert np.allclose(softmax(readings[readout].outputs["evaluation"]), expected, rtol=1e-13)
    assert readings[MC].spread_NK.max() < 1e-30


def test_the_mean_over_masks_is_that_of_probabilities_and_its_spread_has_divisor_s_minus_1():
    outputs_SNK = 5 * np.random.default_rng(0).standard_normal((4, 6, 3))
    shares_SNK = softmax(outputs_SNK)
    log_NK, spread_NK = over_masks(iter(outputs_SNK), "cross_entropy")
    assert np.allclose(softmax(log_NK), shares_SNK.mean(axis=0), rtol=1e-13)
    assert np.allclose(spread_NK, shares_SNK.var(axis=0, ddof=1), rtol=1e-12)
    mean_NK, spread_NK = over_masks(iter(outputs_SNK), "squared_error")
    assert np.allclose(mean_NK, outputs_SNK.mean(axis=0)) and np.allclose(spread_NK, outputs_SNK.var(axis=0, ddof=1))
    certain = np.array([[[0.0, -2000.0]], [[0.0, -3000.0]]])
    assert np.allclose(over_masks(iter(certain), "cross_entropy")[0], [[0, -2000 - np.log(2)]]), (
        "logarithms stay finite"
    )


@pytest.mark.parametrize("train_one", TRAINERS.values(), ids=list(TRAINERS))
def test_a_member_that_diverges_is_nan_in_every_mode(train_one):
    readings = train_one(*task(replace(CONFIG, lr=1e200), 1)[:6]).readings
    assert all(one.diverged_epoch > 0 and np.isnan(one.outputs["evaluation"]).all() for one in readings.values())
    assert all(one.spread_NK is None for one in readings.values())


def test_masks_of_different_samples_layers_and_sets_of_rows_differ():
    streams, rows = streams_of(1), (0, 1, 2)
    masks = {
        (number, sample, layer): twin.masks_of_rows(CONFIG, streams, number, sample, layer, 7, 30).tobytes()
        for number in rows for sample in range(3) for layer in range(2)
    }  # fmt: skip
    assert len(set(masks.values())) == len(masks)


def convnets(*rates):
    """Return members with dropout in images and vectors at these rates, read in every mode."""
    data = SOURCES["digits"](view="images", n_train=40, n_eval=30)
    training = TRAININGS["sgd"](epochs=2, batch_size=16, evaluate_at=(1, 2), predict=tuple(PREDICT), mc_samples=3)
    models = [
        FAMILIES["convnet"](width=2, dropout=rate, dropout_at=("blocks", "head"), dropout_scaling="none")
        for rate in rates
    ]
    scheme = SCHEMES["bootstrap"]()
    return [Member(data, scheme, model, training, "cpu", 0, Draws.joint(number)) for number, model in enumerate(models)]


def test_modes_of_convolutional_networks_have_the_same_bits_alone_and_side_by_side():
    members = convnets(0.4, 0.2)
    for member, one in zip(members, train(members), strict=True):
        (alone,) = train([member])
        assert all(np.array_equal(alone.outputs[readout], one.outputs[readout]) for readout in member.asked.readouts)
        assert alone.outcome.others == one.outcome.others
        shares = {mode: softmax(one.outputs[readout].astype(float)) for mode, readout in by_mode(member).items()}
        others = [shares[mode] for mode in PREDICT if mode != "deterministic"]
        assert all(np.abs(other - shares["deterministic"]).max() > 1e-4 for other in others)
        assert one.outcome.others[by_mode(member)["mc"]].measures["mc_spread"] > 1e-5


def test_convolutional_networks_without_dropout_have_one_mode():
    (member,) = convnets(0.0)
    (one,) = train([member])
    plain, *others = (softmax(one.outputs[readout].astype(float)) for readout in by_mode(member).values())
    assert all(np.allclose(other, plain, atol=1e-6) for other in others)
    assert one.outcome.others[by_mode(member)["mc"]].measures["mc_spread"] == 0


def by_mode(member):
    """Return a member's readouts after its last epoch by mode."""
    return {one.prediction: one for one in member.asked.readouts if one.epoch is None}


def test_masks_in_prediction_leave_batch_norm_as_it_was():
    (member,) = convnets(0.4)
    stack = loop.Stack(layers_of(member), [task_of(member, inputs_of(member))], "cpu")
    stack.train_epoch(0)
    before = [array.detach().clone() for array in stack.parameters.arrays]
    stack.read(1, by_mode(member)["mc"])
    assert all(bool((one == other).all()) for one, other in zip(before, stack.parameters.arrays, strict=True))


def test_scaled_weights_of_the_last_layer_are_its_inputs_times_1_minus_p():
    layers = (Affine(5, 4), Dropout(), Affine(4, 3))
    one = task(replace(CONFIG, dropout=0.25, sizes=(), epochs=1), 1)
    stack = loop.Stack(layers, [one], "cpu")
    full, scaled = (stack.predict("evaluation", readout, 0) for readout in (EVALUATION, SCALED))
    bias = stack.parameters.arrays[-1].detach().numpy()
    assert np.allclose(scaled - bias, 0.75 * (full - bias), rtol=1e-12)
