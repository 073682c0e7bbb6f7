"""Laws that every resampling scheme obeys; the table of schemes is the list."""

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.label_noise import flip
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import training_set

POOLED = {kind: scheme for kind, scheme in SCHEMES.items() if kind != "fresh"}


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_a_replicate_has_the_same_rows_and_label_noise_again_and_another_has_others(scheme):
    data = SOURCES["gaussian_classes"](n_train=50, n_pool=500, label_noise=0.2)
    first, again, other = (training_set(data, scheme(), 0, r, r) for r in (1, 1, 2))
    assert np.array_equal(first.x_nD, again.x_nD) and np.array_equal(first.y_n, again.y_n)
    assert not np.array_equal(first.x_nD, other.x_nD)
    assert first.counts_n.sum() == 50
    assert len(first.x_nD) == len(first.y_n) == first.n_distinct
    assert scheme.variance_means.startswith("variance over")


@pytest.mark.parametrize("scheme", POOLED.values(), ids=POOLED)
def test_rows_come_from_the_pool_and_smaller_sets_are_nested(scheme):
    few, many = (scheme().rows(0, 0, 200, n) for n in (20, 40))
    assert few.min() >= 0 and many.max() < 200
    assert np.array_equal(few, many[:20])


def test_disjoint_sets_share_no_row():
    rows = np.concatenate([SCHEMES["disjoint"]().rows(0, r, 100, 20) for r in range(5)])
    assert sorted(rows) == list(range(100))


def test_a_bootstrap_of_the_whole_pool_holds_0632_distinct_rows():
    data = SOURCES["linear"](n_train=1000, n_pool=1000, dimension=2)
    distinct = [training_set(data, SCHEMES["bootstrap"](), 0, r, r).n_distinct for r in range(30)]
    assert abs(np.mean(distinct) / 1000 - (1 - np.exp(-1))) < 4 * 0.31 / np.sqrt(1000 * 30)


def test_label_noise_flips_exactly_its_share_and_never_to_the_same_class():
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    noisy = flip(labels, 0.2, 10, np.random.default_rng(1))
    assert np.sum(noisy != labels) == 200
    counts = np.bincount((noisy - labels)[noisy != labels] % 10, minlength=10)
    assert counts[0] == 0 and counts[1:].min() > 5


def test_copies_of_a_row_keep_one_label_and_the_share_is_of_distinct_rows():
    noisy, clean = (SOURCES["gaussian_classes"](n_train=300, n_pool=300, label_noise=rate) for rate in (0.2, 0.0))
    a, b = (training_set(data, SCHEMES["bootstrap"](), 0, 3, 3) for data in (noisy, clean))
    assert np.array_equal(a.x_nD, b.x_nD)
    assert np.sum(a.y_n != b.y_n) == round(0.2 * a.n_distinct)


def test_label_noise_can_vary_while_rows_are_held():
    data = SOURCES["gaussian_classes"](n_train=50, label_noise=0.2)
    one, other = (training_set(data, SCHEMES["fresh"](), 0, 0, draw) for draw in (0, 1))
    assert np.array_equal(one.x_nD, other.x_nD) and not np.array_equal(one.y_n, other.y_n)
