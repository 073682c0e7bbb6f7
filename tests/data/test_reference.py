"""What bias and noise are measured against is what its name says."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.references import reference_target
from biasvar.data.references.injected import with_label_noise
from biasvar.data.references.labels import drawn_labels, labels_of
from biasvar.decomposition import decompose

Gaussian, Synthetic, Digits = SOURCES["gaussian_classes"], SOURCES["synthetic"], SOURCES["digits"]


def target_of(data, reference):
    return reference_target(data.evaluation(0), data, reference, seed=0)


@pytest.mark.parametrize("data", [Gaussian(), Synthetic()], ids=["classes", "numbers"])
def test_the_law_is_the_reference_where_the_data_has_one(data):
    known = data.evaluation(0)
    found = target_of(data, "auto")
    assert found.name == "distribution"
    assert np.array_equal(found.target, known.target)
    assert found.noise_N is known.noise_N or np.array_equal(found.noise_N, known.noise_N)


def test_labels_are_the_reference_where_no_law_is_known():
    found = target_of(Digits(), "auto")
    assert found.name == "labels" and found.noise_N is None
    assert np.array_equal(found.target, Digits().evaluation(0).target)


@pytest.mark.parametrize("rate", [0.1, 0.4])
def test_the_bayes_error_under_injected_noise_is_the_closed_form(rate):
    data = Gaussian(label_noise=rate, classes=4, n_eval=2000)
    clean, noisy = target_of(data, "auto").target, target_of(data, "injected").target
    before, after = (float(np.mean(1 - distribution.max(axis=1))) for distribution in (clean, noisy))
    assert after == pytest.approx(rate + (1 - rate * 4 / 3) * before, abs=1e-12)
    # Negative controls: redrawing over all classes flips less, and adding the rate counts it twice.
    redrawn = (1 - rate) * clean + rate / 4
    assert abs(np.mean(1 - redrawn.max(axis=1)) - after) > 0.01
    assert abs(before + rate - after) > 0.01


def test_injected_noise_over_labels_takes_them_to_be_right():
    data = Digits(label_noise=0.2)
    found = target_of(data, "injected")
    labels = data.evaluation(0).target
    assert found.name == "injected label noise"
    assert np.allclose(found.target.sum(axis=1), 1)
    assert np.allclose(found.target[np.arange(len(labels)), labels], 0.8)
    assert np.allclose(np.sort(found.target, axis=1)[:, :-1], 0.2 / 9)
    parts = decompose(np.random.default_rng(0).random((3, len(labels), 10)), found.target, loss="zero_one")
    assert parts.noise == pytest.approx(0.2)


def test_flipped_labels_have_the_law_that_the_injected_reference_says():
    distribution = np.tile([0.7, 0.2, 0.1], (40_000, 1))
    generator = np.random.default_rng(1)
    labels = drawn_labels(distribution, generator)
    flipped = generator.random(len(labels)) < 0.3
    labels[flipped] = (labels[flipped] + generator.integers(1, 3, flipped.sum())) % 3
    shares = np.bincount(labels, minlength=3) / len(labels)
    assert np.allclose(shares, with_label_noise(distribution[:1], 0.3)[0], atol=4 * 0.5 / np.sqrt(len(labels)))
    assert not np.allclose(shares, distribution[0], atol=4 * 0.5 / np.sqrt(len(labels)))


def test_votes_are_named_and_reach_the_decomposition_as_whole_numbers():
    data = Digits()
    votes = np.random.default_rng(2).multinomial(50, np.full(10, 0.1), data.n_eval)
    found = reference_target(replace(data.evaluation(0), votes_NK=votes), data, "cifar10h", seed=0)
    assert found.name == "CIFAR-10H votes" and found.target is votes
    parts = decompose(np.random.default_rng(0).random((3, data.n_eval, 10)), found.target, loss="zero_one")
    assert parts.noise is not None


@pytest.mark.parametrize(
    ("data", "reference", "words"),
    [
        (Digits(), "cifar10h", "no votes on the evaluation points of data=digits"),
        (Digits(), "injected", "no label noise is injected into data=digits"),
        (Synthetic(), "injected", "no label noise is injected into data=synthetic"),
        (
            Digits(),
            "distribution",
            "reference = 'distribution' is not known; choose one of auto, labels, injected, cifar10h",
        ),
    ],
)
def test_a_reference_that_the_data_does_not_have_is_refused(data, reference, words):
    with pytest.raises(ValueError, match=words):
        target_of(data, reference)


@pytest.mark.parametrize("noise", ["gaussian", "student", "heteroscedastic"])
def test_drawn_labels_of_numbers_have_the_known_mean_and_variance(noise):
    data = Synthetic(noise=noise, n_eval=20_000)
    known = data.evaluation(0)
    labels = labels_of(known, 0)
    standardised = (labels - known.target) / np.sqrt(known.noise_N)
    assert abs(standardised.mean()) < 4 / np.sqrt(len(labels))
    assert np.mean(standardised**2) == pytest.approx(1, abs=0.06)
    assert np.array_equal(labels, labels_of(known, 0)) and not np.array_equal(labels, labels_of(known, 1))


def test_drawn_labels_of_classes_follow_the_law():
    data = Gaussian(n_eval=20_000)
    known, found = data.evaluation(0), target_of(data, "labels")
    assert found.name == "labels" and found.noise_N is None and found.target.dtype == np.int64
    right = known.target[np.arange(data.n_eval), found.target]
    # The probability of a drawn label is sum p^2 on average; of the likeliest class it would be higher.
    assert right.mean() == pytest.approx(np.mean(np.sum(known.target**2, axis=1)), abs=0.01)
    assert known.target.max(axis=1).mean() > right.mean() + 0.02
    assert not set(drawn_labels(np.array([[0, 5, 0], [0, 0, 2]]), np.random.default_rng(0))) - {1, 2}
