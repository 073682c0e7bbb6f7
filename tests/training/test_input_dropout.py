"""Dropout of the inputs of linear regression, over all masks and mask by mask."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member
from biasvar.training.train import inputs_of, train

DATA = SOURCES["linear"](dimension=4, n_train=12, n_eval=20, n_pool=100, scales=(1, 2, 0.5, 3), offset=1.0)


def member(dropout=0.3, training="exact", intercept=True, **options):
    model = FAMILIES["linear"](features=4, intercept=intercept, dropout=dropout)
    return Member(DATA, SCHEMES["bootstrap"](), model, TRAININGS[training](**options), "cpu", 0, Draws.joint(0))


def by_hand(one, p, weight_decay, intercept):
    """Solve the normal equations of all masks: E (R . X)'(R . X) has (X'X)_jj / (1 - p) on its diagonal."""
    rows = inputs_of(one)
    x, counts = rows.x_nD, rows.counts_n
    ones, both = np.ones((len(x), int(intercept))), (x.T * counts) @ x
    a = np.concatenate([x, ones], axis=1)
    matrix = (a.T * counts) @ a
    matrix[:4, :4] += np.diag(p / (1 - p) * np.diag(both) + counts.sum() * weight_decay / 2)
    w = np.linalg.solve(matrix, (a.T * counts) @ rows.y_nK)
    return np.concatenate([rows.x_ND, np.ones((len(rows.x_ND), int(intercept)))], axis=1) @ w, w[:4]


@pytest.mark.parametrize("weight_decay", [0.0, 0.4])
@pytest.mark.parametrize("intercept", [True, False])
def test_the_exact_fit_solves_the_normal_equations_averaged_over_masks(intercept, weight_decay):
    one = member(intercept=intercept, weight_decay=weight_decay, measures=("weight_norm",))
    plain = replace(one, model=replace(one.model, dropout=0.0))
    found = {trained.member.model.dropout: trained for trained in train([one, plain])}
    expected_NK, w = by_hand(one, 0.3, weight_decay, intercept)
    assert np.allclose(found[0.3].outputs_NK, expected_NK, rtol=0, atol=1e-10)
    assert found[0.3].outcome.measures["weight_norm"] == pytest.approx(np.linalg.norm(w), rel=1e-9)
    without_NK, _ = by_hand(one, 0.0, weight_decay, intercept)
    assert np.allclose(found[0.0].outputs_NK, without_NK, rtol=0, atol=1e-10)


def test_descent_on_masked_inputs_ends_near_the_exact_fit():
    options = {"lr": 0.01, "momentum": 0.0, "epochs": 3000, "batch_size": 12, "schedule": "cosine", "dtype": "float64"}
    one = member(training="sgd", init="zeros", **options)
    (found,) = train([one])
    expected_NK, _ = by_hand(one, 0.3, 0.0, True)
    plain_NK, _ = by_hand(one, 0.0, 0.0, True)
    error, distance = np.abs(found.outputs_NK - expected_NK).max(), np.abs(plain_NK - expected_NK).max()
    assert error < 0.2 * distance
