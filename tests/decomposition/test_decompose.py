import copy
import pickle

import numpy as np
import pytest
import scipy.sparse

import biasvar
from biasvar.decomposition import LOSSES

GOOD = np.zeros((3, 5))
DISTRIBUTION = np.full((5, 2), 0.5)
PROBABILITIES = np.full((3, 5, 2), 0.5)
WITH_NAN = np.where(np.eye(3, 5) == 1, np.nan, 0)
CROSSED = {"design": "crossed"}
CROSS_ENTROPY = {"loss": "cross_entropy"}
ZERO_ONE = {"loss": "zero_one"}


def with_zero():
    probabilities = PROBABILITIES.copy()
    probabilities[1, 3] = [1, 0]
    return probabilities


@pytest.mark.parametrize(
    ("predictions", "target", "options", "message"),
    [
        (GOOD[:1], np.zeros(5), {}, "hold 1 replicate; variance needs at least 2"),
        (GOOD[None], np.zeros(5), CROSSED, "hold 1 data seed; variance needs at least 2"),
        (GOOD[:, None], np.zeros(5), CROSSED, "hold 1 init seed; variance needs at least 2"),
        (GOOD[0], np.zeros(5), {}, r"predictions have shape \(5,\); expected \[R, N\]"),
        (GOOD, np.zeros(5), CROSSED, r"predictions have shape \(3, 5\); expected \[I, J, N\] or \[I, J, N, K\]"),
        (np.zeros((3, 0)), np.zeros(0), {}, "expected at least one point"),
        (GOOD, np.zeros(4), {}, r"target has shape \(4,\); expected \[N\] or \[N, K\] with N = 5"),
        (GOOD, DISTRIBUTION, {}, "target has 2 outputs and predictions have 1"),
        (np.zeros((3, 5, 2)), np.zeros((5, 3)), {}, "target has 3 outputs and predictions have 2"),
        (WITH_NAN, np.zeros(5), {}, r"3 values are not finite, the first \(nan\) at \(0, 0, 0\)"),
        (WITH_NAN, np.zeros(5), ZERO_ONE, r"predictions: 3 labels are NaN, the first \(nan\) at \(0, 0\)"),
        (GOOD, np.array([0, 1, np.nan, 0, 1]), ZERO_ONE, r"target: 1 labels are NaN, the first \(nan\) at \(2,\)"),
        (GOOD, np.full(5, np.inf), {}, "target: 5 values are not finite"),
        (np.full((3, 5), "a"), np.zeros(5), {}, "class labels go with loss='zero_one'"),
        (np.full((3, 5), "a"), np.zeros(5), ZERO_ONE, "expected labels of one type"),
        (np.zeros((3, 5, 2)), np.array([0, 1, 2, 0, 1]), {}, "label 2 at point 2 is not among the 2 classes 0, 1"),
        (GOOD, np.zeros(5), {"loss": "mea"}, "loss = 'mea' is not known; choose one of squared_error, zero_one"),
        (GOOD, np.zeros(5), {"design": "nest"}, "design = 'nest' is not known"),
        (np.full((3, 5), 7), DISTRIBUTION, ZERO_ONE, "label 7 at point 0 is not among the 2 classes 0, 1"),
        (PROBABILITIES, np.full((5, 2), 0.4), ZERO_ONE, r"probabilities at \(0,\) sum to 0.8; expected 1"),
        (PROBABILITIES * 0.9, DISTRIBUTION, CROSS_ENTROPY, r"probabilities at \(0, 0\) sum to 0.9; expected 1"),
        (PROBABILITIES * [3, -1], DISTRIBUTION, CROSS_ENTROPY, r"probability at \(0, 0, 1\) is -0.5"),
        (
            with_zero(),
            DISTRIBUTION,
            CROSS_ENTROPY,
            "the first of model 1 at point 3 for class 1, whose label share is 0.5",
        ),
        (GOOD, np.zeros(5), CROSS_ENTROPY, r"cross_entropy expects \[.., N, K\], K of at least 2"),
        (GOOD, np.zeros(5), {"noise": -1.0}, "cannot be negative; its least value is -1"),
        (GOOD, np.zeros(5), {"noise": np.nan}, r"noise: 1 values are not finite"),
        (GOOD, np.zeros(5), {"noise": np.zeros(4)}, r"noise has shape \(4,\); expected one number or \[N\]"),
        (PROBABILITIES, DISTRIBUTION, {"noise": 0.1, "loss": "zero_one"}, "from which it follows"),
        (PROBABILITIES, np.zeros(5, int), {"noise": 0.1}, "give the distribution of the labels"),
        (PROBABILITIES, DISTRIBUTION, {"labels": ["a", "b", "c"]}, "target has 2 outputs|labels name 3 classes"),
        (PROBABILITIES, DISTRIBUTION, {"outputs_are": "labels"}, "does not go with squared_error; it takes values"),
        (PROBABILITIES, DISTRIBUTION, {"outputs_are": "labels", "loss": "zero_one"}, "expected one label a point"),
        (GOOD, np.zeros(5), {"noise": 0.5, "loss": "absolute_error"}, "give draws of the label"),
        (PROBABILITIES, np.zeros(5), {"loss": "absolute_error"}, "expected one number a point"),
        (
            np.full((3, 5), 0.3),
            np.zeros(5),
            ZERO_ONE,
            r"15 labels are not whole numbers, the first \(0.3\) at \(0, 0\)",
        ),
        (PROBABILITIES, DISTRIBUTION * 1.1, {}, "the target is no label distribution: its first row sums to 1.1"),
        (
            np.ma.masked_equal(np.eye(3, 5), 1),
            np.zeros(5),
            {},
            r"predictions: values are masked, the first at \(0, 0\)",
        ),
        ([["a", None], ["a", "b"]], ["a", "b"], ZERO_ONE, r"predictions: 1 values are missing, the first at \(0, 1\)"),
        (GOOD + 1j, np.zeros(5), {}, "predictions hold complex128; expected real numbers"),
        ([[1, 2], [3]], np.zeros(2), {}, "predictions are no array"),
        (np.full((3, 5), 1e200) * np.arange(3)[:, None], np.zeros(5), {}, "overflows at 5 points"),
        (PROBABILITIES, DISTRIBUTION, {"labels": ["a", "a"]}, "names each class once"),
        (GOOD, np.zeros(5), {"labels": [0, 1]}, "labels name 2 classes|these predictions are numbers"),
        (PROBABILITIES, np.zeros(5, int), {"noise": np.zeros(4), "loss": "zero_one"}, r"noise has shape \(4,\)"),
        (GOOD[None], np.zeros(5), {"design": "crossed", "sources": "data"}, "names each crossed axis once"),
        (GOOD, np.zeros(5), {"resamples": 0}, "resamples = 0 is not allowed; expected an integer of at least 2"),
        (GOOD, np.zeros(5), {"resamples": "100"}, "resamples = '100' is not allowed"),
        (GOOD, np.zeros(5), {"resamples": 10.5}, "resamples = 10.5 is not allowed"),
        (GOOD, np.zeros(5), {"seed": -1}, "seed = -1 is not allowed; expected an integer of at least 0"),
        (GOOD, np.zeros(5), {"seed": None}, "seed = None is not allowed"),
        (GOOD, np.zeros(5), {"loss": None}, "loss = None is not known"),
        (GOOD, np.zeros(5), {"loss": ["zero_one", 3]}, "loss = 3 is not known"),
        (GOOD, np.zeros(5), {"sources": ["data", "init"]}, "sources name the axes of a crossed design"),
        (GOOD, np.zeros(5), {"noise": True}, "noise holds truth values"),
        (scipy.sparse.csr_matrix(GOOD), np.zeros(5), {}, "predictions are sparse"),
    ],
)
def test_arrays_that_cannot_be_decomposed_are_refused_with_what_was_found(predictions, target, options, message):
    with pytest.raises(ValueError, match=message):
        biasvar.decompose(predictions, target, **options)


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e8])
def test_a_bias_far_larger_than_the_spread_costs_no_digits(offset):
    spread = np.random.default_rng(0).integers(-8, 9, (10, 50)) / 8  # exact beside any of these offsets
    parts = biasvar.decompose(spread + offset, np.zeros(50), noise=1.0)
    assert np.allclose(parts.points["variance"], spread.var(axis=0, ddof=1), rtol=1e-9)
    assert np.abs(parts.points["residual"]).max() <= 1e-12 * parts.risk
    same = biasvar.decompose(np.full((10, 50), offset + 0.1), np.zeros(50))
    assert 0 <= same.variance <= 1e-15 * max(offset, 1.0) ** 2


