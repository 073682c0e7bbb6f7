"""Laws of the compiled trainer: it is the torch twin to rounding, and a member is the same in any company."""

import dataclasses
import threading

import numba
import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits

from biasvar import seeds
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.kernel import mlp as kernel
from biasvar.training.member import Draws, Member
from biasvar.training.train import train
from biasvar.training.training_config import LARGEST_OUTPUT, NetworkConfig, Streams, Task, reading
from tests.training import twin

ROWS = 45  # with batches of 10 the last one of an epoch has five rows


@pytest.fixture(autouse=True, scope="module")
def one_thread_in_torch():
    """Keep torch to one thread: its matrices here are too small for two."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def streams_of(member: int) -> Streams:
    """Return the streams of a member."""
    return Streams(
        *(seeds.key(7, role, member) for role in ("initialisation", "batch_order", "dropout", "augmentation"))
    )


def make_data(outputs: int, classes: bool):
    """Return x_nD, y_nK, bootstrap counts and x_eval_ND."""
    generator = np.random.default_rng(outputs)
    x, x_eval = generator.standard_normal((ROWS, 5)), generator.standard_normal((30, 5))
    y = np.eye(outputs)[generator.integers(0, outputs, ROWS)] if classes else generator.standard_normal((ROWS, outputs))
    return x, y, generator.multinomial(ROWS, np.full(ROWS, 1 / ROWS)), x_eval


def agree(one, other, tolerance: float) -> bool:
    """Say whether two trained members have the same outputs."""
    pairs = [(one.eval_NK, other.eval_NK), (one.train_nK, other.train_nK)]
    return all(np.allclose(a, b, rtol=0, atol=tolerance) for a, b in pairs)


BASE = NetworkConfig(
    sizes=(5, 7, 3),
    activation="relu",
    loss="squared_error",
    bias=True,
    dropout=0.0,
    optimizer="sgd",
    lr=0.05,
    momentum=0.9,
    weight_decay=0.0,
    epochs=40,
    batch_size=10,
    schedule="constant",
    dtype="float64",
)
VARIANTS = {
    "linear": {"sizes": (5, 3)},
    "linear, cosine, decay": {"sizes": (5, 3), "schedule": "cosine", "weight_decay": 0.1},
    "one layer": {},
    "one layer, one output, no bias": {"sizes": (5, 6, 1), "bias": False},
    "one layer, full batch": {"batch_size": 1000, "epochs": 200},
    "one layer, batches of one row": {"batch_size": 1, "epochs": 5, "lr": 0.01},
    "one unit": {"sizes": (5, 1, 2)},
    "dropout": {"dropout": 0.3},
    "two layers, dropout, decay": {"sizes": (5, 6, 9, 3), "dropout": 0.2, "weight_decay": 0.01},
    "two layers, tanh, dropout, cosine, no bias": {
        "sizes": (5, 9, 6, 3),
        "activation": "tanh",
        "dropout": 0.2,
        "schedule": "cosine",
        "bias": False,
    },
    "three layers": {"sizes": (5, 8, 7, 6, 3), "dropout": 0.1, "schedule": "cosine", "weight_decay": 0.01},
    "three tanh layers, no bias": {"sizes": (5, 8, 7, 6, 2), "activation": "tanh", "bias": False},
    "two wide layers": {"sizes": (5, 70, 66, 3), "dropout": 0.1, "weight_decay": 0.01, "lr": 0.01},
    "one tanh layer, no momentum": {"activation": "tanh", "momentum": 0.0},
}


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
@pytest.mark.parametrize("optimizer, tolerance", [("sgd", 1e-9), ("adam", 1e-7), ("adamw", 1e-7)])
@pytest.mark.parametrize(
    "variant", [pytest.param(v, marks=pytest.mark.slow if place % 3 else ()) for place, v in enumerate(VARIANTS)]
)
def test_kernel_equals_twin_after_200_steps(variant, optimizer, tolerance, loss):
    changes = {"optimizer": optimizer, "loss": loss} | ({"lr": 0.01} if optimizer.startswith("adam") else {})
    config = dataclasses.replace(BASE, **(VARIANTS[variant] | changes))
    data = make_data(config.sizes[-1], loss == "cross_entropy")
    trained, expected = (trainer.train(config, streams_of(1), *data) for trainer in (kernel, twin))
    assert trained.diverged_epoch == 0 and np.ptp(expected.eval_NK, axis=0).max() > (config.sizes[-1] > 1) * 1e-3
    assert agree(trained, expected, tolerance)
    assert trained.loss == pytest.approx(expected.loss, rel=100 * tolerance)


def cross_entropy_n(logits_nK, y_nK):
    """Return the cross-entropy of each row in nats."""
    return np.log(np.exp(logits_nK).sum(axis=1)) - (logits_nK * y_nK).sum(axis=1)


def test_training_lowers_the_loss():
    data = make_data(3, classes=True)
    config = dataclasses.replace(BASE, loss="cross_entropy")
    trained = [kernel.train(dataclasses.replace(config, epochs=e), streams_of(1), *data) for e in (1, 40)]
    losses = [np.average(cross_entropy_n(one.train_nK, data[1]), weights=data[2]) for one in trained]
    assert losses[1] < 0.7 * losses[0]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_float32_is_near_float64_over_few_steps(activation):
    config = dataclasses.replace(BASE, sizes=(5, 16, 3), epochs=2, dropout=0.2, activation=activation)
    data = make_data(3, classes=False)
    double = kernel.train(config, streams_of(1), *data)
    single = kernel.train(dataclasses.replace(config, dtype="float32"), streams_of(1), *data)
    assert single.eval_NK.dtype == np.float32
    assert agree(single, double, 1e-5) and not agree(single, double, 1e-12)


def test_counts_are_repeated_rows():
    config = dataclasses.replace(BASE, dropout=0.2)
    x, y, counts, x_eval = make_data(3, classes=False)
    rows = np.repeat(np.arange(ROWS), counts)
    counted = kernel.train(config, streams_of(1), x, y, counts, x_eval)
    repeated = kernel.train(config, streams_of(1), x[rows], y[rows], np.ones(ROWS, int), x_eval)
    assert np.array_equal(counted.eval_NK, repeated.eval_NK)
    assert np.allclose(counted.train_nK[rows], repeated.train_nK, rtol=0, atol=1e-13)
    once = kernel.train(config, streams_of(1), x, y, np.ones(ROWS, int), x_eval)
    assert not np.allclose(counted.eval_NK, once.eval_NK)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_weight_decay_leaves_biases_alone(optimizer):
    x, _, counts, x_eval = make_data(1, classes=False)
    config = dataclasses.replace(
        BASE, sizes=(5, 1), optimizer=optimizer, weight_decay=5.0, lr=0.02, epochs=400, momentum=0.0, schedule="cosine"
    )
    trained = kernel.train(config, streams_of(1), x, np.full((ROWS, 1), 3.0), counts, x_eval)
    assert np.allclose(trained.eval_NK, 3.0, atol=0.01)  # the bias alone fits a constant, without shrinkage


@pytest.mark.parametrize("trainer", [kernel, twin])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
@pytest.mark.parametrize("dtype, lr", [("float32", 1e30), ("float64", 1e250)])
def test_divergence_is_seen_and_dated(trainer, optimizer, loss, dtype, lr):
    config = dataclasses.replace(BASE, lr=lr, optimizer=optimizer, loss=loss, dtype=dtype)
    trained = trainer.train(config, streams_of(1), *make_data(3, loss == "cross_entropy"))
    assert trained.diverged_epoch in (1, 2) and not np.isfinite(trained.loss)
    assert np.isnan(trained.eval_NK).all() and np.isnan(trained.train_nK).all()


@pytest.mark.parametrize("trainer", [kernel, twin])
def test_outputs_that_overflow_at_the_last_step_are_divergence(trainer):
    config = dataclasses.replace(BASE, lr=1e38, epochs=1, batch_size=ROWS, dtype="float32")
    trained = trainer.train(config, streams_of(1), *make_data(3, classes=False))
    assert trained.diverged_epoch == 1 and np.isnan(trained.eval_NK).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("part", ["evaluation", "training"])
def test_outputs_whose_squares_mean_nothing_are_divergence(dtype, part):
    task = Task(BASE, streams_of(1), *make_data(3, classes=False))
    known = {"evaluation": np.ones((3, 2), dtype), "training": np.ones((4, 2), dtype)}
    large = known | {part: np.full_like(known[part], -LARGEST_OUTPUT)}
    assert reading(task, large, 7, 0, tuple).diverged_epoch == 0
    for size in (np.nextafter(large[part], -np.inf), known[part] * np.inf, known[part] * np.nan):
        beyond = reading(task, known | {part: size}, 7, 0, tuple)
        assert beyond.diverged_epoch == 7
        assert all(np.isnan(values).all() and values.dtype == dtype for values in beyond.outputs.values())


def test_a_diverged_member_is_not_trained_to_its_end():
    config = dataclasses.replace(BASE, lr=1e30, dtype="float32", epochs=200_000)
    trained = kernel.train(config, streams_of(1), *make_data(3, classes=False))
    assert trained.diverged_epoch in (1, 2), "an hour of epochs is left out"


def members_of_a_job(dtype):
    """Return 24 members: three widths, eight replicates."""
    data, scheme = SOURCES["gaussian_classes"](n_train=37, n_eval=30, n_pool=1000), SCHEMES["bootstrap"]()
    training = TRAININGS["sgd"](epochs=4, batch_size=8, dtype=dtype)
    models = [FAMILIES["mlp"](width=width, depth=depth, dropout=0.2) for width, depth in ((3, 1), (16, 2), (33, 1))]
    return [
        Member(data, scheme, model, training, "cpu", 0, Draws.joint(replicate))
        for model in models
        for replicate in range(8)
    ]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_member_has_the_same_bits_alone_in_jobs_of_any_size_and_on_two_threads(dtype):
    members, found = members_of_a_job(dtype), {}

    def work(name, job):
        for one in train(job):
            found[name, one.member.id] = one.outputs_NK

    first, last = members[0], members[-1]
    with threadpool_limits(1):
        jobs = {"job of 24": members, "reversed": members[::-1], "first of 3": members[:3], "last of 3": members[-3:]}
        jobs |= {"last of few": [*members[5:7], first], "first of few": [last, *members[5:7]]}
        for name, job in jobs.items():
            work(name, job)
        for member in members:
            work("alone", [member])
        threads = [threading.Thread(target=work, args=job) for job in (("thread", members), ("other", members[::-1]))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    alone = {member.id: found["alone", member.id] for member in members}
    assert len({values.tobytes() for values in alone.values()}) == len(members)
    assert len(found) == 5 * len(members) + 4 * 3
    for (_, member_id), values in found.items():
        assert values.dtype == dtype and np.array_equal(values, alone[member_id])


@pytest.mark.parametrize("name", ["initialisation", "batch_order", "dropout"])
def test_each_stream_matters(name):
    config = dataclasses.replace(BASE, dropout=0.2, epochs=2)
    data, changed = make_data(3, classes=False), dataclasses.replace(streams_of(1), **{name: np.uint64(1)})
    one, other = kernel.train(config, streams_of(1), *data), kernel.train(config, changed, *data)
    assert not np.allclose(one.eval_NK, other.eval_NK)


def test_a_function_is_compiled_where_its_result_cannot_be_kept():
    namespace = {}
    exec("def double(x):\n    return 2 * x", namespace)  # of no file: numba finds no place beside it
    with pytest.raises(RuntimeError, match="no locator"):
        numba.njit(cache=True)(namespace["double"])
    assert kernel.compiled_once(namespace["double"])(3) == 6
