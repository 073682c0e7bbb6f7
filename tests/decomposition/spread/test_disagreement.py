"""Pairs of models: how often they choose differently, and how far they err at the same points."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.spread.disagreement import disagreement_of_pairs
from tests.decomposition.spread.test_accuracy import pairs_of

CLASSES, POINTS = 3, 50


def votes_of(seed, sizes, sources=True):
    """Votes [*sizes, N] for three classes, most of them for class 0; the first source may decide some points."""
    generator = np.random.default_rng(seed)
    own = generator.choice(CLASSES, p=(0.6, 0.3, 0.1), size=(*sizes, POINTS))
    first = generator.choice(CLASSES, size=(sizes[0], *(1 for _ in sizes[1:]), POINTS))
    return np.where(np.arange(POINTS) % 3 == 0, np.broadcast_to(first, own.shape), own) if sources else own


def decomposed(votes, design="joint", **options):
    target = np.zeros(votes.shape[-1], dtype=int)
    return decompose(votes, target, loss="zero_one", labels=range(CLASSES), design=design, resamples=2, **options)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sizes", [(5,), (3, 4), (2, 3, 2)])
def test_they_are_means_over_all_pairs(sizes, weighted):
    votes = votes_of(0, sizes)
    weights = np.random.default_rng(1).exponential(size=POINTS) if weighted else np.ones(POINTS)
    share = weights / weights.sum()
    sources = ("data", "init", "dropout")[: len(sizes)]
    options = {"sources": sources} if len(sizes) > 1 else {}
    parts = decomposed(votes, "crossed" if len(sizes) > 1 else "joint", weights=weights, **options)
    found = disagreement_of_pairs(parts)
    wrong = (votes != 0) - ((votes != 0) @ share)[..., None]
    variance = np.mean(wrong**2 @ share)
    names = {"all": tuple(range(len(sizes)))}
    if len(sizes) > 1:
        names |= {"data": (0,), "init": (1,)}
    for name, apart in names.items():
        pairs = pairs_of(sizes, apart)
        assert found[name].disagreement == pytest.approx(np.mean([(votes[a] != votes[b]) @ share for a, b in pairs]))
        covariance = np.mean([(wrong[a] * wrong[b]) @ share for a, b in pairs])
        assert found[name].correlation == pytest.approx(covariance / variance)


@pytest.mark.parametrize(("sizes", "design"), [((6,), "joint"), ((4, 3), "crossed"), ((4, 3), "nested")])
def test_pairs_that_share_nothing_disagree_twice_as_often_as_kohavi_and_wolperts_variance_says(sizes, design):
    parts = decomposed(votes_of(2, sizes), design)
    assert disagreement_of_pairs(parts)["all"].disagreement == pytest.approx(2 * parts.kw_variance)


def test_equal_models_agree_and_err_together():
    votes = np.repeat(votes_of(3, (1,)), 6, axis=0)
    found = disagreement_of_pairs(decomposed(votes))["all"]
    assert (found.disagreement, found.correlation) == pytest.approx((0, 1))
    assert found.disagreement_interval == pytest.approx((0, 0))
    assert found.correlation_interval == pytest.approx((1, 1))


def test_models_without_errors_have_no_correlation_of_errors():
    found = disagreement_of_pairs(decomposed(np.zeros((6, POINTS), dtype=int)))["all"]
    assert found.disagreement == 0
    assert np.isnan(found.correlation)
    assert np.isnan(found.correlation_interval).all()


def test_sharing_a_source_makes_models_agree():
    found = disagreement_of_pairs(decomposed(votes_of(4, (6, 6)), "crossed"))
    low, high = found["init"].disagreement_interval
    assert low < found["init"].disagreement < high < found["all"].disagreement_interval[0]
    assert found["data"].correlation < found["init"].correlation_interval[0]


def test_no_interval_leaves_what_can_be():
    votes = np.stack([np.full(POINTS, number % CLASSES) for number in range(4)])
    found = disagreement_of_pairs(decomposed(np.where(np.arange(POINTS) < POINTS - 1, votes, 0)))["all"]
    assert found.disagreement < found.disagreement_interval[1] == 1
    low, high = found.correlation_interval
    assert -1 <= low < high <= 1


def test_two_replicates_have_no_interval():
    found = disagreement_of_pairs(decomposed(votes_of(5, (2,))))["all"]
    assert np.isnan(found.disagreement_interval).all()


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("replicates", [5, 12])
def test_nineteen_in_twenty_intervals_hold_the_truth(replicates):
    # Two independent models agree with probability .6^2 + .3^2 + .1^2 at every point; their errors are independent.
    hits = []
    for seed in range(300):
        found = disagreement_of_pairs(decomposed(votes_of(seed, (replicates,), sources=False)))["all"]
        ends = (found.disagreement_interval, 0.54), (found.correlation_interval, 0)
        hits.append([low <= truth <= high for (low, high), truth in ends])
    assert (np.mean(hits, axis=0) > 0.92).all()
