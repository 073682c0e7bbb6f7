"""Crossed designs: components of variance against known truths, and what a design that is not crossed gets wrong."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.components import marginal_squares, sets_of, variance_components

DATA, INIT, BOTH, BIAS = 1.0, 0.5, 0.25, 0.3
TRUTH = {"variance_data": DATA, "variance_init": INIT, "variance_interaction": BOTH, "bias_squared": BIAS**2}
TRUTH |= {"variance": DATA + INIT + BOTH}


def study(seed, i=5, j=4, points=200):
    generator = np.random.default_rng(seed)
    effects = (generator.standard_normal((*shape, points)) for shape in ((i, 1), (1, j), (i, j)))
    scales = np.sqrt([DATA, INIT, BOTH])
    return BIAS + sum(scale * effect for scale, effect in zip(scales, effects, strict=True))


def mean_over_studies(statistic, studies=200):
    values = np.array([statistic(study(seed)) for seed in range(studies)])
    return values.mean(), values.std(ddof=1) / np.sqrt(studies)


@pytest.mark.parametrize("name", TRUTH)
def test_every_component_is_unbiased(name):
    mean, error = mean_over_studies(
        lambda p: getattr(decompose(p, np.zeros(p.shape[-1]), noise=0.0, design="crossed"), name)
    )
    assert abs(mean - TRUTH[name]) <= 4 * error


def test_crossed_models_pooled_as_if_they_were_replicates_are_caught():
    def pooled(name):
        return mean_over_studies(
            lambda p: getattr(decompose(p.reshape(20, -1), np.zeros(p.shape[-1]), noise=0.0), name)
        )

    mean, error = pooled("bias_squared")
    # What the shared seeds leave: V_data/I + V_init/J + V_int/(IJ), less what pooling takes off.
    assert mean - BIAS**2 > 20 * error
    mean, error = pooled("variance")
    assert TRUTH["variance"] - mean > 20 * error


def test_a_worked_example_with_rational_answers():
    # f_ij = a_i + b_j + c_ij with a = (1, -1), b = (1/2, -1/2), c = 1/4 (1, -1; -1, 1); f* = 0, one point.
    a, b, c = np.array([1, -1])[:, None], np.array([0.5, -0.5]), 0.25 * np.array([[1, -1], [-1, 1]])
    parts = decompose((a + b + c)[..., None], [0.0], noise=0.0, design="crossed")
    # MS_int = 4/16 = 1/4; MS_data = 2 * 2 = 4; MS_init = 2 * 1/2 = 1.
    assert parts.variance_interaction == 0.25
    assert parts.variance_data == (4 - 0.25) / 2
    assert parts.variance_init == (1 - 0.25) / 2
    assert parts.bias_squared == -(1.875 / 2 + 0.375 / 2 + 0.25 / 4)
    assert parts.risk == pytest.approx(parts.bias_squared + parts.variance)


def test_a_component_may_be_negative_and_is_not_clipped():
    signs = np.array([[1.0, -1.0], [-1.0, 1.0]])[..., None]
    parts = decompose(signs, [0.0], noise=0.0, design="crossed")
    assert parts.variance_data == parts.variance_init == -2
    assert parts.variance_interaction == 4


def test_three_sources_have_a_component_each_and_one_for_all_interactions():
    generator = np.random.default_rng(0)
    truth = {(0,): 1.0, (1,): 0.5, (2,): 0.25, (0, 1): 0.3, (1, 2): 0.2, (0, 1, 2): 0.1}
    sizes, found = (4, 3, 3), {one: [] for one in sets_of(3)}
    for _ in range(200):
        f = sum(
            np.sqrt(v) * generator.standard_normal((*(n if place in s else 1 for place, n in enumerate(sizes)), 100))
            for s, v in truth.items()
        )
        squares = marginal_squares(f.reshape(-1, 100, 1), sizes)
        for one, component in variance_components(squares, sizes).items():
            found[one].append(component.mean())
    for one, values in found.items():
        error = np.std(values) / np.sqrt(len(values))
        assert abs(np.mean(values) - truth.get(one, 0.0)) < 4 * error
    parts = decompose(f, np.zeros(100), noise=0.0, design="crossed", sources=("data", "label_noise", "init"))
    total = parts.variance_data + parts.variance_label_noise + parts.variance_init + parts.variance_interaction
    assert parts.variance == pytest.approx(total)
    assert parts.variance_dropout is None


@pytest.mark.parametrize("loss", ["zero_one", "cross_entropy"])
def test_class_predictions_can_be_crossed(loss):
    generator = np.random.default_rng(1)
    logits = generator.standard_normal((6, 5, 80, 3)) + 2 * generator.standard_normal((6, 1, 80, 3))
    distribution = generator.dirichlet(np.ones(3), 80)
    parts = decompose(logits, distribution, loss=loss, design="crossed", outputs_are="logits")
    pooled = decompose(logits.reshape(30, 80, 3), distribution, loss=loss, outputs_are="logits")
    assert parts.risk == pytest.approx(pooled.risk)
    spread = "kw_variance" if loss == "zero_one" else "variance"
    assert getattr(parts, spread) > 1.05 * getattr(pooled, spread), "pooling takes shared seeds for independent ones"
