"""Laws of layers: they are torch's own modules, shapes and counts are told without torch, and members never meet."""

from functools import partial
from itertools import chain

import numpy as np
import pytest
import torch
from torch import nn

from biasvar.data import SOURCES
from biasvar.models import FAMILIES
from biasvar.models import layers as family
from biasvar.models.layers import Run, walk
from biasvar.models.normalisation import NORMS, groups_of
from biasvar.settings import build, identity_of

M, B = 3, 5
LAYERS = {
    "affine": (family.Affine(4, 6), (4,)),
    "affine without bias": (family.Affine(4, 6, bias=False), (4,)),
    "relu": (family.Activation("relu"), (4,)),
    "tanh": (family.Activation("tanh"), (4,)),
    "dropout": (family.Dropout(), (4,)),
    "convolution": (family.Convolution(3, 5), (3, 8, 8)),
    "convolution of stride 2": (family.Convolution(3, 5, stride=2, bias=False), (3, 7, 8)),
    "projection": (family.Convolution(3, 5, side=1, stride=2, bias=False), (3, 7, 8)),
    "batch norm": (family.BatchNorm(3), (3, 8, 8)),
    "batch norm of vectors": (family.BatchNorm(4), (4,)),
    "batch norm without scale": (family.BatchNorm(3, affine=False), (3, 8, 8)),
    "batch norm of vectors without scale": (family.BatchNorm(4, affine=False), (4,)),
    "layer norm": (family.GroupNorm(3), (3, 8, 8)),
    "layer norm of vectors": (family.GroupNorm(4), (4,)),
    "group norm": (family.GroupNorm(6, 3), (6, 8, 8)),
    "group norm of vectors": (family.GroupNorm(4, 2), (4,)),
    "average pool": (family.AveragePool(), (3, 2, 2)),
    "residual": (family.Residual((family.Activation("relu"),), (family.Convolution(3, 3),)), (3, 8, 8)),
    "residual with projection": (
        family.Residual(
            (family.BatchNorm(3), family.Activation("relu")),
            (family.Convolution(3, 5, stride=2), family.BatchNorm(5), family.Convolution(5, 5)),
            (family.Convolution(3, 5, side=1, stride=2, bias=False),),
        ),
        (3, 7, 8),
    ),
    "max pool": (family.MaxPool(2), (3, 8, 8)),
    "flatten": (family.Flatten(), (3, 2, 2)),
}


def drawn(layer, shape, seed=0):
    """Return values of M members and weights, as a layer takes them, in float64."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn((M, B, *shape), generator=generator, dtype=torch.float64)
    weights = [
        torch.rand((M, *weight.shape), generator=generator, dtype=torch.float64) + 0.5
        for one in family.walk([layer])
        for weight in one.weights
    ]
    return values, weights


def side_by_side(values):
    """Return [M, B, *shape] as layers take it."""
    return values.transpose(1, 2) if values.ndim == 3 else values.transpose(0, 1).flatten(1, 2)


def one_by_one(values, rows):
    """Return a layer's values as [M, B, *shape] again."""
    return (
        values.transpose(1, 2) if values.ndim == 3 else values.reshape(rows, M, -1, *values.shape[2:]).transpose(0, 1)
    )


@pytest.mark.parametrize(("layer", "shape"), LAYERS.values(), ids=LAYERS)
def test_members_side_by_side_have_the_values_that_each_has_alone_and_the_shape_that_is_told(layer, shape):
    values, weights = drawn(layer, shape)
    together = one_by_one(layer.forward(side_by_side(values).clone(), [w.clone() for w in weights], Run(M, True)), B)
    assert together.shape == (M, B, *layer.after(shape))
    for m in range(M):
        own = [w[m : m + 1].clone() for w in weights]
        alone = layer.forward(side_by_side(values[m : m + 1]).clone(), own, Run(1, True))
        alone = alone.transpose(1, 2) if alone.ndim == 3 else alone[None]
        assert torch.allclose(alone[0], together[m], rtol=0, atol=1e-12)


