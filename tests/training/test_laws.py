"""Laws of training, of every trainer in the table: packing invariance, common random numbers, identity, truth."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_limits

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.decomposition import decompose
from biasvar.models import FAMILIES
from biasvar.theory import minimum_norm_risk
from biasvar.training import TRAININGS
from biasvar.training.measures import MEASURES, ON_REQUEST
from biasvar.training.member import Draws, Member
from biasvar.training.readouts import Readout
from biasvar.training.sources import SOURCES_OF_VARIANCE
from biasvar.training.train import train
from biasvar.training.trainers import TRAINERS, trainer_of
from tests.own_networks import module

DATA = {
    "regression": SOURCES["linear"](dimension=12, n_train=30, n_eval=40, n_pool=1000),
    "classification": SOURCES["gaussian_classes"](n_train=30, n_eval=40, n_pool=1000, label_noise=0.1),
    "polynomial": SOURCES["synthetic"](n_train=30, n_eval=40, n_pool=1000),
    "images": SOURCES["digits"](n_train=30, n_eval=20, view="images"),
}
QUICK = {"estimator": {}, "exact": {}, "sgd": {"epochs": 3, "batch_size": 8}}


def member(data, model, training="exact", replicate=0, scheme="bootstrap", **options):
    settings = QUICK[training] | options
    parts = (DATA[data], SCHEMES[scheme](), model, TRAININGS[training](**settings), "cpu", 0)
    return Member(*parts, Draws.joint(replicate))


def outputs(trained):
    return {one.member.id: one.outputs_NK for one in trained}


CASES = {
    "polynomial exact": [("polynomial", FAMILIES["polynomial"](degree=d), "exact") for d in (0, 2, 5)],
    "linear exact": [("regression", FAMILIES["linear"](features=p), "exact") for p in (3, 8, 12)],
    "features exact": [("regression", FAMILIES["random_features"](features=p), "exact") for p in (5, 30, 300)],
    "features classes": [("classification", FAMILIES["random_features"](features=p), "exact") for p in (5, 300)],
    "features sgd": [("classification", FAMILIES["random_features"](features=p), "sgd") for p in (5, 300)],
    "mlp": [("classification", FAMILIES["mlp"](width=w, dropout=0.2), "sgd") for w in (3, 16)],
    "mlp with a norm": [
        ("classification", FAMILIES["mlp"](width=w, norm=norm, dropout=0.2, dropout_at=("input",)), "sgd")
        for w, norm in ((8, "group"), (3, "batch"))
    ],
    "mlp regression": [("regression", FAMILIES["mlp"](width=w), "sgd") for w in (3, 16)],
}


@pytest.mark.parametrize("case", CASES)
def test_a_members_bits_do_not_depend_on_company_or_position(case):
    members = [
        member(data, model, training, replicate, weight_decay=weight_decay)
        for data, model, training in CASES[case]
        for replicate in range(3)
        for weight_decay in (0.0, 1e-12, 0.1)
    ]
    with threadpool_limits(1):
        together = outputs(train(members))
        reversed_order = outputs(train(members[::-1]))
        alone = outputs([one for m in (members[0], members[4], members[-1]) for one in train([m])])
    assert len(together) == len(members)
    for name, values in reversed_order.items():
        assert np.array_equal(values, together[name])
    for name, values in alone.items():
        assert np.array_equal(values, together[name])


FOREST = FAMILIES["estimator"](name=("RandomForestClassifier",), values=(("max_depth", 2), ("n_estimators", 3)))
EXAMPLES = {  # a model of each trainer's
    "exact": ("classification", FAMILIES["random_features"](features=40), "exact", {}),
    "kernel": ("classification", FAMILIES["mlp"](width=5, dropout=0.2), "sgd", {}),
    "convnet": ("images", FAMILIES["convnet"](width=2), "sgd", {"epochs": 1, "batch_size": 16}),
    "stack": ("images", FAMILIES["convnet"](width=2), "sgd", {"batch_size": 16, "crop": 2, "flip": "random"}),
    "estimator": ("classification", FOREST.looked_up(()), "estimator", {}),
    "module": ("images", module("make_net", width=4, dropout=0.2, batch_norm=True), "sgd", {"flip": "alternating"}),
}
every_trainer = pytest.mark.parametrize("trainer", TRAINERS)


def members_of(trainer, replicates=3, **options):
    """Return members of one shape that a trainer trains, with two weight decays, or two depths."""
    data, model, training, more = EXAMPLES[trainer]
    pairs = [{"weight_decay": 0.0}, {"weight_decay": 0.1}]
    if training == "estimator":
        pairs = [{}, {"model": replace(model, values=(("max_depth", 5), ("n_estimators", 3)))}]
    return [
        member(data, **{"model": model, "training": training, "replicate": replicate} | more | options | of_pair)
        for replicate in range(replicates)
        for of_pair in pairs
    ]


@every_trainer
def test_a_trainer_takes_members_that_nothing_speaks_against(trainer):
    for one in members_of(trainer):
        assert type(trainer_of(one)) is TRAINERS[trainer] and TRAINERS[trainer]().incompatibility(one) is None


@every_trainer
def test_bits_depend_neither_on_company_nor_on_order_nor_on_threads_nor_on_what_else_is_asked(trainer):
    members = members_of(trainer)
    gives = [name for name in ON_REQUEST if MEASURES[name].NEEDS in TRAINERS[trainer]().gives(members[0])]
    more = members_of(trainer, rows=("pool", "evaluation"), measures=tuple(gives))
    with threadpool_limits(1), ThreadPoolExecutor(2) as pool:
        expected = outputs(train(members))
        jobs = [members[::-1], members[1:2], members[3:], more, more[2:3]]
        for trained in pool.map(train, jobs):
            assert all(np.array_equal(one.outputs_NK, expected[one.member.id]) for one in trained)
    pools = [{one.member.id: one.outputs[Readout(rows="pool")] for one in train(job)} for job in (more, more[2:3])]
    assert all(np.array_equal(pools[0][name], values) for name, values in pools[1].items())


@every_trainer
def test_no_global_generator_is_used_or_moved(trainer):
    members = members_of(trainer, replicates=1)
    expected = outputs(train(members))
    np.random.seed(7)  # noqa: NPY002  it is the one that is looked at
    torch.manual_seed(7)
    before = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    found = outputs(train(members))
    assert all(np.array_equal(found[name], values) for name, values in expected.items())
    assert np.array_equal(before[0], np.random.get_state()[1])  # noqa: NPY002
    assert torch.equal(before[1], torch.get_rng_state())


@pytest.mark.parametrize("trainer", [name for name in TRAINERS if EXAMPLES[name][2] == "sgd"])
def test_divergence_is_data_at_every_readout_and_costs_no_neighbour(trainer):
    asked = {"rows": ("evaluation", "pool"), "measures": ("weight_norm",)}
    good, bad = members_of(trainer, **asked), members_of(trainer, lr=1e30, **asked)
    trained = {one.member.id: one for one in train([*good, *bad])}
    for one in bad:
        outcome = trained[one.id].outcome
        assert outcome.diverged_epoch > 0 and not outcome.error and not outcome.measures
        assert all(np.isnan(values).all() for values in trained[one.id].outputs.values())
    for one in train(good):
        assert one.outcome.ok and np.array_equal(one.outputs_NK, trained[one.member.id].outputs_NK)


@every_trainer
def test_cost_and_memory_grow_with_what_is_predicted(trainer):
    one, more = members_of(trainer)[0], members_of(trainer, rows=("evaluation", "pool"))[0]
    assert 0 < TRAINERS[trainer]().flops(one) < TRAINERS[trainer]().flops(more)
    assert 0 < TRAINERS[trainer]().bytes(one) < TRAINERS[trainer]().bytes(more)
    assert TRAINERS[trainer]().output_dtype(one) == train([one])[0].outputs_NK.dtype


@every_trainer
def test_bundles_hold_every_member_once_and_those_of_one_batch_only(trainer):
    members = members_of(trainer, replicates=7)
    bundles = list(TRAINERS[trainer]().bundles(members))
    assert sorted(one.id for bundle in bundles for one in bundle) == sorted(one.id for one in members)
    most = TRAINERS[trainer]().most_at_once(members[0])
    assert most is None or max(map(len, bundles)) <= most


@pytest.mark.parametrize("size", [3, 24])
def test_a_members_bits_do_not_depend_on_the_size_of_its_job(size):
    decays = (0.0, 1e-12, *np.logspace(-5, 1, 7))
    members = [
        member(data, model, training, replicate, weight_decay=weight_decay)
        for data, model, training in CASES["features classes"]
        for replicate in range(4)
        for weight_decay in decays
    ]
    with threadpool_limits(1):
        whole = outputs(train(members))
        cut = {}
        for start in range(0, len(members), size):
            cut |= outputs(train(members[start : start + size]))
    assert cut.keys() == whole.keys()
    assert all(np.array_equal(values, cut[name]) for name, values in whole.items())


def test_identity_holds_what_changes_numbers_and_nothing_else():
    base = member("regression", FAMILIES["linear"]())
    assert base.id == member("regression", FAMILIES["linear"]()).id
    others = [
        member("regression", FAMILIES["linear"](features=3)),
        member("regression", FAMILIES["linear"](), weight_decay=0.1),
        member("regression", FAMILIES["linear"](), replicate=1),
        member("regression", FAMILIES["linear"](), scheme="fresh"),
        member("regression", FAMILIES["random_features"](features=10)),
    ]
    assert len({base.id, *(other.id for other in others)}) == 6
    parts = (SCHEMES["disjoint"](), FAMILIES["linear"](), TRAININGS["exact"](), "cpu", 0, Draws.joint(0))
    here, there = (Member(SOURCES["cifar10"](root=root), *parts) for root in ("a", "b"))
    assert here.id == there.id, "where the data lies changes no number"


def test_replicates_differ_by_data_and_by_initialisation():
    model = FAMILIES["random_features"](features=20)
    base = member("regression", model)
    rows = Member(base.data, base.resampling, model, base.training, "cpu", 0, Draws(data=1))
    init = Member(base.data, base.resampling, model, base.training, "cpu", 0, Draws(init=1))
    values = [train([m])[0].outputs_NK for m in (base, rows, init)]
    assert not np.allclose(values[0], values[1]) and not np.allclose(values[0], values[2])


def ensemble(p, replicates, n_eval=200):
    data = SOURCES["linear"](n_eval=n_eval)
    parts = (data, SCHEMES["fresh"](), FAMILIES["linear"](features=p), TRAININGS["exact"](), "cpu", 0)
    trained = train([Member(*parts, Draws.joint(r)) for r in range(replicates)])
    return data, np.stack([one.outputs_NK for one in trained])


def standard_errors(predictions, evaluation, groups=20):
    """Standard errors of the parts from independent groups of replicates."""
    parts = [
        decompose(g, evaluation.target, noise=evaluation.noise_N, resamples=2)
        for g in np.array_split(predictions, groups)
    ]
    return {n: np.std([getattr(p, n) for p in parts], ddof=1) / np.sqrt(groups) for n in ("bias_squared", "variance")}


@pytest.mark.parametrize(
    "p", [20, 60, *(pytest.param(p, marks=[pytest.mark.slow, pytest.mark.ci]) for p in (5, 30, 120))]
)
def test_minimum_norm_regression_has_the_published_bias_and_variance(p):
    data, predictions = ensemble(p, 400)
    evaluation = data.evaluation(0)
    found = decompose(predictions, evaluation.target, noise=evaluation.noise_N, resamples=2)
    exact = minimum_norm_risk(data.coefficients(), p, data.n_train, data.noise_std**2)
    errors = standard_errors(predictions, evaluation)
    assert abs(found.bias_squared - exact.bias_squared) <= 4 * errors["bias_squared"]
    assert abs(found.variance - exact.variance) <= 4 * errors["variance"]
    # The negative control: the plug-in estimate of a small ensemble folds variance / R into bias squared.
    few = predictions[:10]
    plug_in = decompose(few, evaluation.target, noise=evaluation.noise_N, resamples=2)
    assert plug_in.plug_in["bias_squared"] == pytest.approx(plug_in.bias_squared + plug_in.variance / 10)


def test_training_risk_is_zero_beyond_the_threshold_and_not_before():
    members = {p: member("regression", FAMILIES["random_features"](features=p), scheme="fresh") for p in (10, 60)}
    risks = {p: train([one])[0].outcome.train_risk for p, one in members.items()}
    assert risks[10]["squared_error"] > 1e-3
    assert risks[60]["squared_error"] < 1e-15


def test_classification_has_a_training_risk_of_each_loss():
    (one,) = train([member("classification", FAMILIES["random_features"](features=60), scheme="fresh")])
    assert one.outcome.train_risk["zero_one"] == 0
    assert one.outcome.train_risk["squared_error"] < 1e-15


def test_a_diverged_member_is_counted_and_its_outputs_are_not_numbers():
    (one,) = train([member("regression", FAMILIES["mlp"](width=4), "sgd", lr=1e30)])
    assert one.outcome.diverged_epoch >= 1
    assert np.isnan(one.outputs_NK).all() and np.isnan(one.outcome.train_risk["squared_error"])


def failing(monkeypatch, trainer, fails, error=ArithmeticError):
    """Let the training of some members raise."""
    fit = trainer.fit

    def fit_or_fail(self, members, inputs, *rest):
        for member, fitted in fit(self, members, inputs, *rest):
            if fails(member):
                raise error("no such luck")
            yield member, fitted

    monkeypatch.setattr(trainer, "fit", fit_or_fail)


@pytest.mark.parametrize("training", ["exact", "sgd"])
def test_a_member_that_fails_costs_no_other(monkeypatch, training):
    widths = (3, 8, 12)
    model = FAMILIES["linear" if training == "exact" else "mlp"]
    key = model.capacity_key
    members = [member("regression", model(**{key: w}), training, replicate=r) for w in widths for r in (0, 1)]
    undisturbed = outputs(train(members))
    failing(monkeypatch, type(trainer_of(members[0])), lambda m: getattr(m.model, key) == 8 and m.draws["data"] == 1)
    trained = train(members)
    assert len(trained) == 6
    (bad,) = [one for one in trained if one.outcome.error]
    assert bad.outcome.error == "ArithmeticError: no such luck"
    assert np.isnan(bad.outputs_NK).all() and bad.outcome.diverged_epoch == 0
    assert all(np.isnan(risk) for risk in bad.outcome.train_risk.values())
    for one in trained:
        assert one.outputs_NK.dtype == undisturbed[one.member.id].dtype
        assert one.outputs_NK.shape == undisturbed[one.member.id].shape
        if one is not bad:
            assert np.array_equal(one.outputs_NK, undisturbed[one.member.id])


def test_a_replicate_whose_training_set_cannot_be_shown_costs_no_other(monkeypatch):
    source, calls = type(DATA["regression"]), []
    fit_view = source.fit_view

    def refuses_once(self, x_nD, counts_n, x_ND):
        calls.append(float(x_nD[0, 0]))
        if calls[-1] == calls[min(1, len(calls) - 1)] and len(set(calls)) > 1:  # the second replicate, each time
            raise ValueError("spans only 3 directions")
        return fit_view(self, x_nD, counts_n, x_ND)

    monkeypatch.setattr(source, "fit_view", refuses_once)
    members = [member("regression", FAMILIES["linear"](), replicate=replicate) for replicate in range(4)]
    errors = {one.member.draws["data"]: one.outcome.error for one in train(members)}
    assert errors == {0: "", 1: "ValueError: spans only 3 directions", 2: "", 3: ""}


@pytest.mark.parametrize("error", [OSError, MemoryError])
def test_a_machine_that_refuses_is_nobodys_failure(monkeypatch, error):
    failing(monkeypatch, TRAINERS["exact"], lambda m: True, error)
    with pytest.raises(error):
        train([member("regression", FAMILIES["linear"](features=3))])


def test_what_a_linear_smoother_spends_is_known_of_exact_training_only():
    (exact,) = train([member("regression", FAMILIES["linear"](features=7), scheme="fresh")])
    (stepwise,) = train([member("regression", FAMILIES["linear"](features=7), "sgd", scheme="fresh")])
    assert exact.outcome.measures["degrees_of_freedom"] == pytest.approx(7)
    assert exact.outcome.measures["effective_parameters"] > 0
    assert not stepwise.outcome.measures


@pytest.mark.parametrize("source", SOURCES_OF_VARIANCE)
def test_each_source_of_variance_can_be_varied_alone(source):
    if source == "augmentation":
        parts = members_of("stack")[0].parts
    else:
        model = FAMILIES["mlp"](width=8, dropout=0.3)
        parts = (DATA["classification"], SCHEMES["fresh"](), model, TRAININGS["sgd"](**QUICK["sgd"]))
    base, again, other = train([Member(*parts, "cpu", 0, draws) for draws in (Draws(), Draws(), Draws(**{source: 1}))])
    assert np.array_equal(base.outputs_NK, again.outputs_NK)
    assert not np.allclose(base.outputs_NK, other.outputs_NK)


def test_networks_learn_a_tables_numbers_in_units_of_their_spread_and_answer_in_their_own():
    parts = (SCHEMES["subsample"](), FAMILIES["mlp"](width=4), TRAININGS["sgd"](epochs=30), "cpu", 0, Draws.joint(0))
    (one,) = train([Member(SOURCES["diabetes"](), *parts)])
    assert one.outcome.diverged_epoch == 0
    assert one.outputs_NK.dtype == np.float32
    assert 100 < one.outputs_NK.mean() < 200, "the mean of the score is 152"
    assert one.outcome.train_risk["squared_error"] < 5929, "its variance"