def test_labels_may_be_objects_and_columns():
    texts, target = np.array([["a", "b"], ["b", "b"]]), np.array(["a", "b"])
    expected = biasvar.decompose(texts, target, loss="zero_one").risk
    assert biasvar.decompose(texts.astype(object), target.astype(object), loss="zero_one").risk == expected
    assert biasvar.decompose(texts.tolist(), target[:, None], loss="zero_one").risk == expected
    distribution = np.full((4, 3), 1 / 3, dtype=np.float32)
    scores = np.random.default_rng(0).random((5, 4, 3))
    assert biasvar.decompose(scores, distribution, outputs_are="scores").reference == "distribution"


def test_a_logit_of_minus_infinity_is_a_probability_of_zero():
    logits = np.array([[[0.0, 1.0, -np.inf]], [[1.0, 0.0, 0.5]]])
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    for loss in ("squared_error", "zero_one", "cross_entropy"):
        found = biasvar.decompose(logits, [1], loss=loss, outputs_are="logits")
        assert found.risk == pytest.approx(biasvar.decompose(probabilities, [1], loss=loss).risk)
    with pytest.raises(ValueError, match="all minus infinity"):
        biasvar.decompose(np.full((2, 1, 2), -np.inf), [1], loss="cross_entropy", outputs_are="logits")


