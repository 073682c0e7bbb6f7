"""Laws of layers that hold layers: they count, draw and train as the same layers one after another would."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch

from biasvar.data import SOURCES
from biasvar.models.layers import Activation, Affine, Dropout, Layer, Run, Weight, run_layers, walk
from biasvar.models.network import Network
from biasvar.training.stack import draws, loop
from biasvar.training.stack.masks import Masks
from biasvar.training.training_config import TrainingConfig
from tests.training.test_stack import DESCENT, TOLERANCE, agree, streams_of, task


@dataclass(frozen=True)
class Residual(Layer):
    """y = x + g inner(x), with a gain g of each feature where ``features`` are told."""

    body: tuple[Layer, ...]
    features: int = 0

    @property
    def weights(self):
        return (Weight((self.features,), bound=0.5, start=1.0),) if self.features else ()

    @property
    def inner(self):
        return self.body

    def forward(self, values, weights, run):
        own = len(self.weights)
        inside = run_layers(self.body, values.clone(), weights[own:], run)
        return values + (weights[0][:, :, None] * inside if own else inside)


DEEP = Residual((Affine(6, 6), Activation("tanh"), Dropout()))
PLAIN = Residual((Activation("relu"), Affine(6, 6), Dropout(), DEEP))
LAYERS = (Affine(5, 6), Activation("tanh"), Dropout(), PLAIN, PLAIN, Affine(6, 3))
GAINS = (Affine(5, 6), Residual((Activation("tanh"), Affine(6, 6), Dropout()), features=6), Affine(6, 3))
FLAT = tuple(layer for layer in walk(LAYERS) if not layer.inner)
KEYS = [streams_of(m).initialisation for m in range(3)]


@dataclass(frozen=True)
class Toy(Network):
    """A network of some layers."""

    made_of: tuple[Layer, ...] = LAYERS

    def layers(self, data):
        return self.made_of

    def incompatibility(self, data):
        return ""


DATA = SOURCES["gaussian_classes"](dimension=5)


def test_parameters_products_and_values_are_counted_inside_blocks():
    toy, affine = Toy(), [(5, 6), *[(6, 6)] * 4, (6, 3)]
    assert toy.parameters(DATA) == sum((inputs + 1) * outputs for inputs, outputs in affine)
    assert Toy(made_of=GAINS).parameters(DATA) == 36 + 6 + 42 + 21
    assert toy.products(DATA) == sum(inputs * outputs for inputs, outputs in affine)
    assert toy.values(DATA) == Toy(made_of=FLAT).values(DATA) + 4 * 6, "a block's sum is one more array"


def test_initial_values_are_those_of_the_same_layers_one_after_another():
    nested, flat = draws.initial_values(LAYERS, KEYS), draws.initial_values(FLAT, KEYS)
    assert [weight for weight, _ in nested] == [weight for weight, _ in flat]
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(nested, flat, strict=True))
    matrices = [array for weight, array in nested if weight.shape == (6, 6)]
    assert len({array.tobytes() for array in matrices}) == 4, "a block that is there twice draws twice"
    shapes = [weight.shape for weight, _ in draws.initial_values(GAINS, KEYS)]
    assert shapes == [(6, 5), (6,), (6,), (6, 6), (6,), (3, 6), (3,)], "a block's own come before those inside it"


def test_dropout_masks_are_those_of_the_same_layers_one_after_another():
    config = TrainingConfig(**DESCENT | {"dropout": 0.4}, optimizer="sgd")
    nested, flat = (
        Masks(one, [config] * 3, list(map(streams_of, range(3))), "cpu").in_training for one in (LAYERS, FLAT)
    )
    drawn = []

    def mask(step, place, features, rows):
        drawn.append((step, place, nested(step, place, features, rows)))
        return drawn[-1][2]

    arrays = [torch.as_tensor(array) for _, array in draws.initial_values(LAYERS, KEYS)]
    for step in range(2):
        run_layers(LAYERS, torch.ones(3, 5, 4, dtype=torch.float64), arrays, Run(3, True, partial(mask, step)))
    assert [(step, place) for step, place, _ in drawn] == [(step, place) for step in range(2) for place in range(5)]
    assert all(torch.equal(found, flat(step, place, 6, 4)) for step, place, found in drawn)
    assert len({found.numpy().tobytes() for *_, found in drawn}) == 10


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("layers", [LAYERS, GAINS], ids=["nested", "gains"])
def test_a_stack_of_blocks_is_its_members_one_by_one(layers, optimizer):
    config = TrainingConfig(**DESCENT | {"dropout": 0.2, "epochs": 10}, optimizer=optimizer)
    tasks = [task(replace(config, lr=config.lr * (1 + m / 3), dropout=0.2 * (m != 1)), m) for m in range(3)]
    together = loop.train(layers, tasks)
    for one, stacked in zip(tasks, together, strict=True):
        assert agree(stacked, *loop.train(layers, [one]), TOLERANCE[optimizer])
    assert not agree(together[0], together[1], 1e-3)


def test_a_block_is_the_sum_that_it_says():
    arrays = [torch.as_tensor(array) for _, array in draws.initial_values(GAINS, KEYS)]
    x = torch.randn((3, 5, 4), dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    w1, b1, gain, w2, b2, w3, b3 = (array if array.ndim == 3 else array[..., None] for array in arrays)
    hidden = w1 @ x + b1
    expected = w3 @ (hidden + gain * (w2 @ torch.tanh(hidden) + b2)) + b3
    assert torch.allclose(run_layers(GAINS, x, arrays, Run(3, False)), expected, rtol=0, atol=1e-12)