MODULES = {
    "affine": lambda w: nn.Linear(4, 6),
    "convolution": lambda w: nn.Conv2d(3, 5, 3, padding=1),
    "convolution of stride 2": lambda w: nn.Conv2d(3, 5, 3, stride=2, padding=1, bias=False),
    "projection": lambda w: nn.Conv2d(3, 5, 1, stride=2, bias=False),
    "batch norm": lambda w: nn.BatchNorm2d(3),
    "batch norm of vectors": lambda w: nn.BatchNorm1d(4),
    "batch norm without scale": lambda w: nn.BatchNorm2d(3, affine=False),
    "batch norm of vectors without scale": lambda w: nn.BatchNorm1d(4, affine=False),
    "layer norm": lambda w: nn.GroupNorm(1, 3),
    "layer norm of vectors": lambda w: nn.LayerNorm(4),
    "group norm": lambda w: nn.GroupNorm(3, 6),
    "group norm of vectors": lambda w: nn.GroupNorm(2, 4),
    "average pool": lambda w: nn.AdaptiveAvgPool2d(1),
    "max pool": lambda w: nn.MaxPool2d(2),
    "relu": lambda w: nn.ReLU(),
    "tanh": lambda w: nn.Tanh(),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", MODULES)
def test_a_layer_is_torchs_module_forward_and_backward(name, training):
    layer, shape = LAYERS[name]
    values, weights = drawn(layer, shape)
    values, weights = values[:1], [w[:1].clone() for w in weights]
    module = MODULES[name](weights).double().train(training)
    with torch.no_grad():
        theirs = [*module.parameters(), *(b for b in module.buffers() if b.ndim)]
        for mine, other in zip(weights, theirs, strict=True):
            other.copy_(mine[0].permute(0, 3, 1, 2) if mine.ndim == 5 else mine[0])
    learnt = [w.requires_grad_() for w, one in zip(weights, layer.weights, strict=True) if one.learnt]
    out, expected = layer.forward(side_by_side(values).clone(), weights, Run(1, training)), module(values[0])
    out = out[0].T if out.ndim == 3 else out
    assert torch.allclose(out, expected, rtol=0, atol=1e-12)
    if learnt:
        pull = torch.randn_like(expected)
        (out * pull).sum().backward()
        (expected * pull).sum().backward()
        for mine, other in zip(learnt, module.parameters(), strict=True):
            gradient = mine.grad[0].permute(0, 3, 1, 2) if mine.ndim == 5 else mine.grad[0]
            assert torch.allclose(gradient, other.grad, rtol=0, atol=1e-10)
    running = [w for w, one in zip(weights, layer.weights, strict=True) if not one.learnt]
    for mine, other in zip(running, [b for b in module.buffers() if b.ndim], strict=True):
        assert torch.allclose(mine[0], other), "running means and variances move alike"


def test_layer_norm_of_images_is_that_over_channels_and_pixels():
    values, weights = drawn(family.GroupNorm(3), (3, 8, 8))
    found = one_by_one(family.GroupNorm(3).forward(side_by_side(values), weights, Run(M, True)), B)
    for m in range(M):
        scale, shift = (weight[m].view(3, 1, 1).expand(3, 8, 8) for weight in weights)
        assert torch.allclose(found[m], nn.functional.layer_norm(values[m], (3, 8, 8), scale, shift), atol=1e-12)


def test_groups_of_group_norm_are_equal_and_of_at_least_four_channels():
    groups = {1: 1, 3: 1, 4: 1, 6: 1, 8: 2, 12: 2, 16: 4, 24: 4, 32: 8, 48: 8, 64: 8, 66: 2, 67: 1}
    assert {channels: groups_of(channels) for channels in groups} == groups


@pytest.mark.parametrize("norm", NORMS)
def test_a_norm_stands_before_or_after_the_nonlinearity_of_each_layer(norm):
    own = {"none": [], "batch": ["BatchNorm"], "batch_noaffine": ["BatchNorm"]}.get(norm, ["GroupNorm"])
    for order in ("before", "after"):
        pair = [*own, "Activation"] if order == "before" else ["Activation", *own]
        mlp = FAMILIES["mlp"](depth=2, norm=norm, norm_order=order).layers(SOURCES["gaussian_classes"]())
        assert kinds(mlp) == ["Affine", *pair, "Dropout"] * 2 + ["Affine"]
        net = FAMILIES["convnet"](norm=norm, norm_order=order).layers(SOURCES["digits"](view="images"))
        blocks = ["Convolution", *pair] * 4
        assert [kind for kind in kinds(net) if "Pool" not in kind] == [*blocks, "Dropout", "Flatten", "Affine"]
    assert FAMILIES["mlp"](norm=norm).compiled == (norm == "none")


def kinds(layers):
    return [type(layer).__name__ for layer in layers]


def test_relu_and_norm_after_it_are_pooled_in_the_order_that_is_said():
    one = FAMILIES["convnet"](norm_order="after").layers(SOURCES["cifar10"](view="images"))[4:8]
    assert kinds(one) == ["Activation", "BatchNorm", "MaxPool", "Convolution"]


def test_widths_of_the_convnet_are_multiples_of_a_quarter_and_halves_are_rounded_up():
    convnet = FAMILIES["convnet"]
    channels = {0.25: (1, 1, 1, 2), 0.5: (1, 1, 2, 4), 0.75: (1, 2, 3, 6), 1: (1, 2, 4, 8), 1.25: (1, 3, 5, 10),
                1.5: (2, 3, 6, 12), 1.75: (2, 4, 7, 14), 2.25: (2, 5, 9, 18), 2.5: (3, 5, 10, 20)}  # fmt: skip
    assert {width: convnet(width=width).channels for width in channels} == channels
    parameters = [convnet(width=width / 4).parameters(SOURCES["digits"](view="images")) for width in range(1, 40)]
    assert parameters == sorted(set(parameters)), "each quarter adds parameters"
    assert [convnet(width=width).group for width in (1, 1.25, 2, 2.5, 3, 4, 4.25)] == [8, 8, 4, 8, 8, 4, 1]


def test_a_whole_width_is_a_whole_number_however_it_is_written():
    built = [build(FAMILIES["convnet"], {"width": width}, "model", []) for width in (8, 8.0)]
    assert [repr(one.width) for one in built] == ["8", "8"]
    assert identity_of(FAMILIES["convnet"](width=8.0)) == identity_of(built[0]) and built[0].width == 8
    problems = []
    assert build(FAMILIES["convnet"], {"width": 1.1}, "model", problems) is None
    assert problems[0].needs == "a number of at least 0.25 and a multiple of 0.25"


def test_the_convnet_is_that_of_nakkiran_et_al():
    data = SOURCES["cifar10"](view="images")
    k = 4
    model = FAMILIES["convnet"](width=k)
    steps = [(3, k, 1), (k, 2 * k, 2), (2 * k, 4 * k, 2), (4 * k, 8 * k, 8)]
    modules = [[nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(), nn.MaxPool2d(p)] for i, o, p in steps]
    net = nn.Sequential(*chain(*modules), nn.Flatten(), nn.Linear(8 * k, 10))
    assert model.parameters(data) == sum(p.numel() for p in net.parameters())
    shapes = [after for layer, after in model.shapes(data) if isinstance(layer, family.Convolution)]
    assert shapes == [(4, 32, 32), (8, 32, 32), (16, 16, 16), (32, 8, 8)]
    # Two operations a product of the forward pass; see torch.utils.flop_counter.
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counted, torch.no_grad():
        net.eval()(torch.zeros(1, 3, 32, 32))
    assert 2 * model.products(data) == counted.get_total_flops()


DROPPED = {
    "mlp": {"input": ["Dropout", "Affine"], "hidden": ["Activation", "Dropout", "Affine"]},
    "convnet": {
        "input": ["Dropout", "Convolution"],
        "blocks": ["Activation", "Dropout", "Convolution"],
        "head": ["Activation", "Dropout", "Flatten"],
    },
    "resnet": {
        "input": ["Dropout", "Convolution"],
        "blocks": ["Activation", "Dropout", "Convolution"],
        "head": ["Flatten", "Dropout", "Affine"],
    },
}
NUMBERS = {"mlp": {"hidden": 2}, "convnet": {"blocks": 3}, "resnet": {"blocks": 8}}


@pytest.mark.parametrize(("family", "place"), [(family, place) for family in DROPPED for place in DROPPED[family]])
def test_dropout_stands_at_the_places_that_are_named_and_only_there(family, place):
    data = SOURCES["gaussian_classes"]() if family == "mlp" else SOURCES["digits"](view="images")
    depth = {"depth": 2} if family == "mlp" else {}
    found = kinds(walk(FAMILIES[family](dropout_at=(place,), **depth).layers(data)))
    assert found.count("Dropout") == NUMBERS[family].get(place, 1)
    around = DROPPED[family][place]
    for number in [number for number, kind in enumerate(found) if kind == "Dropout"]:
        start = number - around.index("Dropout")
        assert found[start : start + len(around)] == around
    every = FAMILIES[family](dropout_at=tuple(DROPPED[family]), **depth).layers(data)
    assert kinds(walk(every)).count("Dropout") == sum(NUMBERS[family].get(place, 1) for place in DROPPED[family])


def test_dropout_zeroes_each_value_of_an_image_by_itself_at_each_members_rate():
    rates = torch.tensor([0.0, 0.5, 0.75])[:, None, None]
    draw = partial(torch.rand, generator=torch.Generator().manual_seed(0))
    masks = []

    def mask(place, features, rows):
        masks.append((draw(M, features, rows) >= rates) / (1 - rates))
        return masks[-1]

    images = torch.ones(B, M * 4, 6, 6).contiguous(memory_format=torch.channels_last)
    values = family.Dropout().forward(images, [], Run(M, True, mask)).unflatten(1, (M, 4))
    assert values.flatten(1, 2).is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(values.permute(1, 3, 4, 2, 0).reshape(M, -1, B), masks[0]), "channels within pixels, then rows"
    for m, rate in enumerate((0.0, 0.5, 0.75)):
        kept = (values[:, m] > 0).float()
        assert abs(kept.mean() - (1 - rate)) < 0.1 and torch.allclose(values[:, m], kept / (1 - rate))
        assert rate == 0 or kept.mean((2, 3)).std() < 0.2, "no channel is zeroed as a whole"


def test_the_convnet_takes_square_images_and_says_so():
    model = FAMILIES["convnet"]()
    assert not model.incompatibility(SOURCES["digits"](view="images"))
    assert "data.view=images" in model.incompatibility(SOURCES["digits"]())
    assert "data.view=images" in FAMILIES["mlp"]().incompatibility(SOURCES["cifar10"](view="images"))


def test_a_perceptron_has_no_activation_after_its_last_layer():
    layers = FAMILIES["mlp"](width=7, depth=2).layers(SOURCES["gaussian_classes"]())
    assert kinds(layers) == ["Affine", "Activation", "Dropout"] * 2 + ["Affine"]
    assert np.prod([w.size for w in layers[-1].weights]) == 7 * 3 * 3
