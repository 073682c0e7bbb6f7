"""Components of the cross-entropy variance against a population that is enumerated, and what is exact in any sample."""

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp

from biasvar.decomposition import decompose

A, B, C, POINTS = 4, 3, 2, 2
LEVELS = ("variance_data", "variance_init_given_data", "variance_dropout_given_data_init")


def log_z(means):
    return logsumexp(means, axis=-1)


def crossed(outputs, sources, **options):
    target = np.full((outputs.shape[-2], outputs.shape[-1]), 1 / outputs.shape[-1])
    settings = {"outputs_are": "logits", "target_is": "distribution", "resamples": 200} | options
    return decompose(outputs, target, loss="cross_entropy", design="crossed", sources=sources, **settings)


@pytest.fixture(scope="module")
def population():
    """Equally likely draws of three sources with all interactions, and their exact components: [A, B, C, N, K]."""
    generator = np.random.default_rng(0)
    shapes = [(A, 1, 1), (1, B, 1), (A, B, 1), (A, B, C)]
    logits = sum(generator.standard_normal((*shape, POINTS, 3)) for shape in shapes)
    logs = log_softmax(logits, axis=-1)
    t_none, t_a = log_z(logs.mean((0, 1, 2))), log_z(logs.mean((1, 2))).mean(0)
    t_b, t_ab = log_z(logs.mean((0, 2))).mean(0), log_z(logs.mean(2)).mean((0, 1))
    t_c = log_z(logs.mean((0, 1))).mean(0)
    exact = {
        "variance": -t_none,
        "variance_data": t_a - t_none,
        "variance_init": t_b - t_none,
        "variance_dropout": t_c - t_none,
        "variance_init_given_data": t_ab - t_a,
        "variance_dropout_given_data_init": -t_ab,
        "variance_interaction": 2 * t_none - t_a - t_b - t_c,
    }
    return logs, {name: float(value.mean()) for name, value in exact.items()}


def test_a_chain_of_an_enumerated_population_adds_up_and_no_level_is_negative(population):
    _, exact = population
    assert sum(exact[name] for name in LEVELS) == pytest.approx(exact["variance"])
    assert min(exact[name] for name in LEVELS) > 0


def test_components_of_seeds_drawn_from_the_population_are_those_of_the_population(population):
    logs, exact = population
    generator, studies = np.random.default_rng(1), 300
    found = {name: [] for name in exact}
    for _ in range(studies):
        picked = np.ix_(*(generator.integers(0, size, 8) for size in (A, B, C)))
        parts = crossed(logs[picked], ("data", "init", "dropout"), resamples=2)
        for name, values in found.items():
            values.append(parts.value(name))
    for name, values in found.items():
        error = np.std(values) / np.sqrt(studies)
        assert abs(np.mean(values) - exact[name]) < 4 * error + 0.02 * exact["variance"], name


def test_the_levels_of_every_sample_add_up_and_so_do_sources_and_interaction():
    logits = np.random.default_rng(2).standard_normal((4, 3, 5, 3))
    parts = crossed(logits, ("data", "init"))
    assert parts.variance_data + parts.variance_init_given_data == pytest.approx(parts.variance)
    assert parts.variance_data + parts.variance_init + parts.variance_interaction == pytest.approx(parts.variance)
    with pytest.raises(AttributeError):
        _ = parts.variance_data_given_init
    turned = crossed(logits.swapaxes(0, 1), ("init", "data"))
    assert turned.variance_data == pytest.approx(parts.variance_data)
    assert turned.variance_data_given_init != pytest.approx(parts.variance_data), "the order matters"


def test_a_source_without_effect_has_no_variance_and_a_source_alone_has_all():
    logits = np.random.default_rng(3).standard_normal((5, 1, 6, 3)) + np.zeros((5, 4, 1, 1))
    parts = crossed(logits, ("data", "init"))
    alone = decompose(logits[:, 0], np.full((6, 3), 1 / 3), loss="cross_entropy", outputs_are="logits")
    assert parts.variance_init_given_data == pytest.approx(0, abs=1e-12)
    assert parts.variance_init == pytest.approx(0, abs=1e-12)
    assert parts.variance_data == pytest.approx(alone.variance)


def test_the_interaction_may_be_negative_in_the_population():
    # Both sources move the same two logits: together they saturate, and do less than the sum of what each does.
    step = np.array([3.0, -3.0])
    logits = (step[:, None, None] + step[None, :, None])[..., None] * np.array([1.0, 0.0])
    logs = log_softmax(logits, axis=-1)[:, :, 0]
    t_none, t_a, t_b = log_z(logs.mean((0, 1))), log_z(logs.mean(1)).mean(), log_z(logs.mean(0)).mean()
    variance = -t_none
    assert variance - (t_a - t_none) - (t_b - t_none) < -0.1 * variance


def test_a_nested_design_has_a_component_for_each_level():
    generator = np.random.default_rng(4)
    logits = 1.5 * generator.standard_normal((6, 1, 4, 3)) + generator.standard_normal((6, 5, 4, 3))
    parts = decompose(logits, np.full((4, 3), 1 / 3), loss="cross_entropy", outputs_are="logits", design="nested")
    assert parts.variance_outer + parts.variance_inner == pytest.approx(parts.variance)
    within = [
        decompose(one, np.full((4, 3), 1 / 3), loss="cross_entropy", outputs_are="logits").variance for one in logits
    ]
    assert parts.variance_inner == pytest.approx(np.mean(within))


def test_their_intervals_cover_the_components_of_the_population(population):
    logs, exact = population
    generator, studies, held = np.random.default_rng(5), 100, dict.fromkeys(LEVELS, 0)
    for _ in range(studies):
        picked = np.ix_(*(generator.integers(0, size, 8) for size in (A, B, C)))
        parts = crossed(logs[picked], ("data", "init", "dropout"))
        for name in LEVELS:
            low, high = parts.interval(name)
            held[name] += low <= exact[name] <= high
            assert parts.standard_error(name) > 0
    assert min(held.values()) >= 80, held


def test_given_components_of_squared_error_are_what_a_source_adds_to_those_before_it():
    outputs = np.random.default_rng(6).standard_normal((4, 3, 5, 7))
    sources = ("data", "init", "dropout")
    parts = decompose(outputs, np.zeros(7), noise=0.0, design="crossed", sources=sources)
    assert parts.variance_init_given_data == pytest.approx(parts.variance_init + parts.variance_data_init)
    assert sum(parts.value(name) for name in LEVELS) == pytest.approx(parts.variance)
    low, high = parts.interval("variance_init_given_data")
    assert low < parts.variance_init_given_data < high


def test_two_seeds_of_each_source_have_intervals_too():
    logits = np.random.default_rng(7).standard_normal((2, 2, 6, 3))
    parts = crossed(logits, ("data", "init"))
    for name in ("variance_data", "variance_init", "variance_interaction", "variance_init_given_data"):
        low, high = parts.interval(name)
        assert low < high and low <= parts.value(name) <= high and parts.standard_error(name) > 0
    drawn = parts.drawn
    together = drawn["variance_data"] + drawn["variance_init_given_data"]
    plug_in = crossed(logits, ("data", "init")).plug_in["variance"]
    assert together[(parts.counts[0] == 1).all(axis=1) & (parts.counts[1] == 1).all(axis=1)] == pytest.approx(plug_in)