def test_a_result_can_be_copied_and_pickled():
    parts = biasvar.decompose(np.random.default_rng(0).random((5, 4)), np.zeros(4))
    for again in (copy.deepcopy(parts), pickle.loads(pickle.dumps(parts))):
        assert again.risk == parts.risk and again.interval("variance") == parts.interval("variance")


def ensemble_of(loss, generator, sizes=(8,)):
    """Return predictions and a target with a known distribution that fit a loss."""
    if "classification" in LOSSES[loss].TASKS:
        scores = generator.random((*sizes, 60, 3))
        return scores / scores.sum(axis=-1, keepdims=True), generator.dirichlet(np.ones(3), 60)
    return generator.standard_normal((*sizes, 60)), generator.standard_normal((60, 25))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("sizes", "design"), [((8,), "joint"), ((4, 5), "crossed")])
def test_every_loss_closes_and_has_intervals_that_hold_the_estimate(loss, sizes, design):
    assert LOSSES[loss].__doc__ and LOSSES[loss].TASKS
    predictions, target = ensemble_of(loss, np.random.default_rng(0), sizes)
    parts = biasvar.decompose(predictions, target, loss=loss, design=design)
    assert np.abs(parts.points["residual"]).max() < 1e-12
    effects = parts.noise + parts.systematic_effect + parts.variance_effect
    assert parts.risk == pytest.approx(effects, abs=1e-12), "James's effects add up under every loss"
    assert parts.risk_of_models.mean() == pytest.approx(parts.risk)
    for name in parts.estimated:
        low, high = parts.interval(name)
        assert low <= getattr(parts, name) <= high
        wide_low, wide_high = parts.interval(name, over="replicates_and_points")
        assert wide_low <= low and high <= wide_high
        assert parts.standard_error(name) > 0
    with pytest.raises(ValueError, match="has no interval"):
        parts.interval("colour")
    with pytest.raises(ValueError, match="method"):
        parts.interval("risk", method="magic")


@pytest.mark.parametrize("loss", LOSSES)
def test_the_order_of_replicates_does_not_matter(loss):
    predictions, target = ensemble_of(loss, np.random.default_rng(1))
    one, other = (biasvar.decompose(p, target, loss=loss) for p in (predictions, predictions[::-1]))
    for name in one.points:
        assert np.allclose(one.points[name], other.points[name], atol=1e-12, equal_nan=True)


