"""Covariate shift: inputs of a known density, and importance weights."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member
from biasvar.training.train import inputs_of, train

DATA = SOURCES["synthetic"](tilt=0.8, n_train=40, n_eval=30)


def test_training_inputs_have_the_density_that_is_asked_for_and_evaluation_points_are_uniform():
    x_n = DATA.draw(np.random.SeedSequence(0), np.random.SeedSequence(1), 4000).x_nD[:, 0]
    assert kstest(x_n, lambda x: (x + 1) / 2 + 0.8 * (x**2 - 1) / 4).pvalue > 0.01
    assert np.array_equal(DATA.evaluation(0).x_ND, replace(DATA, tilt=0.0).evaluation(0).x_ND)
    assert DATA.density_ratio(x_n[:, None]).mean() == pytest.approx(1, abs=0.05)


def test_rows_are_weighted_by_a_power_of_the_density_ratio():
    model = FAMILIES["polynomial"](degree=2)
    parts = {power: TRAININGS["exact"](importance=power, weight_decay=0.1) for power in (0.0, 0.5, 1.0)}
    members = [Member(DATA, SCHEMES["fresh"](), model, one, "cpu", 0, Draws.joint(0)) for one in parts.values()]
    rows = inputs_of(members[0])
    features_nP, features_NP = (model.feature_matrix(x, 2, None) for x in (rows.x_nD, rows.x_ND))
    for found in train(members):
        weight_n = (1 + 0.8 * rows.x_nD[:, 0]) ** -found.member.training.importance
        weight_n *= 40 / weight_n.sum()
        z_n = features_nP - np.average(features_nP, axis=0, weights=weight_n)
        y_n = rows.y_nK - np.average(rows.y_nK[:, 0], weights=weight_n)
        w = np.linalg.solve((z_n.T * weight_n) @ z_n + 2 * np.eye(2), (z_n.T * weight_n) @ y_n)
        centre = np.average(features_nP, axis=0, weights=weight_n)
        expected = (features_NP - centre) @ w + np.average(rows.y_nK[:, 0], weights=weight_n)
        assert np.allclose(found.outputs_NK, expected, rtol=0, atol=1e-10)
