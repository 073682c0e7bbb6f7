"""Laws of the torch trainer: a stack is its members one by one, as torch's own modules and optimisers train them."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, pairwise
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from biasvar import seeds
from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.models.layers import Activation, Affine, Dropout, Run, run_layers
from biasvar.models.normalisation import NORMS, groups_of
from biasvar.settings import SettingsError
from biasvar.training import TRAININGS
from biasvar.training.device import set_precision
from biasvar.training.kernel import mlp as kernel
from biasvar.training.member import Draws, Member
from biasvar.training.stack import draws, loop
from biasvar.training.stack.masks import Masks
from biasvar.training.stack.parameters import Parameters
from biasvar.training.stack.trainer import filled_up
from biasvar.training.streams import dropout_threshold
from biasvar.training.train import train
from biasvar.training.trainers import TRAINERS
from biasvar.training.training_config import NetworkConfig, Streams, Task, TrainingConfig
from tests.training import twin

ROWS = 45  # with batches of 10 the last one of an epoch has five rows
FAR_TOO_FAST = {"float32": 1e30, "bfloat16": 1e30, "float64": 1e200}
TOLERANCE = {"sgd": 1e-9, "adam": 1e-7, "adamw": 1e-7}
OPTIMIZERS = ["adam", "adamw", pytest.param("sgd", marks=[pytest.mark.slow, pytest.mark.ci])]
DESCENT = {
    "loss": "cross_entropy",
    "dropout": 0.0,
    "lr": 0.03,
    "momentum": 0.9,
    "weight_decay": 0.01,
    "epochs": 40,
    "batch_size": 10,
    "schedule": "cosine",
    "dtype": "float64",
}
VARIANTS = {
    "linear": {"sizes": (5, 3)},
    "one layer, inverse_sqrt": {"schedule": "inverse_sqrt"},
    "squared error, dropout": {"loss": "squared_error", "dropout": 0.3},
    "decay on biases": {"decay": "all"},
    "two tanh layers, dropout, no bias": {"sizes": (5, 6, 9, 3), "dropout": 0.2, "activation": "tanh", "bias": False},
}


def perceptron(sizes, activation, bias=True):
    """Return affine layers between sizes, each but the last followed by a nonlinearity and dropout."""
    hidden = [[Affine(i, o, bias), Activation(activation), Dropout()] for i, o in pairwise(sizes[:-1])]
    return (*chain(*hidden), Affine(*sizes[-2:], bias))


def streams_of(member):
    return Streams(
        *(seeds.key(7, role, member) for role in ("initialisation", "batch_order", "dropout", "augmentation"))
    )


def task(config, member, shape=(5,), rows=ROWS):
    """Return a member's task on a bootstrap sample of its own, in which rows are missing."""
    generator = np.random.default_rng(member)
    counts = generator.multinomial(rows, np.full(rows, 1 / rows))
    x, x_eval = generator.standard_normal((rows, *shape)), generator.standard_normal((30, *shape))
    y = np.eye(3)[generator.integers(0, 3, rows)]
    return Task(config, streams_of(member), x[counts > 0], y[counts > 0], counts[counts > 0], x_eval)


def agree(one, other, tolerance):
    pairs = [(one.eval_NK, other.eval_NK), (one.train_nK, other.train_nK)]
    return all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=tolerance) for a, b in pairs)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_stack_is_its_members_one_by_one_each_with_rates_of_its_own_after_200_steps(variant, optimizer):
    config = NetworkConfig(
        **(DESCENT | {"sizes": (5, 7, 3), "activation": "relu", "bias": True} | VARIANTS[variant]), optimizer=optimizer
    )
    tasks = []
    for m in range(4):
        own = {"lr": config.lr * (1 + m / 3), "weight_decay": 0.02 * m, "momentum": 0.3 * m}
        tasks.append(task(dataclasses.replace(config, **own, dropout=config.dropout * (m != 1)), m))
    together = loop.train(perceptron(config.sizes, config.activation, config.bias), tasks)
    for one, stacked in zip(tasks, together, strict=True):
        assert agree(stacked, twin.train(*one[:6]), TOLERANCE[optimizer])
        assert agree(stacked, kernel.train(*one), TOLERANCE[optimizer])
    assert not agree(together[0], together[1], 1e-3)


