"""Outlying seeds: more than 3 x 1.4826 median absolute deviations from the median, and nothing else."""

import numpy as np
import pytest

from biasvar.decomposition.spread.outliers import outlying_seeds

RISKS = np.array([0.10, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16])  # median 0.13, MAD 0.02
LIMIT = 3 * 1.4826 * 0.02


def test_a_replicate_is_outlying_beyond_the_limit_only():
    def places(last):
        found = outlying_seeds(np.append(RISKS[:-1], last), (7,), ("replicate",))
        return [(one.source, one.position) for one in found]

    assert places(0.13 + 0.99 * LIMIT) == []
    assert places(0.13 + 1.01 * LIMIT) == [("replicate", 6)]


def test_it_says_how_far_away_it_is():
    (one,) = outlying_seeds(np.append(RISKS[:-1], 1.0), (7,), ("replicate",))
    assert (one.risk, one.median) == (1.0, pytest.approx(0.13))
    assert one.distance == pytest.approx(0.87 / (1.4826 * 0.02))


def test_seeds_of_each_source_are_judged_by_their_means():
    effects = np.linspace(-0.01, 0.01, 5)
    risk = 0.3 + effects[:, None] + effects[:4]
    risk[2] += 0.5
    assert [(one.source, one.position) for one in outlying_seeds(risk.ravel(), (5, 4), ("data", "init"))] == [
        ("data", 2)
    ]


def test_inner_sets_of_a_nested_design_have_no_common_seed():
    risk = 0.3 + np.linspace(-0.01, 0.01, 5)[:, None] + np.linspace(-0.01, 0.01, 6)
    risk[:, 2] += 0.5
    assert outlying_seeds(risk.ravel(), (5, 6), ("outer", "inner")) == []
    risk[3] += 5
    assert [one.source for one in outlying_seeds(risk.ravel(), (5, 6), ("outer", "inner"))] == ["outer"]


def test_equal_risks_have_no_outlier_and_one_other_is_infinitely_far():
    equal = np.full(9, 0.1)
    rounded = equal * (1 + 1e-15 * np.arange(9))
    assert outlying_seeds(equal, (9,), ("replicate",)) == outlying_seeds(rounded, (9,), ("replicate",)) == []
    (one,) = outlying_seeds(np.append(equal, 0.2), (10,), ("replicate",))
    assert (one.position, one.distance) == (9, np.inf)


def test_three_seeds_have_no_scale():
    assert outlying_seeds(np.array([0.1, 0.10001, 9.0]), (3,), ("replicate",)) == []


@pytest.mark.parametrize("replicates", [5, 10, 20, 50])
def test_one_set_of_gaussian_risks_in_five_has_an_outlier(replicates):
    generator = np.random.default_rng(1)
    sets = [outlying_seeds(generator.standard_normal(replicates), (replicates,), ("replicate",)) for _ in range(1000)]
    assert 0.15 < np.mean([bool(one) for one in sets]) < 0.3
