import numpy as np
import pytest

from biasvar.decomposition import decompose, zero_one


def test_a_worked_example_with_three_classes():
    # One point, law (0.6, 0.3, 0.1), ten replicates voting 3, 6, 1: f* = 0, main prediction 1.
    votes = np.array([0] * 3 + [1] * 6 + [2])[:, None]
    parts = decompose(votes, np.array([[0.6, 0.3, 0.1]]), loss="zero_one")
    assert parts.bias == 1
    assert parts.noise == pytest.approx(0.4)
    assert parts.variance == pytest.approx(0.4)
    # c2 = -P(f = f* | f != main) = -3/4, so c2 variance = -0.3; c1 noise = 0.3 * 0.4 - (0.6 * 0.3 + 0.1 * 0.1).
    assert parts.net_variance == pytest.approx(-0.3)
    assert parts.net_noise == pytest.approx(0.12 - 0.19)
    assert parts.risk == pytest.approx(0.3 * 0.4 + 0.6 * 0.7 + 0.1 * 0.9)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("known", [True, False])
def test_closure_holds_at_every_point(classes, known):
    generator = np.random.default_rng(classes)
    scores = generator.random((9, 200, classes))
    target = generator.dirichlet(np.ones(classes), 200) if known else generator.integers(0, classes, 200)
    parts = decompose(scores, target, loss="zero_one")
    assert np.abs(parts.points["residual"]).max() < 1e-12
    plain_sum = parts.bias + parts.variance
    assert abs(parts.risk - plain_sum) > 0.01, "plain variance does not add up: this is why net variance exists"


def test_two_classes_have_c1_and_c2_of_plus_or_minus_one():
    # Domingos 2000: for two classes c2 = 1 where unbiased, -1 where biased; c1 = 2 P(f = f*) - 1.
    generator = np.random.default_rng(0)
    law = generator.dirichlet(np.ones(2), 100)
    parts = decompose(generator.random((11, 100, 2)), law, loss="zero_one").points
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


def test_ties_are_broken_by_a_seeded_draw_that_favours_no_class():
    votes = np.tile([2.0, 2.0, 0.0], (4000, 1))
    law = np.tile([1.0, 0.0, 0.0], (4000, 1))
    share = zero_one.parts_of_votes(votes, law)["bias"].mean()
    assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(4000)
    assert share == zero_one.parts_of_votes(votes, law)["bias"].mean()


def test_resampled_terms_are_those_of_the_resample_moved_to_the_estimate():
    generator = np.random.default_rng(5)
    scores, law = generator.random((6, 40, 4)), generator.dirichlet(np.ones(4), 40)
    counts = np.array([[2, 0, 1, 3, 0, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 3, 3, 0]])
    noise = zero_one.law_noise(law)
    found = zero_one.resampled_terms(scores, law, noise, counts)
    estimates, _ = zero_one.terms(scores, law, noise)
    resamples = [zero_one.terms(np.repeat(scores, count, axis=0), law, noise)[0] for count in counts]
    for name, values in found.items():
        plain = np.array([points[name].mean() for points in resamples])
        assert np.allclose(values, plain - plain.mean() + estimates[name].mean(), atol=1e-6)