def normed(model, channels, rank):
    """Return the norm and ReLU of some channels of images (rank 2) or vectors (1), as torch's own modules."""
    batch = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d}[rank]
    norms = {
        "none": lambda: [],
        "batch": lambda: [batch(channels)],
        "batch_noaffine": lambda: [batch(channels, affine=False)],
        "layer": lambda: [nn.LayerNorm(channels) if rank == 1 else nn.GroupNorm(1, channels)],
        "group": lambda: [nn.GroupNorm(groups_of(channels), channels)],
    }
    found = [*norms[model.norm](), nn.ReLU()]
    return found if model.norm_order == "before" else found[::-1]


def convnet_of(model, data):
    """Return a convnet as torch's own modules."""
    widths = [data.shape[0], *(model.width * 2**i for i in range(4))]
    pools = [1, 2, 2, data.shape[1] // 4]
    blocks = [
        [nn.Conv2d(i, o, 3, padding=1), *normed(model, o, 2), nn.MaxPool2d(pool)]
        for i, o, pool in zip(widths[:-1], widths[1:], pools, strict=True)
    ]
    return nn.Sequential(*chain(*blocks), nn.Flatten(), nn.Linear(widths[-1], data.outputs))


def mlp_of(model, data):
    """Return a perceptron as torch's own modules."""
    sizes = [data.shape[0], *[model.width] * model.depth]
    hidden = [[nn.Linear(i, o), *normed(model, o, 1)] for i, o in pairwise(sizes)]
    return nn.Sequential(*chain(*hidden), nn.Linear(sizes[-1], data.outputs))


class Block(nn.Module):
    """A pre-activation residual block, as in kuangliu's pytorch-cifar."""

    def __init__(self, model, inputs, outputs, stride):
        super().__init__()
        self.before = nn.Sequential(*normed(model, inputs, 2))
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            *normed(model, outputs, 2),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
        )
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        out = self.before(x)
        return self.body(out) + (self.shortcut(out) if self.shortcut else x)


def resnet_of(model, data):
    """Return a pre-activation ResNet-18 as torch's own modules."""
    k, ends = model.width, (1, 2, 4, 8)
    stages = [
        [Block(model, inputs * k, outputs * k, stride), Block(model, outputs * k, outputs * k, 1)]
        for inputs, outputs, stride in zip((1, *ends), ends, (1, 2, 2, 2), strict=False)
    ]
    end = [*normed(model, 8 * k, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8 * k, data.outputs)]
    return nn.Sequential(nn.Conv2d(data.shape[0], k, 3, 1, 1, bias=False), *chain(*stages), *end)


def with_initial_weights(module, model, data, key):
    """Return a module in float64 with the initial weights that the streams give the model."""
    initial = [
        torch.as_tensor(array[0]) for weight, array in draws.initial_values(model.layers(data), [key]) if weight.learnt
    ]
    with torch.no_grad():
        for parameter, values in zip(module.double().parameters(), initial, strict=True):
            parameter.copy_(values.permute(0, 3, 1, 2) if values.ndim == 4 else values)
    return module