def test_the_same_seed_gives_the_same_interval():
    generator = np.random.default_rng(0)
    predictions, target = generator.random((8, 60)), generator.random(60)
    one, two, other = (
        biasvar.decompose(predictions, target, noise=0, seed=seed).interval("risk", method="bootstrap")
        for seed in (0, 0, 1)
    )
    assert one == two != other


def test_logits_and_their_probabilities_say_the_same():
    generator = np.random.default_rng(2)
    logits, distribution = 3 * generator.standard_normal((6, 40, 4)), generator.dirichlet(np.ones(4), 40)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    for loss in ("squared_error", "zero_one", "cross_entropy"):
        one = biasvar.decompose(logits, distribution, loss=loss, outputs_are="logits")
        other = biasvar.decompose(probabilities, distribution, loss=loss, outputs_are="probabilities")
        for name in one.points:
            assert np.allclose(one.points[name], other.points[name], atol=1e-12, equal_nan=True)


def test_labels_name_the_columns_of_a_law():
    distribution = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]])
    words = np.array([["cat", "owl"], ["dog", "owl"], ["cat", "dog"]])
    named = biasvar.decompose(words, distribution, loss="zero_one", labels=["cat", "dog", "owl"])
    numbers = biasvar.decompose(np.array([[0, 2], [1, 2], [0, 1]]), distribution, loss="zero_one")
    assert named.risk == numbers.risk == pytest.approx(((0.3 + 0.8 + 0.3) / 3 + (0.2 + 0.2 + 0.9) / 3) / 2)
    with pytest.raises(ValueError, match="label owl at point 1 is not among the 2 classes"):
        biasvar.decompose(
            words,
            distribution[:, :2] / distribution[:, :2].sum(axis=1, keepdims=True),
            loss="zero_one",
            labels=["cat", "dog"],
        )


def test_one_class_alone_is_never_wrong():
    parts = biasvar.decompose(np.full((3, 4), "a"), np.full(4, "a"), loss="zero_one")
    assert parts.risk == parts.bias == parts.variance == 0


def test_probabilities_of_a_regression_are_numbers_when_told_so():
    generator = np.random.default_rng(3)
    shares = generator.dirichlet(np.ones(2), (5, 30))
    target = generator.dirichlet(np.ones(2), 30)
    assert biasvar.decompose(shares, target).reference == "distribution"
    assert biasvar.decompose(shares, target, outputs_are="values").reference == "labels"
    assert biasvar.decompose(shares, target, noise=0.0).noise == 0


def test_labels_without_noise_are_a_law():
    parts = biasvar.decompose(PROBABILITIES, np.zeros(5, int), noise=0)
    assert parts.reference == "distribution" and parts.noise == 0 and parts.bias_squared == pytest.approx(0.5)


@pytest.mark.parametrize("loss", ["squared_error", "zero_one", "cross_entropy"])
def test_votes_are_a_law_whose_finite_number_is_corrected_for(loss):
    # Counts of n = 51 votes from a known distribution: averaged over many points the corrected terms are those of the
    # distribution.
    generator = np.random.default_rng(4)
    points = 40_000
    distribution = np.tile([0.6, 0.25, 0.15], (points, 1))
    logits = np.log([0.5, 0.3, 0.2]) + 0.5 * generator.standard_normal((5, points, 3))
    counts = generator.multinomial(51, distribution[0], points)
    options = {"loss": loss, "outputs_are": "logits"}
    exact, voted = biasvar.decompose(logits, distribution, **options), biasvar.decompose(logits, counts, **options)
    shares = biasvar.decompose(logits, counts / 51, **options)
    assert voted.reference == "votes"
    assert voted.noise == pytest.approx(exact.noise, abs=0.003)
    assert voted.risk == pytest.approx(exact.risk, abs=0.01)
    if loss != "zero_one":
        assert shares.noise < exact.noise - 0.005, "shares taken for the distribution give too little noise"
        bias = "bias_squared" if loss == "squared_error" else "bias"
        assert getattr(voted, bias) == pytest.approx(getattr(exact, bias), abs=0.004)
        assert getattr(shares, bias) > getattr(exact, bias) + 0.008, "and too much bias"
