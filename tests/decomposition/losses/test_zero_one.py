import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.committees.committee import committee_risk
from biasvar.decomposition.losses import zero_one


def test_a_worked_example_with_three_classes():
    # One point, distribution (0.6, 0.3, 0.1), ten replicates voting 3, 6, 1: f* = 0, main prediction 1.
    votes = np.array([0] * 3 + [1] * 6 + [2])[:, None]
    parts = decompose(votes, np.array([[0.6, 0.3, 0.1]]), loss="zero_one")
    assert parts.bias == 1
    assert parts.noise == pytest.approx(0.4)
    assert parts.variance == pytest.approx(0.4)
    # c2 = -P(f = f* | f != main) = -3/4, so c2 variance = -0.3; c1 noise = 0.3 * 0.4 - (0.6 * 0.3 + 0.1 * 0.1).
    assert parts.net_variance == pytest.approx(-0.3)
    assert parts.net_noise == pytest.approx(0.12 - 0.19)
    assert parts.risk == pytest.approx(0.3 * 0.4 + 0.6 * 0.7 + 0.1 * 0.9)


def test_plain_variance_does_not_add_up():
    generator = np.random.default_rng(0)
    parts = decompose(generator.random((9, 200, 3)), generator.dirichlet(np.ones(3), 200), loss="zero_one")
    assert abs(parts.risk - parts.noise - parts.bias - parts.variance) > 0.01
    c1, c2 = parts.points["c1"], parts.points["c2"]
    sums = c1 * parts.points["noise"] + parts.points["bias"] + np.nan_to_num(c2 * parts.points["variance"])
    assert np.allclose(sums, parts.points["risk"]), "with the coefficients of each point it does"
    assert len(np.unique(np.round(c2[~np.isnan(c2)], 6))) > 10


def test_two_classes_have_c1_and_c2_of_plus_or_minus_one():
    # Domingos 2000: for two classes c2 = 1 where unbiased, -1 where biased; c1 = 2 P(f = f*) - 1.
    generator = np.random.default_rng(0)
    distribution = generator.dirichlet(np.ones(2), 100)
    parts = decompose(generator.random((11, 100, 2)), distribution, loss="zero_one").points
    assert np.allclose(parts["net_variance"], np.where(parts["bias"] == 1, -1, 1) * parts["variance"])
    right = 1 - parts["bias"] - parts["net_variance"]
    assert np.allclose(parts["net_noise"], (2 * right - 1) * parts["noise"])


def test_labels_may_be_any_integers_or_strings():
    numbers = decompose(np.array([[3, -7], [3, 5], [5, 5]]), np.array([3, -7]), loss="zero_one")
    words = decompose(np.array([["c", "a"], ["c", "d"], ["d", "d"]]), np.array(["c", "a"]), loss="zero_one")
    for name in ("risk", "bias", "variance", "net_variance"):
        assert getattr(numbers, name) == getattr(words, name)
    assert numbers.noise is None
    assert numbers.risk == pytest.approx((1 / 3 + 2 / 3) / 2)


SIZES = {"joint": (4,), "crossed": (2, 3)}  # even, so that there are ties


def tied(design="joint", points=60, classes=3):
    """Votes and a distribution of labels with ties of votes, of the optimum, and of both."""
    generator = np.random.default_rng(12)
    distribution = generator.dirichlet(np.ones(classes), points)
    distribution[::3] = [0.4, 0.4, 0.2]
    return generator.integers(0, classes, (*SIZES[design], points)), distribution


def test_terms_at_ties_are_means_over_every_way_to_break_them():
    votes, distribution = tied()
    found = decompose(votes, distribution, loss="zero_one").points
    main_ties = optimal_ties = 0
    for n, p in enumerate(distribution):
        q = np.bincount(votes[:, n], minlength=3) / len(votes)
        mains, optima = np.flatnonzero(q == q.max()), np.flatnonzero(p == p.max())
        ways = [(m, f) for m in mains for f in ([m] if m in optima else optima)]
        weight = [1 / len(mains) / (1 if m in optima else len(optima)) for m, _ in ways]
        bias = np.array([m != f for m, f in ways])
        c2 = (
            np.array([1.0 if m == f else -q[f] / (1 - q[m]) for m, f in ways])
            if q.max() < 1
            else np.full(len(ways), np.nan)
        )
        c1 = np.array([q[f] - sum(q[c] * p[c] for c in range(3) if c != f) / (1 - p[f]) for _, f in ways])
        wanted = {"bias": bias, "c1": c1, "c2": c2, "systematic_effect": [p.max() - p[m] for m, _ in ways]}
        for name, values in wanted.items():
            assert found[name][n] == pytest.approx(np.dot(weight, values), abs=1e-12, nan_ok=True), (n, name)
        main_ties, optimal_ties = main_ties + (len(mains) > 1), optimal_ties + (len(optima) > 1 and len(ways) > 1)
    assert main_ties > 10 and optimal_ties > 3


def test_a_fair_bias_of_two_replicates_is_its_expectation_over_coins():
    # Two models of which each is right with probability 0.3: 0.49 wrong, and of 0.42 that differ half.
    votes = np.random.default_rng(0).random((2, 100_000)) > 0.3
    parts = decompose(votes.astype(int), np.zeros(100_000, int), loss="zero_one")
    both, one = np.mean(votes.all(axis=0)), np.mean(votes[0] != votes[1])
    assert parts.bias == pytest.approx(both + one / 2, abs=1e-12) == pytest.approx(0.7, abs=0.005)


