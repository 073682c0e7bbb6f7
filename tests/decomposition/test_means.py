"""Means of one number per model, the risk among them: standard errors and intervals against known truths."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.gaussian import term_variance
from biasvar.decomposition.means import Resampling, by_seeds, error_of_grand_mean, interval_of_losses
from biasvar.decomposition.terms import NESTED

POINTS = 12
THIRD_AND_FOURTH = {"gaussian": (0.0, 3.0), "exponential": (2.0, 9.0)}
"""The central moments of effects of variance 1."""


def effects(generator, kind, *shape):
    """Effects of mean 0 and variance 1."""
    return generator.standard_normal(shape) if kind == "gaussian" else generator.exponential(size=shape) - 1


def variance_of_loss(kind, bias):
    """The variance of the mean of (bias + effect)^2 over points whose effects are independent."""
    third, fourth = THIRD_AND_FOURTH[kind]
    return (4 * bias**2 + 4 * bias * third + fourth - 1) / POINTS


def joint(kind, bias, replicates, studies):
    """Decompositions of joint designs, of fresh replicates each."""
    generator = np.random.default_rng(0)
    for _ in range(studies):
        yield decompose(bias + effects(generator, kind, replicates, POINTS), np.zeros(POINTS), noise=0.0, resamples=400)


def root_mean_square(values):
    return float(np.sqrt(np.mean(np.square(values))))


@pytest.mark.parametrize("kind", THIRD_AND_FOURTH)
@pytest.mark.parametrize("bias", [1.0, -1.0])
def test_the_standard_error_of_the_risk_is_that_of_a_mean_whatever_the_shape_of_effects(kind, bias):
    found = list(joint(kind, bias, 10, 400))
    truth = np.sqrt(variance_of_loss(kind, bias) / 10)
    assert 0.93 < root_mean_square([one.standard_error("risk") for one in found]) / truth < 1.07
    apart = root_mean_square([np.sqrt(term_variance(one.moments, {(): 1.0, (0,): 1.0})) for one in found]) / truth
    assert (0.93 < apart < 1.07) == (kind == "gaussian"), "bias and spread taken for independent are caught"


@pytest.mark.parametrize("loss", ["absolute_error", "squared_error", "cross_entropy", "zero_one"])
def test_the_standard_error_of_the_risk_under_every_loss_is_that_of_the_mean_of_its_replicates(loss):
    generator = np.random.default_rng(1)
    if loss.endswith("error"):
        parts = decompose(generator.exponential(size=(7, 9)), np.zeros(9), loss=loss)
    else:
        parts = decompose(generator.dirichlet(np.ones(3), (7, 9)), np.arange(9) % 3, loss=loss)
    assert parts.standard_error("risk") == pytest.approx(np.std(parts.risk_of_models, ddof=1) / np.sqrt(7))


def test_the_standard_error_from_resamples_is_not_low_by_their_number_of_replicates():
    votes = (np.arange(20) < 2).astype(int)[:, None]  # their variance is the share of the two, in every resample
    parts = decompose(votes, np.zeros(1, int), loss="zero_one", resamples=20_000)
    assert parts.standard_error("variance") == pytest.approx(np.sqrt(0.1 * 0.9 / 19), rel=0.015)


@pytest.mark.parametrize("sizes", [(8,), (5, 6), (3, 4, 3)])
def test_the_variance_of_a_grand_mean_is_that_of_its_sources_on_average(sizes):
    generator, studies = np.random.default_rng(2), 800
    shapes = [tuple(size if place == one else 1 for place, size in enumerate(sizes)) for one in range(len(sizes))]
    tables = [
        sum(2 * generator.exponential(size=shape) for shape in shapes) + generator.standard_normal(sizes)
        for _ in range(studies)
    ]
    truth = sum(4 / size for size in sizes) + 1 / np.prod(sizes)
    found = root_mean_square([error_of_grand_mean(table) for table in tables])
    assert found == pytest.approx(np.sqrt(truth), rel=0.07)
    if len(sizes) > 1:
        pooled = root_mean_square([table.std(ddof=1) / np.sqrt(table.size) for table in tables])
        assert pooled < 0.8 * np.sqrt(truth), "crossed models taken for replicates are caught"


def test_outer_sets_of_a_nested_design_are_the_independent_ones():
    values_M = np.arange(12.0) ** 2
    of_sets = values_M.reshape(4, 3).mean(axis=1)
    assert np.array_equal(by_seeds(values_M, (4, 3), NESTED), of_sets)
    assert error_of_grand_mean(of_sets) == pytest.approx(of_sets.std(ddof=1) / 2)
    assert by_seeds(values_M, (4, 3), ("data", "init")).shape == (4, 3)


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_a_standard_error_has_the_units_of_the_values(scale):
    values = np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    wanted = scale * values.std(ddof=1) / np.sqrt(5)
    assert error_of_grand_mean(scale * values) == pytest.approx(wanted, rel=1e-12, abs=0)
    assert error_of_grand_mean(scale * np.ones(4)) == 0


@pytest.mark.parametrize("replicates", [2, 9, 10, 30])
@pytest.mark.parametrize("level", [1e-20, 0.5, 0.999999])
def test_an_interval_of_losses_has_finite_ends_at_any_level(replicates, level):
    losses = np.random.default_rng(3).exponential(size=replicates)
    for values in (losses, np.r_[losses[0] + 1, np.zeros(replicates - 1)], np.zeros(replicates)):
        low, high = interval_of_losses(values, 0.1, 0.0, Resampling(200, 0), level)
        assert low <= high < np.inf


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("replicates", [6, 12, 25])
@pytest.mark.parametrize("kind", THIRD_AND_FOURTH)
@pytest.mark.parametrize("bias", [1.0, -1.0])
def test_the_risk_is_covered_whatever_the_shape_of_effects(kind, bias, replicates):
    truth, held, apart, studies = bias**2 + 1, 0, 0, 400
    for parts in joint(kind, bias, replicates, studies):
        low, high = parts.interval("risk")
        held += low <= truth <= high
        half = 1.96 * np.sqrt(term_variance(parts.moments, {(): 1.0, (0,): 1.0}))
        apart += abs(parts.risk - truth) <= half
    assert 0.91 <= held / studies <= 0.985, held / studies
    if kind == "exponential" and replicates > 6:
        assert not 0.9 <= apart / studies <= 0.985, "bias and spread taken for independent are caught"
