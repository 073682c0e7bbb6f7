"""Gradient descent of linear models from zero, against its closed forms: given the inputs, and over fresh ones."""

import numpy as np
import pytest

from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
from biasvar.study.checks import warnings_on
from biasvar.study.sources import sources_of
from biasvar.theory import gradient_descent_risk
from biasvar.training.readouts import EVALUATION
from biasvar.training.stack import loop
from biasvar.training.tasks import layers_of, task_of
from biasvar.training.train import inputs_of, train
from biasvar.training.trainers import trainer_of

STUDY = (
    *("data=linear", "model=linear", "training=sgd", "training.init=zeros", "training.momentum=0"),
    *("training.dtype=float64", "training.batch_size=100000", "data.n_eval=50"),
)


def members(replicates, deviations, noise_std, n, lr, epochs):
    scales, p = ",".join(map(repr, deviations.tolist())), len(deviations)
    texts = [f"data.scales=[{scales}]", f"data.dimension={p}", f"model.features={p}", f"data.noise_std={noise_std}"]
    texts += [f"data.n_train={n}", f"training.lr={lr}", f"training.epochs={max(epochs)}"]
    texts += [f"training.evaluate_at=[{','.join(map(str, epochs))}]", f"replicates={replicates}"]
    study = plan_of(*compose([*STUDY, *texts], None, "config"))
    return study.cells, study.cells[0].members


def descended(x_nD, y_n, step, t):
    """Return the weights after t steps w += (step / n) X'(y - X w) from zero, in closed form."""
    roots, vectors = np.linalg.eigh(x_nD.T @ x_nD / len(x_nD))
    return vectors @ ((1 - (1 - step * roots) ** t) / roots * (vectors.T @ (x_nD.T @ y_n / len(x_nD))))


@pytest.mark.parametrize("trainer", ["kernel", "stack"])
def test_both_trainers_descend_as_the_closed_form_of_gradient_descent_given_the_inputs(trainer):
    cells, (one, *_) = members(2, np.array([1.0, 0.5, 0.1]), 0.5, 40, 0.2, (0, 1, 10, 300))
    inputs = inputs_of(one)
    task = task_of(one, inputs)
    (fit,) = trainer_of(one).train(one, [task]) if trainer == "kernel" else loop.train(layers_of(one), [task])
    for cell in cells:
        w_D = descended(inputs.x_nD, inputs.y_nK[:, 0], 0.4, cell.axes["epoch"])
        assert np.allclose(fit.at(cell.readout)[:, 0], inputs.x_ND @ w_D, rtol=0, atol=1e-12)
    assert not fit.at(cells[0].readout).any(), "the untrained model"


def test_weights_that_start_at_zero_are_no_source_of_variance_and_no_network_learns_from_them():
    def one(*overrides):
        return plan_of(*compose(["data=linear", "training=sgd", *overrides], None, "config")).cells[0]

    assert "init" in sources_of(one("model=linear").study)
    assert "init" not in sources_of(one("model=linear", "training.init=zeros").study)
    assert "init" in sources_of(one("model=random_features", "training.init=zeros").study)
    cell = one("model=mlp", "training.init=zeros", "training.epochs=3", "training.dtype=float64")
    assert any("no gradient reaches a weight" in warning for warning in warnings_on(cell.study))
    outputs = train(cell.members[:1])[0].outputs_NK
    assert np.ptp(outputs) == 0 and abs(outputs[0, 0]) > 1e-3


@pytest.mark.slow
@pytest.mark.ci
def test_the_risk_of_a_sweep_is_within_1_percent_of_the_closed_form_from_1_to_20_000_steps():
    """The setting of Heckel and Yilmaz: 40 inputs, 2,000 rows, as much noise as signal."""
    epochs = (1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10_000, 20_000)
    deviations = np.geomspace(1, 0.03, 40).round(6)
    beta = np.full(40, 40**-0.5)
    noise_variance = float(np.sum((beta * deviations) ** 2))
    cells, replicates = members(8, deviations, noise_variance**0.5, 2000, 0.25, epochs)
    trained = train(replicates)
    target_N = cells[0].study.data.evaluation(0).target
    for cell in cells:
        outputs_RN = np.stack([one.outputs[cell.readout][:, 0] for one in trained])
        risk = noise_variance + np.mean((outputs_RN - target_N) ** 2)
        truth = gradient_descent_risk(beta, deviations, 2000, noise_variance, 0.5, cell.axes["epoch"])
        assert risk == pytest.approx(truth.risk, rel=0.01)
    assert cells[-1].readout == EVALUATION