def train_module(module, one, optimizer):
    """Train as everyone does, and return the outputs on the evaluation points."""
    x, y, x_eval = (torch.as_tensor(values) for values in (one.x_nD, one.y_nK, one.x_eval_ND))
    config, order = one.config, np.repeat(np.arange(len(x)), one.counts_n)
    weights = [p for p in module.parameters() if p.ndim > 1]
    others = [p for p in module.parameters() if p.ndim == 1]
    of_others = config.weight_decay if config.decay == "all" else 0.0
    groups = [{"params": weights, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": of_others}]
    if optimizer != "sgd":
        descent = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[optimizer](groups, lr=config.lr)
    else:
        descent = torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)
    for epoch in range(config.epochs):
        twin.shuffle(order, one.streams.batch_order, epoch)
        for start in range(0, len(order), config.batch_size):
            rows = order[start : start + config.batch_size]
            descent.zero_grad()
            nn.functional.cross_entropy(module.train()(x[rows]), y[rows]).backward()
            descent.step()
    with torch.no_grad():
        return module.eval()(x_eval).numpy()


def require_modules(model, data, module_of, **changes):
    """Check that a stack of two members trains as torch's modules do, and that they have as many parameters."""
    config = TrainingConfig(**DESCENT | {"schedule": "constant", "lr": 0.01, "optimizer": "sgd"} | changes)
    tasks = [task(config, m, data.shape) for m in range(2)]
    tasks = [one._replace(y_nK=np.pad(one.y_nK, ((0, 0), (0, data.outputs - 3)))) for one in tasks]
    together = loop.train(model.layers(data), tasks)
    assert model.parameters(data) == sum(one.numel() for one in module_of(model, data).parameters())
    for one, stacked in zip(tasks, together, strict=True):
        module = with_initial_weights(module_of(model, data), model, data, one.streams.initialisation)
        expected = train_module(module, one, config.optimizer)
        assert np.allclose(stacked.eval_NK, expected, rtol=0, atol=TOLERANCE[config.optimizer])


DIGITS, CLASSES = SOURCES["digits"](view="images"), SOURCES["gaussian_classes"](dimension=5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_stack_of_convnets_is_torchs_modules_one_by_one_after_200_steps(optimizer):
    require_modules(FAMILIES["convnet"](width=2), DIGITS, convnet_of, optimizer=optimizer)


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("norm", NORMS)
def test_a_stack_with_any_norm_is_torchs_modules_one_by_one(norm, order):
    own = {"norm": norm, "norm_order": order}
    require_modules(FAMILIES["convnet"](width=2, **own), DIGITS, convnet_of, epochs=4)
    require_modules(FAMILIES["mlp"](width=8, depth=2, **own), CLASSES, mlp_of, epochs=10)


def test_a_stack_of_resnets_is_a_plain_torch_preactivation_resnet():
    require_modules(FAMILIES["resnet"](width=2), DIGITS, resnet_of, epochs=2)


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("norm", NORMS)
def test_a_resnet_with_any_norm_has_the_outputs_and_gradients_of_a_plain_torch_one(norm, order):
    # One step, not many: after a ReLU, a norm may divide by almost 0, so that rounding grows in training.
    model, keys = (
        FAMILIES["resnet"](width=2, norm=norm, norm_order=order),
        [streams_of(m).initialisation for m in (0, 1)],
    )
    parameters = Parameters(model.layers(DIGITS), keys, torch.float64, "cpu", "default")
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x_MB, pull_MKB = draw(2, 10, *DIGITS.shape), draw(2, DIGITS.outputs, 10)
    outputs_MKB = run_layers(model.layers(DIGITS), x_MB.transpose(0, 1).flatten(1, 2), parameters.arrays, Run(2, True))
    outputs_MKB.backward(pull_MKB)
    gradients = [array.grad for array in parameters.arrays if array.requires_grad]
    for m, key in enumerate(keys):
        module = with_initial_weights(resnet_of(model, DIGITS), model, DIGITS, key).train()
        outputs_BK = module(x_MB[m])
        outputs_BK.backward(pull_MKB[m].T)
        assert torch.allclose(outputs_MKB[m].T, outputs_BK, rtol=0, atol=1e-10)
        for gradient, parameter in zip(gradients, module.parameters(), strict=True):
            own = gradient[m].permute(0, 3, 1, 2) if gradient.ndim == 5 else gradient[m]
            assert torch.allclose(own, parameter.grad, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("kind", ["convnet", "resnet"])
def test_members_of_a_stack_of_images_have_a_dropout_rate_each(kind):
    layers = FAMILIES[kind](width=2, dropout_at=("input", "blocks", "head")).layers(DIGITS)
    config = TrainingConfig(**DESCENT | {"epochs": 1, "lr": 0.001}, optimizer="sgd")
    tasks = [task(dataclasses.replace(config, dropout=rate), m, DIGITS.shape) for m, rate in enumerate((0.0, 0.3, 0.7))]
    tasks = [one._replace(y_nK=np.pad(one.y_nK, ((0, 0), (0, 7)))) for one in tasks]
    for one, stacked in zip(tasks, loop.train(layers, tasks), strict=True):
        assert agree(stacked, *loop.train(layers, [one]), 1e-9)
    without = loop.train(FAMILIES[kind](width=2).layers(DIGITS), tasks[:1])
    assert agree(*without, *loop.train(layers, tasks[:1]), 0), "at p = 0 the places change nothing"


def test_the_resnet_of_width_64_has_the_parameters_of_resnet_18_and_a_last_norm():
    model, data = FAMILIES["resnet"](width=64), SOURCES["cifar10"](view="images")
    module = resnet_of(model, data)
    without_last_norm = 11_171_146  # kuangliu's PreActResNet18
    assert model.parameters(data) == sum(one.numel() for one in module.parameters()) == without_last_norm + 2 * 512
    with FlopCounterMode(display=False) as counted, torch.no_grad():
        module.eval()(torch.zeros(1, 3, 32, 32))
    assert 2 * model.products(data) == counted.get_total_flops()


def test_weight_decay_is_on_biases_and_norms_only_if_all_is_asked_for():
    many = {"decay": "all", "weight_decay": 0.5, "epochs": 4}
    require_modules(FAMILIES["convnet"](width=2), DIGITS, convnet_of, **many)


AFTER = MappingProxyType({"norm_order": "after"})  # a convnet that torch trains in any number format


def members_of(width, count, kind="convnet", model=AFTER, **training):
    view = "flat" if kind == "mlp" else "images"
    data = SOURCES["digits"](view=view, n_train=40, n_eval=30, label_noise=0.2)
    parts = SCHEMES["bootstrap"](), FAMILIES[kind](width=width, **model)
    way = TRAININGS["sgd"](**({"epochs": 3, "batch_size": 16} | training))
    return [Member(data, *parts, way, "cpu", 0, Draws.joint(replicate)) for replicate in range(count)]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("width", [1, *(pytest.param(width, marks=pytest.mark.slow) for width in (3, 6))])
def test_a_convnets_bits_are_the_same_alone_and_in_jobs_of_3_and_24_first_and_last_on_one_thread_and_two(width, dtype):
    require_same_bits(members_of(width, 24, dtype=dtype))


DEEP = {  # every layer, norm and order, at widths whose members stand side by side
    "quarters": (1.25, "convnet", {"norm": "batch", "norm_order": "after"}),
    "no norm": (0.75, "convnet", {"norm": "none", "dropout": 0.3, "dropout_at": ("input", "blocks", "head")}),
    "layer": (3, "convnet", {"norm": "layer"}),
    "group": (2, "convnet", {"norm": "group", "norm_order": "after"}),
    "resnet": (1, "resnet", {"dropout": 0.3, "dropout_at": ("input", "blocks", "head")}),
    "resnet, layer": (3, "resnet", {"norm": "layer"}),
    "resnet, group": (2, "resnet", {"norm": "group", "norm_order": "after"}),
    "resnet, no scale": (2, "resnet", {"norm": "batch_noaffine", "norm_order": "after"}),
    "one resnet": (5, "resnet", {}),
    "mlp": (6, "mlp", {"norm": "group", "depth": 2, "dropout": 0.3, "dropout_at": ("input", "hidden")}),
}


@pytest.mark.parametrize(
    "name",
    [
        "mlp",
        pytest.param("resnet", marks=[pytest.mark.slow, pytest.mark.ci]),
        *(pytest.param(name, marks=pytest.mark.slow) for name in DEEP if name not in ("mlp", "resnet")),
    ],
)
def test_bits_of_deep_networks_are_the_same_in_any_company(name):
    width, kind, model = DEEP[name]
    require_same_bits(members_of(width, 10, kind, model, epochs=2))


def require_same_bits(members):
    """Check that members have the same bits alone, in jobs, first and last, on one thread and two."""
    expected = {one.member.id: one.outputs_NK for one in train(members)}
    jobs = [members[:1], members[-1:], members[4:7], members[6:3:-1], members[::-1]]
    with ThreadPoolExecutor(2) as pool:
        for trained in [*map(train, jobs), *pool.map(train, jobs)]:
            for one in trained:
                assert np.isfinite(one.outputs_NK).all()
                assert np.array_equal(one.outputs_NK, expected[one.member.id])


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("width", [1, *(pytest.param(width, marks=pytest.mark.slow) for width in (3, 4, 6))])
def test_a_diverging_member_is_seen_and_costs_no_other_whatever_stands_beside_it(width, dtype):
    members = members_of(width, 4, dtype=dtype)
    bad = [dataclasses.replace(m, training=dataclasses.replace(m.training, lr=FAR_TOO_FAST[dtype])) for m in members]
    trained = {one.member.id: one for one in train([*members, *bad])}
    alone = {one.member.id: one for member in members for one in train([member])}
    for member, diverging in zip(members, bad, strict=True):
        assert trained[diverging.id].outcome.diverged_epoch > 0 and np.isnan(trained[diverging.id].outputs_NK).all()
        assert (
            not np.isfinite(float(trained[diverging.id].outcome.diverged_loss))
            and trained[member.id].outcome.diverged_loss == ""
        )
        assert trained[member.id].outcome.diverged_epoch == alone[member.id].outcome.diverged_epoch == 0
        assert np.array_equal(trained[member.id].outputs_NK, alone[member.id].outputs_NK)


def test_a_diverging_member_without_neighbours_is_trained_once(monkeypatch):
    calls, train_stack = [], loop.train
    monkeypatch.setattr(loop, "train", lambda *all_of_it: calls.append(1) or train_stack(*all_of_it))
    (member,) = members_of(6, 1, lr=1e30)
    assert train([member])[0].outcome.diverged_epoch > 0 and calls == [1]


def test_bfloat16_keeps_weights_in_float32(monkeypatch):
    kept = []
    monkeypatch.setattr(loop, "Parameters", lambda *given: kept.append(Parameters(*given)) or kept[-1])
    train(members_of(6, 1, dtype="bfloat16"))
    weights = kept[0].values
    assert weights.dtype == torch.float32 and not torch.equal(weights, weights.bfloat16().float())


def test_bfloat16_changes_outputs_a_little():
    # Few and small steps: with larger ones a member's rounding grows, how far depends on the machine.
    trained = [train(members_of(6, 12, model={}, dtype=dtype, lr=0.001)) for dtype in ("float32", "bfloat16")]
    full, half = (np.stack([one.outputs_NK for one in each]) for each in trained)
    assert half.dtype == np.float32 and not np.array_equal(full, half)
    assert np.sqrt(np.mean((full - half) ** 2)) < 0.03 * np.std(full)


def test_a_stack_draws_the_streams_masks():
    configs = [NetworkConfig(**DESCENT, sizes=(5, 7, 3), activation="relu", bias=True, optimizer="sgd")] * 3
    configs = [dataclasses.replace(one, dropout=rate) for one, rate in zip(configs, (0.0, 0.3, 0.999), strict=True)]
    streams = [streams_of(m) for m in range(3)]
    layers = perceptron((5, 7, 6, 3), "relu")
    mask = Masks(layers, configs, streams, "cpu").of_step(11)(1, 6, 9)
    for drawn, config, one in zip(mask, configs, streams, strict=True):
        expected = twin.draw_kept(one.dropout, 11 * 2 + 1, 6, 9, config.dropout).T
        assert np.array_equal(drawn.numpy(), expected / (1 - dropout_threshold(config.dropout) / 65536))
        assert dropout_threshold(config.dropout) or (drawn == 1).all()
    assert Masks(layers, configs[:1], streams[:1], "cpu").of_step(11) is None


def test_members_of_one_shape_make_a_stack_whatever_their_rates_and_replicates():
    two, four, eight = (members_of(width, 5) for width in (2, 4, 8))
    other_rate = [dataclasses.replace(m, training=dataclasses.replace(m.training, weight_decay=0.1)) for m in two]
    every = [*two, *four, *eight, *other_rate]
    sizes = [(len(bundle), len({m.model.width for m in bundle})) for bundle in TRAINERS["stack"]().bundles(every)]
    assert sorted(sizes) == sorted([(4, 1), (4, 1), (2, 1), (4, 1), (1, 1), *[(1, 1)] * 5])
    assert [len(filled_up([1], one[0])) for one in (two, four, eight)] == [4, 4, 1]
    assert len(filled_up([1], members_of(3, 1)[0])) == 8


@pytest.mark.parametrize("dtype, in_tf32", [("float32", False), ("tf32", True), ("float32", False)])
def test_a_gpu_multiplies_in_tf32_only_where_that_is_declared(monkeypatch, dtype, in_tf32):
    before = torch.get_float32_matmul_precision()
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", not in_tf32)
    set_precision("cpu", dtype)
    assert torch.get_float32_matmul_precision() == before and torch.backends.cudnn.allow_tf32 != in_tf32
    set_precision("cuda:0", dtype)
    assert (torch.get_float32_matmul_precision() == "high") == torch.backends.cudnn.allow_tf32 == in_tf32
    torch.set_float32_matmul_precision(before)


def test_tf32_is_refused_on_a_cpu():
    with pytest.raises(SettingsError) as error:
        plan_of(*compose(["data=digits", "model=mlp", "training.dtype=tf32"], None, "config"))
    (problem,) = error.value.problems
    assert problem.what == "training.dtype = tf32 is a number format of GPUs, and device = cpu"


@pytest.mark.gpu
@pytest.mark.parametrize("width", [2, 8])
def test_convnets_on_a_gpu_are_those_on_the_cpu_and_tf32_rounds_them(width):
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device here")
    members = members_of(width, 5, dtype="float64", epochs=2)
    there = [dataclasses.replace(member, device="cuda") for member in members]
    for here, on_gpu in zip(train(members), train(there), strict=True):
        assert np.allclose(here.outputs_NK, on_gpu.outputs_NK, rtol=0, atol=1e-7)
    single, rounded = (
        [dataclasses.replace(m, training=dataclasses.replace(m.training, dtype=dtype)) for m in there]
        for dtype in ("float32", "tf32")
    )
    differences = [
        np.abs(one.outputs_NK - other.outputs_NK).max()
        for one, other in zip(train(single), train(rounded), strict=True)
    ]
    assert max(differences) > 0


@pytest.mark.gpu
def test_a_stack_on_a_gpu_is_the_one_on_the_cpu():
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device here")
    config = NetworkConfig(
        **DESCENT | {"dropout": 0.2}, sizes=(5, 7, 3), activation="relu", bias=True, optimizer="adam"
    )
    tasks = [task(config, m) for m in range(4)]
    layers = perceptron(config.sizes, config.activation)
    for here, there in zip(loop.train(layers, tasks), loop.train(layers, tasks, "cuda"), strict=True):
        assert agree(here, there, 1e-7)
