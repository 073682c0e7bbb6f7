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


THREE = ("data", "label_noise", "init")
EFFECTS = {(0,): 1.0, (1,): 0.5, (2,): 0.25, (0, 1): 0.3, (0, 2): 0.4, (1, 2): 0.2, (0, 1, 2): 0.1}
NAMES = ["variance_" + "_".join(THREE[place] for place in one) for one in EFFECTS]


def three_way(seed, sizes=(5, 4, 4), points=60):
    generator = np.random.default_rng(seed)
    f = sum(
        np.sqrt(v) * generator.standard_normal((*(n if place in s else 1 for place, n in enumerate(sizes)), points))
        for s, v in EFFECTS.items()
    )
    return decompose(f, np.zeros(points), noise=0.0, design="crossed", sources=THREE, resamples=50)


def test_every_interaction_of_three_sources_is_a_term_of_its_own():
    studies = [three_way(seed) for seed in range(150)]
    for name, truth in zip(NAMES, EFFECTS.values(), strict=True):
        values = np.array([study.value(name) for study in studies])
        assert abs(values.mean() - truth) < 4 * values.std() / np.sqrt(len(studies)), name
        errors = np.array([study.standard_error(name) for study in studies])
        # Deleting one of four or five seeds errs on the safe side.
        assert 0.9 < np.sqrt(np.mean(errors**2)) / values.std() < 1.6, name
        held = [low <= truth <= high for low, high in (study.interval(name) for study in studies)]
        assert np.mean(held) >= 0.88, name


def test_the_interactions_of_three_sources_add_up_to_that_of_all():
    parts = three_way(0)
    assert sum(parts.value(name) for name in NAMES[3:]) == pytest.approx(parts.variance_interaction)
    assert sum(parts.value(name) for name in NAMES) == pytest.approx(parts.variance)
    drawn = parts.drawn
    np.testing.assert_allclose(sum(drawn[name] for name in NAMES[3:]), drawn["variance_interaction"], atol=1e-12)
    low, high = parts.interval("variance_data_init", method="bootstrap")
    assert low < parts.variance_data_init < high


@pytest.mark.parametrize("acting", list(EFFECTS))
def test_a_set_of_sources_that_alone_acts_has_all_of_the_variance(acting):
    # f is the product of the signs of the seeds of S: mean square sum f^2 / 1 for S, 0 for every other set.
    signs = np.array([1.0, -1.0])
    f = np.ones((2, 2, 2))
    for place in acting:
        f = f * signs.reshape([2 if axis == place else 1 for axis in range(3)])
    parts = decompose(f[..., None], [0.0], noise=0.0, design="crossed", sources=THREE)
    for name, sources in zip(NAMES, EFFECTS, strict=True):
        # V_S' = (-1)^(|S| - |S'|) 8 / (models that share a seed of each source in S'), for S' inside S only.
        inside = set(sources) <= set(acting)
        share = (-1) ** (len(acting) - len(sources)) * 8 / 2 ** (3 - len(sources)) if inside else 0
        assert parts.value(name) == pytest.approx(share), name


def test_two_sources_have_one_interaction_under_one_name():
    parts = decompose(study(0), np.zeros(200), noise=0.0, design="crossed")
    assert "variance_data_init" not in parts.points
    with pytest.raises(AttributeError, match="variance_data_init"):
        _ = parts.variance_data_init


@pytest.mark.parametrize("sources", [("a", "b", "a_b"), ("data", "interaction"), ("effect", "data")])
def test_sources_whose_components_would_share_a_name_are_refused(sources):
    f = np.random.default_rng(0).standard_normal((3,) * len(sources) + (5,))
    with pytest.raises(ValueError, match=r"two terms would be called variance_.*; rename one of the sources"):
        decompose(f, np.zeros(5), noise=0.0, design="crossed", sources=sources)


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
