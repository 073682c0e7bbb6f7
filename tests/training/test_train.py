"""What is kept of a fit: the training risk is that of the training set, where a bootstrap repeats rows."""

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import training_set
from biasvar.models import FAMILIES
from biasvar.training import TRAININGS
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.member import Draws, Member
from biasvar.training.train import summarise, train


def member(data, replicate=0):
    """A member that fits a constant to a bootstrap sample."""
    parts = (SCHEMES["bootstrap"](), FAMILIES["polynomial"](degree=0), TRAININGS["exact"](), "cpu", 0)
    return Member(data, *parts, Draws.joint(replicate))


@pytest.mark.parametrize("replicate", range(3))
def test_the_training_risk_of_a_constant_is_the_variance_of_the_bootstrap_sample(replicate):
    one = member(SOURCES["synthetic"](n_train=30, n_pool=40, n_eval=20), replicate)
    rows = training_set(one.data, one.resampling, one.seed, one.draws.data, one.draws.label_noise)
    (trained,) = train([one])
    assert trained.outcome.n_distinct == len(rows.y_n) < rows.counts_n.sum() == 30
    assert trained.outcome.train_risk["squared_error"] == pytest.approx(np.var(np.repeat(rows.y_n, rows.counts_n)))
    distinct = np.mean((rows.y_n - np.average(rows.y_n, weights=rows.counts_n)) ** 2)
    assert abs(distinct - trained.outcome.train_risk["squared_error"]) > 1e-3, "a mean over distinct rows is caught"


def test_a_row_counts_as_often_as_it_was_drawn_under_every_loss():
    data = SOURCES["gaussian_classes"](n_train=6, n_eval=20, classes=2)
    logits_nK = np.log([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1]])
    inputs = Inputs(np.zeros((3, 2)), np.eye(2)[[0, 0, 1]], np.array([3, 2, 1]), np.zeros((20, 2)))
    parts = (SCHEMES["bootstrap"](), FAMILIES["mlp"](width=2), TRAININGS["sgd"](), "cpu", 0, Draws.joint(0))
    (found,) = summarise([(Member(data, *parts), Fit(np.zeros((20, 2)), logits_nK))], inputs)
    found = found.outcome.train_risk
    assert found["zero_one"] == pytest.approx((2 + 1) / 6)
    assert found["cross_entropy"] == pytest.approx(-(3 * np.log(0.8) + 2 * np.log(0.4) + np.log(0.1)) / 6)
    assert found["squared_error"] == pytest.approx((3 * 2 * 0.2**2 + 2 * 2 * 0.6**2 + 2 * 0.9**2) / 6)
    assert found["zero_one"] != pytest.approx(2 / 3), "a mean over distinct rows is caught"
