"""Each measure is what numpy, scikit-learn or torch say of the same model."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import training_set
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.measures import MEASURES, ON_REQUEST, UNASKED
from biasvar.training.member import Draws, Member
from biasvar.training.readouts import EVALUATION
from biasvar.training.tasks import task_of
from biasvar.training.train import inputs_of, train
from biasvar.training.trainers import TRAINERS

DATA = SOURCES["linear"](dimension=12, n_train=30, n_eval=40, n_pool=1000)


def member(model, training="exact", data=DATA, **options):
    parts = (SCHEMES["bootstrap"](), model, TRAININGS[training](**options), "cpu", 0, Draws.joint(0))
    return Member(data, *parts)


@pytest.mark.parametrize("weight_decay", [0.0, 0.2])
@pytest.mark.parametrize("features", [10, 80])
def test_the_norm_of_the_weights_is_that_of_scikit_learns_coefficients(features, weight_decay):
    from sklearn.linear_model import Ridge

    model = FAMILIES["random_features"](features=features)
    one = member(model, weight_decay=weight_decay, measures=("weight_norm",))
    rows = inputs_of(one)
    z_nP = model.feature_matrix(rows.x_nD, features, one.init_sequence()) * model.scale
    root_n1 = np.sqrt(rows.counts_n)[:, None]
    if weight_decay:
        alpha = rows.counts_n.sum() * weight_decay / 2
        fitted = Ridge(alpha=alpha, fit_intercept=model.has_intercept(DATA), solver="svd", tol=1e-12)
        w = fitted.fit(z_nP, rows.y_nK, sample_weight=rows.counts_n).coef_
    else:
        assert not model.has_intercept(DATA)
        w = np.linalg.pinv(z_nP * root_n1, rcond=1e-11) @ (rows.y_nK * root_n1)
    assert train([one])[0].outcome.measures["weight_norm"] == pytest.approx(np.linalg.norm(w), rel=1e-6)


@pytest.mark.parametrize("norm", ["none", "batch"])
def test_units_are_what_the_last_layer_takes_and_their_measures_are_torchs(norm):
    import torch

    from biasvar.training.stack.loop import Stack

    model = FAMILIES["mlp"](
        width=6, depth=2, norm=norm, norm_order="after", dropout=0.3, dropout_at=("input", "hidden")
    )
    names = ("unit_mean", "unit_variance", "unit_correlation")
    one = member(model, "sgd", epochs=3, dtype="float64", measures=names)
    layers = model.layers(DATA)
    stack = Stack(layers, [task_of(one, inputs_of(one))], "cpu")
    for epoch in range(3):
        stack.train_epoch(epoch)
    units_NU = torch.as_tensor(stack.predict("evaluation", EVALUATION, 0, layers[:-1])[0])
    weights, biases = (array[0] for array in stack.parameters.arrays[-2:])
    trained = train([one])[0]
    assert np.allclose((units_NU @ weights.T + biases).detach().numpy(), trained.outputs_NK, atol=1e-12)
    found = trained.outcome.measures
    assert found["unit_mean"] == pytest.approx(float(units_NU.mean()), rel=1e-9)
    assert found["unit_variance"] == pytest.approx(float(units_NU.var(0, unbiased=False).mean()), rel=1e-9)
    live_NU = units_NU[:, units_NU.std(0) > 0]
    pairs = torch.corrcoef(live_NU.T).abs()[tuple(np.triu_indices(live_NU.shape[1], 1))]
    assert found["unit_correlation"] == pytest.approx(float(pairs.mean()), rel=1e-9)


def test_the_condition_number_is_that_of_the_features_and_peaks_where_they_are_as_many_as_distinct_rows():
    found = {}
    for features in (3, 8, 12):
        one = member(FAMILIES["linear"](features=features), measures=("condition_number",))
        rows = training_set(one.data, one.resampling, 0, 0, 0)
        a_nP = rows.x_nD[:, :features] * np.sqrt(rows.counts_n)[:, None]
        found[features] = train([one])[0].outcome.measures["condition_number"]
        assert found[features] == pytest.approx(np.linalg.cond(a_nP), rel=1e-9)
    distinct = len(rows.counts_n)
    sizes = (distinct // 2, distinct, 4 * distinct)
    members = [member(FAMILIES["random_features"](features=p), measures=("condition_number",)) for p in sizes]
    below, at, beyond = (train([one])[0].outcome.measures["condition_number"] for one in members)
    assert at > below and at > beyond


def test_weight_decay_has_no_say_in_the_condition_number():
    models = [member(FAMILIES["linear"](), weight_decay=w, measures=("condition_number",)) for w in (0.0, 0.1, 5.0)]
    assert len({one.outcome.measures["condition_number"] for one in train(models)}) == 1


@pytest.mark.parametrize(("features", "weight_decay"), [(8, 0.0), (8, 0.3), (12, 0.0), (12, 0.3)])
@pytest.mark.parametrize("intercept", [False, True])
def test_rank_and_condition_number_of_the_penalised_matrix_are_numpys(features, weight_decay, intercept):
    data = replace(DATA, n_train=10)  # some 6 distinct rows
    model = FAMILIES["linear"](features=features, intercept=intercept)
    for training in ("exact", "sgd"):
        options = {} if training == "exact" else {"epochs": 1, "lr": 1e-3, "dtype": "float64"}
        names = ("rank", "penalised_condition_number")
        one = member(model, training, data, weight_decay=weight_decay, measures=names, **options)
        rows = inputs_of(one)
        x_nP, penalty_P = rows.x_nD[:, :features], np.full(features, rows.counts_n.sum() * weight_decay / 2)
        if intercept and training == "exact":
            x_nP = x_nP - np.average(x_nP, axis=0, weights=rows.counts_n)
        elif intercept:
            x_nP, penalty_P = np.column_stack([x_nP, np.ones(len(x_nP))]), np.append(penalty_P, 0)
        matrix = (x_nP.T * rows.counts_n) @ x_nP + np.diag(penalty_P)
        found = train([one])[0].outcome.measures
        assert found["rank"] == np.linalg.matrix_rank(matrix, hermitian=True) > 0
        expected = np.linalg.cond(matrix) if found["rank"] == len(matrix) else 1e12
        assert found["penalised_condition_number"] == pytest.approx(expected, rel=1e-6)


def test_the_norm_of_a_networks_weights_leaves_its_biases_out():
    # So strong a decay leaves nothing of the weights, and the biases alone fit the shares of the classes.
    model, data = FAMILIES["mlp"](width=4), SOURCES["digits"](n_train=40, n_eval=20)
    settings = {"lr": 0.02, "momentum": 0.0, "epochs": 200, "measures": ("weight_norm",)}
    members = [member(model, "sgd", data, weight_decay=weight_decay, **settings) for weight_decay in (0.0, 5.0)]
    free, pulled = (train([one])[0].outcome.measures["weight_norm"] for one in members)
    assert pulled < 0.01 < 1 < free


def test_kernel_and_stack_say_the_same_norm():
    one = member(
        FAMILIES["mlp"](width=5), "sgd", dtype="float64", epochs=3, weight_decay=0.01, measures=("weight_norm",)
    )
    task = task_of(one, inputs_of(one))
    fits = [TRAINERS[name]().train(one, [task])[0] for name in ("kernel", "stack")]
    norms = [fit.readings[EVALUATION].measures["weight_norm"] for fit in fits]
    assert norms[0] == pytest.approx(norms[1], rel=1e-9) and norms[0] > 0


def test_every_measure_says_what_it_is_and_what_it_needs():
    assert {*ON_REQUEST, *UNASKED} == MEASURES.keys()
    inputs = {"weights", "smoother", "curvature", "parameters", "refit", "units"}
    assert all(measure.MEANING and measure.NEEDS in inputs for measure in MEASURES.values())
