"""Each routine of the kernel against torch, and what a NaN meets on its way to the loss."""

import math

import numba
import numpy as np
import pytest
import torch

from biasvar.decomposition.entropy import cross_entropy_of, log_softmax
from biasvar.training.kernel import losses as kernel_losses
from biasvar.training.kernel import optimizers as kernel_optimizers
from biasvar.training.kernel import routines

GENERATOR = np.random.default_rng(3)
INPUTS, OUTPUTS, ROWS = 5, 3, 7


def normal(*shape):
    """Return normal numbers."""
    return GENERATOR.standard_normal(shape)


def tracked(values):
    """Return a torch tensor that has a gradient."""
    return torch.tensor(values, requires_grad=True)


def test_affine_gradient_is_autograds():
    weight, bias, values, delta = normal(OUTPUTS, INPUTS), normal(OUTPUTS), normal(INPUTS, ROWS), normal(OUTPUTS, ROWS)
    output, weight_gradient, bias_gradient = weight @ values, np.empty((OUTPUTS, INPUTS)), np.empty(OUTPUTS)
    routines.add_bias(output, bias)
    routines.affine_gradient(delta, values, weight_gradient, bias_gradient)
    w, b = tracked(weight), tracked(bias)
    expected = w @ torch.tensor(values) + b[:, None]
    expected.backward(torch.tensor(delta))
    assert np.allclose(output, expected.detach(), atol=1e-13)
    assert np.allclose(weight_gradient, w.grad, atol=1e-13) and np.allclose(bias_gradient, b.grad, atol=1e-13)


@pytest.mark.parametrize("tanh", [False, True])
@pytest.mark.parametrize("threshold, divisor", [(0, 1), (20000, 1), (20000, 1 - 20000 / 65536)])
def test_activation_gradient_is_autograds(tanh, threshold, divisor):
    values, bias, delta, bits = normal(INPUTS, ROWS), normal(INPUTS), normal(INPUTS, ROWS), np.empty(9, np.uint64)
    routines.draw_mask(bits, np.uint64(5), 0)
    mask = (bits.view(np.uint16)[: values.size] >= threshold).reshape(values.shape) / divisor
    z = tracked(values)
    shifted = z + torch.tensor(bias)[:, None]
    expected = (torch.tanh(shifted) if tanh else torch.relu(shifted)) * torch.tensor(mask)
    expected.backward(torch.tensor(delta))
    activation = values.copy()
    routines.activate(activation, bias, tanh)
    routines.drop(activation, bits, threshold, 1 / divisor)
    routines.drop(delta, bits, threshold, 1 / divisor)
    routines.activation_gradient(delta, activation, divisor, tanh)
    assert np.allclose(activation, expected.detach(), atol=1e-13) and np.allclose(delta, z.grad, atol=1e-13)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
def test_loss_and_its_gradient_are_autograds(loss, scale):
    output, delta = scale * normal(OUTPUTS, ROWS), np.empty((OUTPUTS, ROWS))
    target = np.ascontiguousarray(np.eye(OUTPUTS)[:, np.arange(ROWS) % OUTPUTS])
    total = getattr(kernel_losses, loss)(output, target, delta)
    z, y = tracked(output.T), torch.tensor(target.T)
    expected = torch.nn.functional.cross_entropy(z, y) if loss == "cross_entropy" else ((z - y) ** 2).sum(1).mean()
    expected.backward()
    assert np.isclose(total / ROWS, expected.item(), rtol=1e-12)
    assert np.allclose(delta, z.grad.T, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("dtype, tolerance", [("float32", 1e-6), ("float64", 1e-12)])
@pytest.mark.parametrize("row", [[46.0, 0.0, -3.0], [50, -50, 0], [-1e4, 1e4, 9999], [50, 50, -50], [1e-18, 0, -1e-9]])
def test_the_cross_entropy_is_that_of_the_decomposition_to_all_digits(row, dtype, tolerance):
    for k in range(3):
        output, target = np.array(row, dtype)[:, None], np.eye(3, dtype=dtype)[:, [k]]
        expected = cross_entropy_of(np.eye(3)[k], log_softmax(output[:, 0].astype(float)))
        found = kernel_losses.cross_entropy(output, target, np.empty_like(output))
        assert found == pytest.approx(expected, rel=tolerance, abs=0)


@pytest.mark.parametrize("size", [1, 3, 8, 61])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("rule", ["sgd", "adam", "adamw"])
def test_updates_are_torchs(rule, decay, size):
    parameter, first, second = normal(size), np.zeros(size), np.zeros(size)
    weight = tracked(parameter.copy())
    if rule == "sgd":
        optimizer = torch.optim.SGD([weight], lr=0.1, momentum=0.9, weight_decay=decay)
    else:
        adam = torch.optim.AdamW if rule == "adamw" else torch.optim.Adam
        optimizer = adam([weight], lr=0.1, weight_decay=decay)
    for step in range(20):
        gradient = normal(size)
        weight.grad = torch.tensor(gradient)
        optimizer.step()
        if rule == "sgd":
            kernel_optimizers.sgd(parameter, gradient, first, 0.1, 0.9, decay)
        else:
            if rule == "adamw":
                kernel_optimizers.shrink(parameter, 0.1, decay)
            coupled = decay if rule == "adam" else 0.0
            kernel_optimizers.adam(parameter, gradient, first, second, step + 1, 0.1, coupled)
        assert np.allclose(parameter, weight.detach(), rtol=0, atol=1e-13)


@pytest.mark.parametrize("order", [[4, 0, 4, 2], [1]])
def test_gather_copies_rows_into_columns(order):
    rows, columns = normal(ROWS, INPUTS), np.empty((INPUTS, len(order)))
    routines.gather(np.array(order, np.uint64), rows, columns)
    assert np.array_equal(columns, rows[order].T)


def test_tanh_is_numpys():
    values = np.concatenate([np.linspace(-25, 25, 1001), [-np.inf, -1e300, -0.0, 1e300, np.inf]])[None, :]
    activated = values.copy()
    routines.activate(activated, np.zeros(1), True)
    assert np.allclose(activated, np.tanh(values), rtol=0, atol=1e-15)


@pytest.mark.parametrize("tanh", [False, True])
def test_a_nan_survives_the_activations_and_the_losses(tanh):
    values = np.full((OUTPUTS, ROWS), np.nan)
    routines.activate(values, np.zeros(OUTPUTS), tanh)
    assert np.isnan(values).all()
    one_nan = normal(OUTPUTS, ROWS)
    one_nan[-1, 2] = np.nan
    for loss in (kernel_losses.squared_error, kernel_losses.cross_entropy):
        assert np.isnan(loss(one_nan, np.ones((OUTPUTS, ROWS)), np.empty((OUTPUTS, ROWS))))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_compiler_may_not_assume_that_numbers_are_finite(value):
    def is_finite(number):
        return math.isfinite(number)

    assert not routines.compiled(is_finite)(value)
    assert numba.njit(fastmath=True)(is_finite)(value), "all of fast-math hides it: what this test is there for"
