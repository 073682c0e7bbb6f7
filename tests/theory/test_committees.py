import math

import numpy as np
import pytest

from biasvar.theory import (
    committee_gcv,
    correlation_of_bagged_means,
    minimum_norm_risk,
    optimal_ridge_excess,
    subagging_excess,
)
from biasvar.theory.optimal_ridge import optimal_weight_decay
from biasvar.theory.ridge import ridge_risk


@pytest.mark.parametrize(("members", "excess"), [(1, 3.250), (5, 1.0326), (50, 0.5337), (math.inf, 0.4783)])
def test_committees_on_few_of_the_rows_have_the_published_excess(members, excess):
    assert subagging_excess(1.0, 200, 400, 150, 1.0, 0.0, members) == pytest.approx(excess, abs=5e-5)


@pytest.mark.parametrize(("members", "gcv"), [(1, 4.22), (3, 2.286)])
def test_plain_cross_validation_of_committees_is_too_high_by_as_much_as_published(members, gcv):
    setting = (1.0, 100, 400, 130, 1.0, 0.02, members)
    assert committee_gcv(*setting) == pytest.approx(gcv, rel=0.01)
    assert 1 + subagging_excess(*setting) == pytest.approx({1: 3.5, 3: 2.047}[members], rel=0.01)


@pytest.mark.parametrize("penalty", [0.0, 1e-9])
def test_all_rows_leave_nothing_to_average(penalty):
    one, many = (subagging_excess(2.0, 200, 400, 400, 0.5, penalty, members) for members in (1, 20))
    assert one == pytest.approx(many) and one == pytest.approx(0.5 * 0.5 / (1 - 0.5), rel=1e-6)


@pytest.mark.parametrize("decay", [0.05, 1.0])
def test_one_model_is_ridge_regression_on_its_rows(decay):
    beta_D = np.full(2000, 2000**-0.5)
    risk = ridge_risk(beta_D, 2000, 1500, 0.3, decay)
    one = subagging_excess(1.0, 2000, 4000, 1500, 0.3, decay, 1)
    assert one == pytest.approx(risk.bias_squared + risk.variance, rel=2e-3)


def test_without_a_penalty_one_model_is_least_squares_but_for_its_finite_size():
    risk = minimum_norm_risk(np.full(3000, 3000**-0.5), 3000, 1500, 1.0)
    one = subagging_excess(1.0, 3000, 4000, 1500, 1.0, 0.0, 1)
    assert one == pytest.approx(risk.bias_squared + risk.variance, rel=2e-3)


def test_full_subagging_at_the_best_size_is_as_good_as_the_best_ridge():
    size = 1 + 1 / math.sqrt(2)  # p / k
    best = subagging_excess(1.0, 10**6, 2 * 10**6, round(10**6 / size), 1.0, 0.0, math.inf)
    assert best == pytest.approx(math.sqrt(2) - 1, rel=1e-5)
    assert optimal_ridge_excess(0.5, 1.0, 1.0) == pytest.approx(math.sqrt(2) - 1)


@pytest.mark.parametrize(("n", "excess"), [(250, 0.640), (500, 0.390), (1000, 0.175)])
def test_the_best_ridge_has_the_published_excess_and_no_neighbour_is_better(n, excess):
    assert optimal_ridge_excess(500 / n, 0.25, 1.0) == pytest.approx(excess, abs=5e-4)
    beta_D, best = np.full(500, 500**-0.5), optimal_weight_decay(500, n, 0.25, 1.0)
    assert n * best / 2 == pytest.approx(125)
    found = [ridge_risk(beta_D, 500, n, 0.25, best * factor).risk for factor in (0.9, 1.0, 1.1)]
    assert found[1] == min(found) and found[1] - 0.25 == pytest.approx(excess, rel=5e-3)


def test_bagged_means_of_a_set_keep_their_correlation():
    assert correlation_of_bagged_means(100, 100) == pytest.approx(100 / 199)
    generator, values = np.random.default_rng(0), []
    for _ in range(4000):
        set_n = generator.standard_normal(20)
        values.append([generator.choice(set_n, 30).mean() for _ in range(2)])
    measured = np.corrcoef(np.array(values).T)[0, 1]
    assert measured == pytest.approx(correlation_of_bagged_means(20, 30), abs=0.04)


@pytest.mark.parametrize(
    "change", [{"k": 0}, {"k": 401}, {"p": 0}, {"weight_decay": -1.0}, {"members": 0}, {"weight_decay": math.nan}]
)
def test_impossible_committees_are_refused(change):
    given = {"signal": 1.0, "p": 200, "n": 400, "k": 150, "noise_variance": 1.0, "weight_decay": 0.0, "members": 2}
    with pytest.raises(ValueError, match="expected 1 <= k <= n"):
        subagging_excess(**given | change)
