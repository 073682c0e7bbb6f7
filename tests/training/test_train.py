"""What is kept of a fit: the training risk is that of the training set, where a bootstrap repeats rows."""

import numpy as np
import pytest
from scipy.special import log_softmax

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import training_set
from biasvar.decomposition import LOSSES
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.checkpoints import NO_CHECKPOINTS
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.member import Draws, Member
from biasvar.training.train import inputs_of, risk_of_constant, summarise, train
from biasvar.training.trainers import trainer_of


def member(data, replicate=0):
    """A member that fits a constant to a bootstrap sample."""
    parts = (SCHEMES["bootstrap"](), FAMILIES["polynomial"](degree=0), TRAININGS["exact"](), "cpu", 0)
    return Member(data, *parts, Draws.joint(replicate))


@pytest.mark.parametrize("replicate", range(3))
def test_the_training_risk_of_a_constant_is_the_variance_of_the_bootstrap_sample(replicate):
    one = member(SOURCES["synthetic"](n_train=30, n_pool=40, n_eval=20), replicate)
    rows = training_set(one.data, one.resampling, one.seed, one.draws["data"], one.draws["label_noise"])
    (trained,) = train([one])
    assert trained.outcome.n_distinct == len(rows.y_n) < rows.counts_n.sum() == 30
    assert trained.outcome.train_risk["squared_error"] == pytest.approx(np.var(np.repeat(rows.y_n, rows.counts_n)))
    distinct = np.mean((rows.y_n - np.average(rows.y_n, weights=rows.counts_n)) ** 2)
    assert abs(distinct - trained.outcome.train_risk["squared_error"]) > 1e-3, "a mean over distinct rows is caught"


def test_the_best_constant_is_what_a_constant_model_fits():
    for loss, data, pool in (
        ("squared_error", "synthetic", {"n_pool": 31}),
        ("absolute_error", "diabetes", {}),
        ("zero_one", "gaussian_classes", {"n_pool": 31}),
    ):
        (trained,) = train([member(SOURCES[data](n_train=31, n_eval=20, **pool))])
        outcome, same = trained.outcome, loss != "absolute_error"
        assert (outcome.constant_risk[loss] == pytest.approx(outcome.train_risk[loss])) == same
        assert outcome.constant_risk[loss] <= outcome.train_risk[loss] * (1 + 1e-12)


def test_the_best_constant_has_the_least_risk_of_all():
    generator = np.random.default_rng(0)
    share_n = generator.dirichlet(np.ones(30))
    numbers_n1, labels_nK = generator.standard_normal((30, 1)), np.eye(3)[generator.integers(0, 3, 30)]
    for loss, y_nK, others in (
        ("squared_error", numbers_n1, np.linspace(-2, 2, 401)[:, None]),
        ("absolute_error", numbers_n1, np.linspace(-2, 2, 401)[:, None]),
        ("squared_error", labels_nK, generator.dirichlet(np.ones(3), 400)),
        ("zero_one", labels_nK, generator.dirichlet(np.ones(3), 400)),
        ("cross_entropy", labels_nK, np.log(generator.dirichlet(np.ones(3), 400))),
    ):
        least = risk_of_constant(loss, y_nK, share_n)
        risks = [LOSSES[loss].point_loss(np.broadcast_to(other, y_nK.shape), y_nK) @ share_n for other in others]
        assert 0 < least <= min(risks) + 1e-12 and min(risks) < 1.1 * least
    shares_K = share_n @ labels_nK
    assert risk_of_constant("cross_entropy", labels_nK, share_n) == pytest.approx(-np.sum(shares_K * np.log(shares_K)))
    assert risk_of_constant("zero_one", labels_nK, share_n) == pytest.approx(1 - shares_K.max())


def test_a_row_counts_as_often_as_it_was_drawn_under_every_loss():
    data = SOURCES["gaussian_classes"](n_train=6, n_eval=20, classes=2)
    logits_nK = np.log([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1]])
    inputs = Inputs(np.zeros((3, 2)), np.eye(2)[[0, 0, 1]], np.array([3, 2, 1]), np.zeros((20, 2)))
    parts = (SCHEMES["bootstrap"](), FAMILIES["mlp"](width=2), TRAININGS["sgd"](), "cpu", 0, Draws.joint(0))
    (found,) = summarise([(Member(data, *parts), Fit.once(np.zeros((20, 2)), logits_nK))], inputs)
    found = found.outcome.train_risk
    assert found["zero_one"] == pytest.approx((2 + 1) / 6)
    assert found["cross_entropy"] == pytest.approx(-(3 * np.log(0.8) + 2 * np.log(0.4) + np.log(0.1)) / 6)
    assert found["squared_error"] == pytest.approx((3 * 2 * 0.2**2 + 2 * 2 * 0.6**2 + 2 * 0.9**2) / 6)
    assert found["zero_one"] != pytest.approx(2 / 3), "a mean over distinct rows is caught"


def test_the_training_risk_of_models_that_are_sure_and_wrong_has_no_end():
    data = SOURCES["gaussian_classes"](n_train=30, n_eval=20)
    training = TRAININGS["sgd"](lr=1000.0, momentum=0.0, epochs=1)
    parts = (SCHEMES["fresh"](), FAMILIES["mlp"](width=5), training, "cpu", 0)
    members = [Member(data, *parts, Draws.joint(replicate)) for replicate in range(4)]
    wanted = []
    for one in members:
        inputs = inputs_of(one)
        ((_, fit),) = trainer_of(one).fit([one], [inputs], NO_CHECKPOINTS)
        wanted.append(-np.mean(np.sum(inputs.y_nK * log_softmax(fit.train_nK.astype(float), axis=1), axis=1)))
    found = [one.outcome.train_risk["cross_entropy"] for one in train(members)]
    assert found == pytest.approx(wanted, rel=1e-12)
    assert np.mean(found) == pytest.approx(32437.6, rel=1e-2)
    assert np.mean(np.minimum(found, -np.log(1e-300))) < 700, "a floor under the probabilities is caught"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_training_risk_of_models_that_are_sure_and_right_keeps_its_digits(dtype):
    data = SOURCES["gaussian_classes"](n_train=2, n_eval=20, classes=2)
    logits_nK = np.array([[46.0, 0.0], [-50.0, 1e4]], dtype=dtype)
    inputs = Inputs(np.zeros((2, 2)), np.eye(2), np.array([1, 1]), np.zeros((20, 2)))
    parts = (SCHEMES["bootstrap"](), FAMILIES["mlp"](width=2), TRAININGS["sgd"](), "cpu", 0, Draws.joint(0))
    (found,) = summarise([(Member(data, *parts), Fit.once(np.zeros((20, 2)), logits_nK))], inputs)
    assert found.outcome.train_risk["cross_entropy"] == pytest.approx(np.exp(-46.0) / 2, rel=1e-12, abs=0)
