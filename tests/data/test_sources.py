"""Laws that every data source obeys; the table of sources is the list."""

import dataclasses

import numpy as np
import pytest

from biasvar import seeds
from biasvar.data import PUBLISHED, SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.synthetic import FUNCTIONS, NOISES, Synthetic

OFFLINE = {kind: source for kind, source in SOURCES.items() if kind not in PUBLISHED}
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


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
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


def test_tables_are_checked_against_their_checksum(monkeypatch):
    from biasvar.data.table import checked

    table = SOURCES["diabetes"]
    checked.cache_clear()
    monkeypatch.setattr(table, "sha256", "0" * 64)
    with pytest.raises(OSError, match="has checksum e9c1"):
        table().pool(0)
    checked.cache_clear()
