"""Laws that every data source obeys; the table of sources is the list."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from biasvar import seeds
from biasvar.data import PUBLISHED, SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.synthetic import FUNCTIONS, NOISES, Synthetic

OFFLINE = {kind: source for kind, source in SOURCES.items() if kind not in PUBLISHED and not source.names_own}
LAWS = {kind: source for kind, source in OFFLINE.items() if source.has_distribution}


def sequences():
    """Return the seeds of inputs and noise."""
    return seeds.sequence(0, "rows", 0), seeds.sequence(0, "label_noise", 0)


@pytest.mark.parametrize("source", OFFLINE.values(), ids=OFFLINE)
def test_evaluation_points_are_fixed_and_say_what_is_known(source):
    data = source()
    first, again = data.evaluation(0), data.evaluation(0)
    assert np.array_equal(first.x_ND, again.x_ND)
    assert first.x_ND.shape == (data.n_eval, *data.shape)
    if data.task == "regression":
        assert first.target.shape == (data.n_eval,)
        assert (first.noise_N is not None) == data.has_distribution
    elif data.has_distribution:
        assert first.target.shape == (data.n_eval, data.outputs)
        assert np.allclose(first.target.sum(axis=1), 1)
    else:
        assert set(np.unique(first.target)) <= set(range(data.outputs))


@pytest.mark.parametrize("source", OFFLINE.values(), ids=OFFLINE)
def test_the_pool_holds_as_many_rows_as_are_said_to_be_available(source):
    data = source().resampled_by(SCHEMES["disjoint"]())
    pool = data.pool(0)
    assert len(pool.x_nD) == len(pool.y_n) == data.available()


@pytest.mark.parametrize("source", LAWS.values(), ids=LAWS)
def test_the_first_rows_of_a_draw_do_not_depend_on_how_many_are_drawn(source):
    few, many = (source().draw(*sequences(), n) for n in (10, 25))
    assert np.array_equal(few.x_nD, many.x_nD[:10])
    # A product of matrices may round its last bit differently for another number of rows.
    assert np.allclose(few.y_n, many.y_n[:10], rtol=1e-14)


@pytest.mark.parametrize("source", (OFFLINE | PUBLISHED).values(), ids=OFFLINE | PUBLISHED)
def test_a_source_names_its_shape_and_its_paths_are_not_part_of_its_identity(source):
    data = source()
    assert data.outputs >= 1 and min(data.shape) >= 1
    for field in dataclasses.fields(source):
        if field.name == "root":
            assert not field.metadata["identity"]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("noise", NOISES)
def test_synthetic_labels_have_the_mean_and_variance_that_the_law_says(function, noise):
    data = Synthetic(function=function, noise=noise, noise_std=0.5)
    rows = data.draw(*sequences(), 40_000)
    residual = rows.y_n - data.optimal(rows.x_nD[:, 0])
    known = data.noise_std_at(rows.x_nD[:, 0])
    standardised = residual / known
    kurtosis = np.mean(standardised**4)
    assert abs(standardised.mean()) < 4 / np.sqrt(len(residual))
    assert abs(np.mean(standardised**2) - 1) < 4 * np.sqrt((kurtosis - 1) / len(residual))


def test_linear_evaluation_points_have_exactly_the_laws_second_moments():
    data = SOURCES["linear"](dimension=30, n_eval=100)
    x = data.evaluation(0).x_ND
    assert np.allclose(x.T @ x / 100, np.eye(30), atol=1e-12)
    with pytest.raises(ValueError, match=r"must be at least data\.dimension"):
        SOURCES["linear"](dimension=30, n_eval=20).evaluation(0)


def test_linear_inputs_have_the_standard_deviations_of_scales():
    data, plain = SOURCES["linear"](dimension=3, n_eval=50, scales=(1, 2, 0.5)), SOURCES["linear"](dimension=3)
    x = data.evaluation(0).x_ND
    assert np.allclose(x.T @ x / 50, np.diag([1, 4, 0.25]), atol=1e-12)
    scaled, drawn = (one.draw(*sequences(), 20) for one in (data, plain))
    assert np.array_equal(scaled.x_nD, drawn.x_nD * [1, 2, 0.5])
    noise = [rows.y_n - rows.x_nD @ plain.coefficients() for rows in (scaled, drawn)]
    assert np.allclose(*noise)
    ones = SOURCES["linear"](dimension=3, scales=(1, 1, 1))
    assert np.array_equal(ones.draw(*sequences(), 20).y_n, drawn.y_n)


def test_linear_inputs_are_correlated_as_asked_and_whitened_by_the_training_set():
    data = SOURCES["linear"](dimension=3, n_eval=50, correlation=0.6, scales=(1, 2, 5))
    x_ND = data.evaluation(0).x_ND
    expected = (0.4 * np.eye(3) + 0.6) * np.outer([1, 2, 5], [1, 2, 5])
    assert np.allclose(x_ND.T @ x_ND / 50, expected, rtol=0, atol=1e-12)
    rows, counts = data.draw(np.random.SeedSequence(0), np.random.SeedSequence(1), 40), np.arange(40) % 3
    for name, correlated in (("none", True), ("standard", True), ("pca", False), ("zca", False)):
        view_nD, view_ND = dataclasses.replace(data, whiten=name).fit_view(rows.x_nD, counts, rows.x_nD)
        assert np.array_equal(view_nD, view_ND)
        covariance = np.cov(view_nD.T, fweights=counts, bias=True)
        assert np.allclose(np.diag(covariance), 1) == (name != "none")
        assert np.allclose(covariance, np.diag(np.diag(covariance)), atol=1e-9) != correlated
        assert np.allclose(np.diag(np.corrcoef(view_nD.T, rows.x_nD.T)[:3, 3:]), 1, atol=0.3) == (name != "pca")


def test_a_linear_offset_is_the_mean_of_the_targets_and_calls_for_an_intercept():
    plain, moved = SOURCES["linear"](dimension=3, n_eval=50), SOURCES["linear"](dimension=3, n_eval=50, offset=2.5)
    assert np.allclose(moved.evaluation(0).target, plain.evaluation(0).target + 2.5, rtol=0, atol=1e-12)
    draws = [source.draw(np.random.SeedSequence(0), np.random.SeedSequence(1), 5).y_n for source in (plain, moved)]
    assert np.allclose(draws[1], draws[0] + 2.5, rtol=0, atol=1e-12)
    assert plain.centred and not moved.centred


def test_linear_coefficients_have_the_norm_that_is_asked_for():
    for beta in ("equal", "decaying"):
        assert np.sum(SOURCES["linear"](beta=beta, signal=2.0).coefficients() ** 2) == pytest.approx(2)


def test_gaussian_posteriors_are_the_label_frequencies():
    data = SOURCES["gaussian_classes"](separation=1.0)
    rows = data.draw(*sequences(), 60_000)
    posterior = data.posterior(rows.x_nD)
    indicator = rows.y_n[:, None] == np.arange(data.classes)
    confident = posterior[:, 0] > 0.5
    for chosen in (confident, ~confident):
        gap = (indicator - posterior)[chosen].mean(axis=0)
        assert np.abs(gap).max() < 4 * 0.5 / np.sqrt(chosen.sum())


UNEQUAL = {
    "priors": {"priors": (0.6, 0.3, 0.1)},
    "spreads": {"spreads": (1, 2, 0.5)},
    "correlations": {"correlations": (0.0, 0.9, -0.5)},
    "all": {"priors": (0.6, 0.3, 0.1), "spreads": (1, 2, 0.5), "correlations": (0.0, 0.9, -0.5)},
}


@pytest.mark.parametrize("change", UNEQUAL.values(), ids=UNEQUAL)
def test_posteriors_of_unequal_classes_are_bayes_rule_and_the_label_frequencies(change):
    data = SOURCES["gaussian_classes"](separation=1.0, dimension=4, **change)
    rows = data.draw(*sequences(), 60_000)
    spreads, correlations = (
        change.get(name, default) for name, default in (("spreads", (1,) * 3), ("correlations", (0,) * 3))
    )
    joint = []
    for c, prior in enumerate(change.get("priors", (1 / 3,) * 3)):
        covariance = np.eye(4)
        covariance[0, 1] = covariance[1, 0] = correlations[c]
        covariance *= spreads[c] ** 2
        mine = rows.x_nD[rows.y_n == c]
        assert len(mine) / 60_000 == pytest.approx(prior, abs=0.01)
        assert np.allclose(np.cov(mine.T), covariance, atol=0.06 * spreads[c] ** 2)
        joint.append(prior * multivariate_normal.pdf(rows.x_nD[:1000], data.means()[c], covariance))
    posterior = data.posterior(rows.x_nD)
    assert np.allclose(posterior[:1000], np.transpose(joint / np.sum(joint, axis=0)), atol=1e-10)
    gap = (rows.y_n[:, None] == np.arange(3)) - posterior
    for chosen in (posterior[:, 0] > 0.5, posterior[:, 0] <= 0.5):
        assert np.abs(gap[chosen].mean(axis=0)).max() < 4 * 0.5 / np.sqrt(chosen.sum())


def test_evaluation_points_of_another_contrast_keep_their_label_distribution_and_training_rows():
    plain, scaled = (SOURCES["gaussian_classes"](n_eval=50, eval_scale=scale) for scale in (1.0, 2.5))
    one, other = plain.evaluation(3), scaled.evaluation(3)
    assert np.array_equal(2.5 * one.x_ND, other.x_ND) and np.array_equal(one.target, other.target)
    assert np.array_equal(plain.draw(*sequences(), 50).x_nD, scaled.draw(*sequences(), 50).x_nD)


def test_equal_classes_told_in_full_are_those_that_nothing_is_told_of():
    plain = SOURCES["gaussian_classes"]()
    full = SOURCES["gaussian_classes"](spreads=(1, 1, 1), correlations=(0, 0, 0))
    rows = plain.draw(*sequences(), 50)
    assert np.array_equal(rows.x_nD, full.draw(*sequences(), 50).x_nD)
    assert np.allclose(plain.posterior(rows.x_nD), full.posterior(rows.x_nD), atol=1e-12)


def test_tables_are_checked_against_their_checksum(monkeypatch):
    from biasvar.data.shipped_table import checked

    table = SOURCES["diabetes"]
    checked.cache_clear()
    monkeypatch.setattr(table, "sha256", "0" * 64)
    with pytest.raises(OSError, match="has checksum e9c1"):
        table().pool(0)
    checked.cache_clear()
