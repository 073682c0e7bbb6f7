"""Noise from calibrated confidence, where the label distribution is known and the scores are off by a temperature."""

import numpy as np
import pytest

from biasvar.decomposition.entropy import log_softmax
from biasvar.decomposition.noise.calibration import KNOWN_NOISE, calibrated, calibrated_noise, temperature


def laws(points, classes, seed):
    """Return label laws [N, K], and a label of each."""
    generator = np.random.default_rng(seed)
    distribution = generator.dirichlet(np.ones(classes), points)
    labels = (generator.random((points, 1)) > distribution.cumsum(axis=1)).sum(axis=1)
    return distribution, np.minimum(labels, classes - 1)


@pytest.mark.parametrize("wrong_by", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("loss", KNOWN_NOISE)
@pytest.mark.parametrize("classes", [2, 10])
def test_scores_that_are_off_by_a_temperature_give_the_known_noise(loss, classes, wrong_by):
    distribution, labels = laws(8000, classes, seed=0)
    truth = KNOWN_NOISE[loss](distribution).mean()
    estimate = calibrated_noise(np.log(distribution) / wrong_by, labels, loss)
    assert estimate.value == pytest.approx(truth, rel=0.03)
    raw = KNOWN_NOISE[loss](np.exp(log_softmax(np.log(distribution) / wrong_by))).mean()
    if wrong_by != 1:
        assert abs(raw - truth) > 0.08 * truth, "the negative control: confidence as it comes"


def test_the_temperature_is_the_one_that_the_scores_are_off_by():
    distribution, labels = laws(8000, 5, seed=1)
    assert temperature(np.log(distribution) * 3, labels) == pytest.approx(3, rel=0.05)


def test_a_coarser_prediction_that_is_calibrated_makes_the_estimate_higher_and_never_lower():
    # The mean of two equally likely laws: calibrated, but it knows less than the distribution does.
    generator = np.random.default_rng(2)
    sure = generator.integers(0, 2, 8000)
    right = np.where(sure == 1, 0.95, 0.55)
    labels = (generator.random(8000) > right).astype(int)
    knows, coarse = (np.log(np.stack([p, 1 - p], axis=1)) for p in (right, np.full(8000, 0.75)))
    assert calibrated_noise(knows, labels).value == pytest.approx(0.25, abs=0.02)
    jitter = 1e-3 * generator.standard_normal((8000, 1))
    for loss in ("squared_error", "cross_entropy"):
        assert (
            calibrated_noise(coarse + jitter, labels, loss).value > calibrated_noise(knows, labels, loss).value + 0.02
        )


def test_labels_of_a_half_do_not_reach_its_own_temperature():
    scores, labels = np.random.default_rng(3).standard_normal((40, 3)), np.random.default_rng(4).integers(0, 3, 40)
    before = calibrated(scores, labels)
    changed = labels.copy()
    changed[0] = (changed[0] + 1) % 3
    moved = np.any(calibrated(scores, changed) != before, axis=1)
    assert moved.sum() == 20 and not moved[0]


def test_perfect_scores_leave_no_noise_and_do_not_overflow():
    labels = np.random.default_rng(5).integers(0, 3, 60)
    assert calibrated_noise(1e3 * np.eye(3)[labels], labels, "cross_entropy").value < 1e-6


SCORES, LABELS = np.zeros((6, 2)), np.array([0, 1, 0, 1, 0, 1])


@pytest.mark.parametrize(
    ("scores", "labels", "loss", "words"),
    [
        (SCORES, LABELS, "hinge", "loss = 'hinge' is not known"),
        (SCORES[:, 0], LABELS, "zero_one", r"scores have shape \(6,\)"),
        (SCORES[:3], LABELS[:3], "zero_one", "four points or more"),
        (SCORES, LABELS[:5], "zero_one", r"labels have shape \(5,\)"),
        (SCORES, LABELS + 1, "zero_one", "class numbers from 0 to 1"),
        (SCORES, LABELS * 1.0, "zero_one", "class numbers from 0 to 1"),
        (np.log([[1.0, 0.0]] * 6, where=[[True, False]], out=np.full((6, 2), -np.inf)), LABELS, "zero_one", "finite"),
    ],
)
def test_bad_input_is_refused_with_what_was_found(scores, labels, loss, words):
    with pytest.raises(ValueError, match=words):
        calibrated_noise(scores, labels, loss)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e-6, 3.0, 1e6, 1e12, 1e300])
@pytest.mark.parametrize("loss", KNOWN_NOISE)
def test_scores_in_any_unit_give_the_same_noise(loss, scale):
    distribution, labels = laws(2000, 4, seed=6)
    scores = np.log(distribution)
    known = calibrated_noise(scores, labels, loss)
    found = calibrated_noise(scale * scores, labels, loss)
    assert found == pytest.approx(known, rel=1e-9)
    shift = np.random.default_rng(7).standard_normal((2000, 1))
    assert calibrated_noise(scores + shift, labels, loss) == pytest.approx(known, rel=1e-9)


def test_one_point_with_scores_that_are_far_apart_leaves_the_temperature_of_the_others():
    distribution, labels = laws(8000, 5, seed=1)
    scores = np.log(distribution) * 3
    scores[0, labels[0]] += 1e5
    assert temperature(scores, labels) == pytest.approx(3, rel=0.05)


def test_scores_that_say_nothing_leave_every_class_equally_likely():
    generator = np.random.default_rng(8)
    labels = generator.integers(0, 4, 4000)
    wrong = -1.0 * np.eye(4)[labels]  # the label has the least score: no temperature helps
    for scores in (wrong, np.zeros((4000, 4))):
        assert calibrated_noise(scores, labels).value == pytest.approx(0.75, abs=1e-6)
