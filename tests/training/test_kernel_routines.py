"""Each gradient routine of the kernel against torch's autograd."""

import numpy as np
import pytest
import torch

from biasvar.training import kernel_losses
from biasvar.training import kernel_routines as routines

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
    output, weight_gradient, bias_gradient = np.empty((OUTPUTS, ROWS)), np.empty((OUTPUTS, INPUTS)), np.empty(OUTPUTS)
    routines.affine(weight, bias, values, output)
    routines.affine_gradient(delta, values, weight_gradient, bias_gradient)
    w, b = tracked(weight), tracked(bias)
    expected = w @ torch.tensor(values) + b[:, None]
    expected.backward(torch.tensor(delta))
    assert np.allclose(output, expected.detach(), atol=1e-13)
    assert np.allclose(weight_gradient, w.grad, atol=1e-13) and np.allclose(bias_gradient, b.grad, atol=1e-13)


@pytest.mark.parametrize("tanh", [False, True])
@pytest.mark.parametrize("threshold", [0, 20000])
def test_activation_gradient_is_autograds(tanh, threshold):
    values, delta, bits = normal(INPUTS, ROWS), normal(INPUTS, ROWS), np.empty(9, np.uint64)
    routines.draw_mask(bits, np.uint64(5), 0)
    mask = (bits.view(np.uint16)[: values.size] >= threshold).reshape(values.shape) / (1 - threshold / 65536)
    z = tracked(values)
    expected = (torch.tanh(z) if tanh else torch.relu(z)) * torch.tensor(mask)
    expected.backward(torch.tensor(delta))
    activation = values.copy()
    routines.activate(activation, tanh)
    routines.drop(activation, bits, threshold)
    routines.drop(delta, bits, threshold)
    routines.activation_gradient(delta, activation, threshold, tanh)
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


def test_tanh_is_numpys():
    values = np.concatenate([np.linspace(-25, 25, 1001), [-np.inf, -1e300, -0.0, 1e300, np.inf]])[None, :]
    activated = values.copy()
    routines.activate(activated, True)
    assert np.allclose(activated, np.tanh(values), rtol=0, atol=1e-15)


@pytest.mark.parametrize("tanh", [False, True])
def test_a_nan_survives_the_activations_and_the_losses(tanh):
    values = np.full((OUTPUTS, ROWS), np.nan)
    routines.activate(values, tanh)
    assert np.isnan(values).all()
    one_nan = normal(OUTPUTS, ROWS)
    one_nan[-1, 2] = np.nan
    for loss in (kernel_losses.squared_error, kernel_losses.cross_entropy):
        assert np.isnan(loss(one_nan, np.ones((OUTPUTS, ROWS)), np.empty((OUTPUTS, ROWS))))
