"""Standard errors and intervals where seeds have effects of unequal size: against the spread of simulated studies."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.components import sets_of
from biasvar.decomposition.gaussian import component_interval, term_variance

SOURCES = ("data", "label_noise", "init")
TRUTH = {"variance_data": 0.2, "variance_init": 0.2, "variance_interaction": 0.6, "variance": 1.0}


def normal(generator, *shape):
    """Effects of variance 1 that move half together and half alone over 12 points."""
    return np.sqrt(0.5) * (generator.standard_normal((*shape, 1)) + generator.standard_normal((*shape, 12)))


def predictions(generator, seeds, unequal, init=True):
    """Predictions [I, J, N] whose interactions (without ``init``, inner draws) have a scale of their data seed."""
    scale = np.exp(unequal * generator.standard_normal((seeds, 1, 1)) - unequal**2)  # mean square 1
    effects = np.sqrt(0.2) * (normal(generator, seeds, 1) + (normal(generator, 1, seeds) if init else 0.0))
    return 0.3 + effects + np.sqrt(0.6) * scale * normal(generator, seeds, seeds)


def studies(number, **options):
    return [predictions(np.random.default_rng([number, study]), **options) for study in range(number)]


@pytest.mark.parametrize("sizes", [(5, 4), (4, 3, 5)])
def test_the_variance_of_the_risk_is_that_of_the_mean_of_a_random_effects_table(sizes):
    # Unbiased components of the models' own risks: V_data / I + V_init / J + V_both / (I J), and so on.
    f = np.random.default_rng(0).standard_normal((*sizes, 6))
    parts = decompose(f, np.zeros(6), noise=0.0, design="crossed", sources=SOURCES[: len(sizes)])
    risks = decompose(
        np.square(f).mean(axis=-1)[..., None], [0.0], noise=0.0, design="crossed", sources=parts.ensemble.sources
    )
    everything = dict.fromkeys([(), *sets_of(len(sizes))], 1.0)
    found = parts.sampling.deletions.variance(everything) * parts.sampling.unit**2
    assert found == pytest.approx(risks.moments.of_mean)


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("seeds", [5, 10])
@pytest.mark.parametrize("unequal", [0.0, 0.4])
def test_standard_errors_are_the_spread_over_studies(seeds, unequal):
    found = [
        decompose(one, np.zeros(12), noise=0.0, design="crossed") for one in studies(200, seeds=seeds, unequal=unequal)
    ]
    for name in (*TRUTH, "risk", "bias_squared"):
        spread = np.std([getattr(one, name) for one in found], ddof=1)
        reported = np.sqrt(np.mean([one.standard_error(name) ** 2 for one in found]))
        assert 0.85 < reported / spread < 1.6, (name, reported / spread)
    if unequal:
        interaction = [(one.variance_interaction, term_variance(one.moments, {(0, 1): 1.0})) for one in found]
        values, variances = np.transpose(interaction)
        assert np.sqrt(variances.mean()) < 0.65 * values.std(), "interactions taken for equally large are caught"


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("unequal", [0.0, 0.4])
def test_ten_by_ten_seeds_with_unequal_interactions_cover_every_component(unequal):
    held, equal = dict.fromkeys(TRUTH, 0), 0
    for one in studies(250, seeds=10, unequal=unequal):
        parts = decompose(one, np.zeros(12), noise=0.0, design="crossed")
        for name, value in TRUTH.items():
            low, high = parts.interval(name)
            held[name] += low <= value <= high
        low, high = component_interval(parts.moments, {(0, 1): 1.0}, 0.95)
        equal += low <= TRUTH["variance_interaction"] <= high
    for name, count in held.items():
        assert 0.87 <= count / 250 <= 0.99, (name, count / 250)
    assert (equal / 250 < 0.7) == bool(unequal), "interactions taken for equally large are caught"


@pytest.mark.ci
@pytest.mark.slow
def test_outer_sets_whose_inner_draws_spread_unequally_show_in_the_standard_error():
    found = [
        decompose(one, np.zeros(12), noise=0.0, design="nested")
        for one in studies(200, seeds=8, unequal=0.4, init=False)
    ]
    for name in ("variance_outer", "variance_inner", "variance", "risk"):
        spread = np.std([getattr(one, name) for one in found], ddof=1)
        reported = np.sqrt(np.mean([one.standard_error(name) ** 2 for one in found]))
        assert 0.85 < reported / spread < 1.6, (name, reported / spread)


def test_two_seeds_of_a_source_are_not_deleted_and_a_joint_design_deletes_none():
    generator = np.random.default_rng(1)
    for shape, kept in (((2, 2), True), ((2, 6), False)):
        parts = decompose(generator.standard_normal((*shape, 4)), np.zeros(4), noise=0.0, design="crossed")
        assert np.any(parts.sampling.deletions.covariance) != kept
        for name in parts.estimated:
            assert np.isfinite(parts.interval(name)).all() and parts.standard_error(name) > 0
    joint = decompose(generator.standard_normal((6, 4)), np.zeros(4), noise=0.0)
    assert not np.any(joint.sampling.deletions.covariance)
    assert joint.standard_error("variance") == np.sqrt(joint.moments.mean_squares[(0,)].variance)


@pytest.mark.parametrize("level", [1e-20, 0.5, 0.999999])
def test_an_estimate_lies_in_its_interval_at_any_level(level):
    parts = decompose(predictions(np.random.default_rng(2), 3, 1.0), np.zeros(12), noise=0.0, design="crossed")
    for name in parts.estimated:
        low, high = parts.interval(name, level)
        assert low <= getattr(parts, name) <= high < np.inf
