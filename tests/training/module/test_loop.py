"""The training of a network of the user's own: torch's own loop, with a stream for each source of variance."""

import numpy as np
import pytest
import torch

from biasvar import seeds
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.training import TRAININGS
from biasvar.training.inputs import Inputs
from biasvar.training.member import Draws, Member
from biasvar.training.module import loop
from biasvar.training.stack import draws
from biasvar.training.tasks import task_of
from biasvar.training.train import inputs_of, train
from tests.own_networks import module

DATA = SOURCES["digits"](n_train=30, n_eval=20)
PLAIN, DROPPING = module("make_net", width=6), module("make_net", width=6, dropout=0.3, batch_norm=True)


def member(model=PLAIN, draw=None, data=DATA, **options):
    training = TRAININGS["sgd"](**{"epochs": 2, "batch_size": 8} | options)
    return Member(data, SCHEMES["bootstrap"](), model, training, "cpu", 0, draw or Draws.joint(1))


def outputs(one):
    return train([one])[0].outputs_NK


def by_hand(one, task):
    """Train as in torch's tutorials, on copies of repeated rows."""
    config = task.config
    torch.manual_seed(int(seeds.key(one.seed, "initialisation", one.draws["init"])))
    network = one.model.own("make_net")(DATA.shape, DATA.outputs, **dict(one.model.keywords))
    network(torch.zeros(1, 64))
    network.double()
    places = np.repeat(np.arange(len(task.x_nD)), task.counts_n)
    x, y = torch.tensor(task.x_nD[places]), torch.tensor(task.y_nK[places].argmax(1))
    decay = {"params": [w for w in network.parameters() if w.ndim > 1], "weight_decay": config.weight_decay}
    of_rest = config.weight_decay if config.decay == "all" else 0.0
    rest = {"params": [w for w in network.parameters() if w.ndim == 1], "weight_decay": of_rest}
    if config.optimizer != "sgd":
        optimizer = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[config.optimizer]([decay, rest], config.lr)
    else:
        optimizer = torch.optim.SGD([decay, rest], config.lr, config.momentum)
    order = np.arange(len(x))[None]
    rates, step = config.learning_rates(config.epochs * -(-len(x) // config.batch_size)), 0
    for epoch in range(config.epochs):
        draws.shuffle(order, [task.streams.batch_order], epoch)
        for rows in torch.tensor(order[0]).split(config.batch_size):
            for group in optimizer.param_groups:
                group["lr"] = rates[step]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x[rows]), y[rows]).backward()
            optimizer.step()
            step += 1
    with torch.no_grad():
        return network(torch.tensor(task.x_eval_ND)).numpy()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"optimizer": "adam", "lr": 0.01},
        {"optimizer": "adamw", "lr": 0.01, "weight_decay": 0.3},
        {"schedule": "cosine", "weight_decay": 0.1},
        {"weight_decay": 0.1, "decay": "all"},
    ],
)
def test_it_is_torchs_own_training_on_copies_of_repeated_rows(options):
    one = member(dtype="float64", **options)
    with torch.random.fork_rng():
        expected = by_hand(one, task_of(one, inputs_of(one)))
    assert np.allclose(outputs(one), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("source", ["init", "batch_order", "dropout"])
def test_each_source_of_variance_has_a_stream_of_its_own(source):
    same, other = (outputs(member(DROPPING, Draws(**{source: number}))) for number in (0, 1))
    assert not np.array_equal(same, other)
    assert np.array_equal(same, outputs(member(DROPPING, Draws())))


def test_initial_weights_depend_neither_on_the_number_format_nor_on_what_training_draws():
    task = task_of(member(), inputs_of(member()))
    rates = {"lr": 1e-30, "epochs": 1, "momentum": 0.0}
    first = outputs(member(PLAIN, **rates))
    assert np.allclose(first, outputs(member(PLAIN, dtype="float64", **rates)), atol=1e-5)
    assert np.allclose(first, outputs(member(module("make_net", width=6, dropout=0.5), **rates)), atol=1e-6)
    assert first.dtype == np.float32 and task.config.loss == "cross_entropy"


def test_a_tables_targets_are_learnt_in_their_own_units():
    data = SOURCES["diabetes"](n_train=60, n_eval=20)
    model = module("make_net", data={"kind": "diabetes", "n_train": 60, "n_eval": 20}, width=4)
    one = member(model, data=data, epochs=20)
    inputs: Inputs = inputs_of(one)
    assert abs(outputs(one).mean() - inputs.y_nK.mean()) < 3 * inputs.y_nK.std()
    assert train([one])[0].outcome.train_risk["squared_error"] < inputs.y_nK.var()


def test_weight_decay_is_never_on_biases_or_normalisation_weights():
    network = DROPPING.build(DATA, 0)
    names = [name for name, weight in network.named_parameters() if loop.is_decayed(weight)]
    assert names == ["1.weight", "5.weight"]
    norm = train([member(DROPPING, measures=("weight_norm",))])[0].outcome.measures["weight_norm"]
    assert norm > 0


def test_bfloat16_is_another_rounding():
    one, other = (outputs(member(dtype=dtype)) for dtype in ("float32", "bfloat16"))
    assert not np.array_equal(one, other) and np.allclose(one, other, atol=0.3)