@pytest.mark.parametrize("design", SIZES)
def test_no_term_depends_on_the_order_of_points_or_of_classes_or_on_a_seed(design):
    votes, distribution = tied(design)
    options = {"loss": "zero_one", "design": design, "labels": range(3)}
    found = decompose(votes, distribution, **options)
    generator = np.random.default_rng(3)
    order, names = generator.permutation(60), generator.permutation(3)
    others = {
        "points": decompose(votes[..., order], distribution[order], **options),
        "classes": decompose(names[votes], distribution[:, np.argsort(names)], **options),
        "seed": decompose(votes, distribution, **options, seed=99),
    }
    for what, other in others.items():
        for name in found.points:
            here = found.points[name][order] if what == "points" else found.points[name]
            assert np.allclose(other.points[name], here, rtol=0, atol=1e-12, equal_nan=True), (what, name)
    halves = [decompose(votes[..., half], distribution[half], **options) for half in (slice(30), slice(30, None))]
    for name in ("bias", "risk", "variance", "net_variance", "net_noise", "systematic_effect"):
        assert getattr(found, name) == pytest.approx(np.mean([getattr(half, name) for half in halves]), abs=1e-12)


def test_the_bias_of_labels_under_other_names_is_the_same():
    votes, _ = tied()
    labels = np.random.default_rng(1).integers(0, 3, 60)
    found = decompose(votes, labels, loss="zero_one").bias
    for names in (["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]):
        assert decompose(np.array(names)[votes], np.array(names)[labels], loss="zero_one").bias == found


def test_committees_that_tie_share_their_loss_between_classes():
    votes = np.array([[0], [0], [1], [1]])
    parts = decompose(votes, np.array([[0.7, 0.3]]), loss="zero_one")
    for rule in ("vote", "mean"):
        assert committee_risk(parts, rule, [4])[0] == pytest.approx(0.5)


def test_resampled_terms_are_those_of_the_resampled_ensemble():
    generator = np.random.default_rng(5)
    scores, distribution = generator.random((6, 40, 4)), generator.dirichlet(np.ones(4), 40)
    counts = np.array([[2, 0, 1, 3, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 3, 3, 0]])
    found = zero_one.resampled(decompose(scores, distribution, loss="zero_one").ensemble, [counts])
    for b, count in enumerate(counts):
        expected = decompose(np.repeat(scores, count, axis=0), distribution, loss="zero_one")
        for name, values_B in found.items():
            assert values_B[b] == pytest.approx(getattr(expected, name), abs=1e-12), name


def test_means_and_their_intervals_keep_to_the_range_of_the_loss():
    votes = np.zeros((5, 200), int)
    votes[0, :3] = 1
    parts = decompose(votes, np.zeros(200, int), loss="zero_one")
    for name in ("risk", "bias", "variance"):
        low, high = parts.interval(name, 0.99)
        assert 0 <= low <= high <= 1


def test_a_majority_vote_over_few_replicates_has_too_much_bias():
    # A point that a model gets right with probability 0.6 has bias 0 (Domingos); R votes say otherwise.
    generator = np.random.default_rng(6)
    for replicates, expected in ((3, 0.352), (10, 0.267), (50, 0.078)):
        wrong = (generator.random((replicates, 20_000)) > 0.6).astype(int)
        found = decompose(wrong, np.zeros(20_000, int), loss="zero_one").bias
        assert found == pytest.approx(expected, abs=0.01)


def test_kohavi_and_wolpert_add_up_and_are_unbiased():
    generator = np.random.default_rng(7)
    q, distribution = np.array([0.5, 0.3, 0.2]), np.array([0.7, 0.2, 0.1])
    votes = generator.choice(3, size=(4, 30_000), p=q)
    parts = decompose(votes, np.tile(distribution, (30_000, 1)), loss="zero_one")
    assert parts.kw_noise + parts.kw_bias_squared + parts.kw_variance == pytest.approx(parts.risk)
    assert parts.kw_noise == pytest.approx((1 - np.sum(distribution**2)) / 2)
    assert parts.kw_bias_squared == pytest.approx(np.sum((distribution - q) ** 2) / 2, abs=0.005)
    assert parts.kw_variance == pytest.approx((1 - np.sum(q**2)) / 2, abs=0.005)
    assert parts.plug_in["kw_variance"] < parts.kw_variance - 0.05, "the plug-in estimate is caught"


def test_a_prediction_that_ties_for_the_optimum_is_not_biased():
    for main in (0, 1):
        parts = decompose(np.full((3, 1), main), np.array([[0.5, 0.5]]), loss="zero_one")
        assert parts.bias == 0 and parts.systematic_effect == 0


@pytest.mark.parametrize("design", ["joint", "crossed"])
def test_kohavi_and_wolpert_are_those_of_the_law_where_few_people_voted(design):
    generator, points, people = np.random.default_rng(8), 20_000, 4
    q, distribution = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.25, 0.15])
    sizes = (6,) if design == "joint" else (3, 2)
    predicted = generator.choice(3, size=(*sizes, points), p=q)
    counts = generator.multinomial(people, distribution, points)
    parts = decompose(predicted, counts, loss="zero_one", design=design)
    truths = {
        "kw_noise": 1 - np.sum(distribution**2),
        "kw_bias_squared": np.sum((distribution - q) ** 2),
        "kw_variance": 1 - np.sum(q**2),
    }
    for name, twice in truths.items():
        assert getattr(parts, name) == pytest.approx(twice / 2, abs=0.006), name
    residual_N = parts.points["risk"] - sum(parts.points[name] for name in truths)
    assert np.abs(residual_N).max() < 1e-12
    shares = decompose(predicted, counts / people, loss="zero_one", design=design)
    sampling = (1 - np.sum(distribution**2)) / (2 * people)
    assert shares.kw_bias_squared - parts.kw_bias_squared == pytest.approx(sampling, rel=0.05), "shares are caught"
    assert sampling > 0.05
