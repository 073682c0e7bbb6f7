"""Second moments: each is, on average over studies, what a closed form says, under Gaussian tails and heavier ones."""

import numpy as np
import pytest
from scipy import stats

from biasvar.decomposition import decompose

STUDIES = 300


@pytest.mark.ci
@pytest.mark.slow
def test_the_spread_along_the_bias_is_unbiased_and_the_spread_around_is_not_left_in_it():
    # Points of variance 1 that move alone, R replicates: Sigma = I / (R N), so that beta' Sigma beta = b^2 / (R N).
    generator, replicates, points, bias = np.random.default_rng(0), 10, 30, 0.5
    along, around = [], []
    for _ in range(1500):
        predictions_RN = bias + generator.standard_normal((replicates, points))
        moments = decompose(predictions_RN, np.zeros(points), noise=0.0).moments
        along.append(moments.along), around.append(moments.around)
    truth = bias**2 / (replicates * points)
    assert np.mean(along) == pytest.approx(truth, rel=0.1)
    assert np.mean(around) == pytest.approx(1 / (replicates**2 * points), rel=0.2)
    raw = np.mean(along) + np.mean(around)
    assert raw > 1.3 * truth, "what is not freed of the spread around the bias is caught"


def heavy(generator, replicates, points):
    """Effects [R, N] of variance 1, of which one in five replicates is far larger than the others at all points."""
    square_R1 = np.where(generator.random((replicates, 1)) < 0.2, 4.2, 0.2)
    return np.sqrt(square_R1) * generator.standard_normal((replicates, points))


@pytest.mark.ci
@pytest.mark.slow
def test_the_variance_of_a_mean_square_is_found_also_where_tails_are_heavy():
    generator, replicates, points = np.random.default_rng(1), 24, 40
    found = []
    for _ in range(1000):
        moments = decompose(heavy(generator, replicates, points), np.zeros(points), noise=0.0).moments
        found.append(moments.mean_squares[(0,)])
    spread = np.var([one.value for one in found], ddof=1)
    assert np.mean([one.variance for one in found]) == pytest.approx(spread, rel=0.25)
    gaussian = np.mean([2 * one.value**2 / ((replicates - 1) * points) for one in found])
    assert gaussian < 0.2 * spread, "as many degrees of freedom as Gaussian points that move alone have are caught"


@pytest.mark.ci
@pytest.mark.slow
def test_heavy_tails_of_one_crossed_source_widen_its_component_alone():
    generator, sizes, points = np.random.default_rng(2), (24, 6), 15
    found = {(0,): [], (1,): [], (0, 1): []}
    for _ in range(STUDIES):
        effects = [heavy(generator, sizes[0], points)[:, None], generator.standard_normal((1, sizes[1], points))]
        predictions_IJN = sum(effects) + generator.standard_normal((*sizes, points))
        moments = decompose(predictions_IJN, np.zeros(points), noise=0.0, design="crossed").moments
        for sources, one in moments.mean_squares.items():
            found[sources].append(one)
    for sources, squares in found.items():
        spread = np.var([one.value for one in squares], ddof=1)
        assert np.mean([one.variance for one in squares]) == pytest.approx(spread, rel=0.4), sources


def test_under_heavy_tails_the_interval_of_the_variance_covers_and_that_of_gaussian_ones_does_not():
    generator, replicates, points = np.random.default_rng(3), 24, 40
    freedom, covered = (replicates - 1) * points, {"found": 0, "gaussian": 0}
    for _ in range(STUDIES):
        parts = decompose(heavy(generator, replicates, points), np.zeros(points), noise=0.0)
        low, high = parts.interval("variance")
        covered["found"] += low <= 1 <= high
        low, high = freedom * parts.variance / stats.chi2.ppf([0.975, 0.025], freedom)
        covered["gaussian"] += low <= 1 <= high
    assert covered["found"] / STUDIES > 0.88
    assert covered["gaussian"] / STUDIES < 0.5
