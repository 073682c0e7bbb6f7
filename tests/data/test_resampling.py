"""Laws that every resampling scheme obeys; the table of schemes is the list."""

import numpy as np
import pytest

from biasvar import seeds
from biasvar.data import SOURCES
from biasvar.data.label_noise import flip, flips
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import training_set

POOLED = {kind: scheme for kind, scheme in SCHEMES.items() if scheme.has_pool}


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_a_replicate_has_the_same_rows_and_label_noise_again_and_another_has_others(scheme):
    data = SOURCES["gaussian_classes"](n_train=50, n_pool=500, label_noise=0.2)
    first, again, other = (training_set(data, scheme(), 0, r, r) for r in (1, 1, 2))
    assert np.array_equal(first.x_nD, again.x_nD) and np.array_equal(first.y_n, again.y_n)
    assert not np.array_equal(first.x_nD, other.x_nD)
    assert first.counts_n.sum() == 50
    assert len(first.x_nD) == len(first.y_n) == len(first.counts_n)
    assert scheme.variance_means.startswith("variance over")
    assert "\n" not in scheme.variance_means and not scheme.variance_means.endswith(".")


@pytest.mark.parametrize("scheme", POOLED.values(), ids=POOLED)
def test_rows_come_from_the_pool_and_smaller_sets_are_nested(scheme):
    few, many = (scheme().rows(0, 0, 200, n) for n in (20, 40))
    assert few.min() >= 0 and many.max() < 200
    assert np.array_equal(few, many[:20])


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_a_scheme_says_how_many_rows_its_pool_must_have(scheme):
    for n_train in (2, 10, 27):
        needed = scheme().rows_needed(n_train, 5)
        if not scheme.has_pool:
            assert needed == 0
        elif scheme.kind == "bootstrap":
            assert len(scheme().rows(0, 4, needed, n_train)) == n_train
        else:
            assert all(len(scheme().rows(0, r, needed, n_train)) == n_train for r in range(5))
            assert any(len(scheme().rows(0, r, needed - 1, n_train)) < n_train for r in range(max(5, 10)))


def test_disjoint_sets_share_no_row():
    rows = np.concatenate([SCHEMES["disjoint"]().rows(0, r, 100, 20) for r in range(5)])
    assert sorted(rows) == list(range(100))


def left_out(scheme, replicate, rows):
    return set(range(rows)) - set(scheme.rows(0, replicate, rows, rows - rows // scheme.folds).tolist())


@pytest.mark.parametrize("folds", [2, 3, 10])
def test_kfold_leaves_each_row_out_once_in_k_replicates_and_splits_anew_after_them(folds):
    scheme = SCHEMES["kfold"](folds=folds)
    splits = [[left_out(scheme, replicate, 60) for replicate in range(s, s + folds)] for s in (0, folds)]
    for split in splits:
        assert all(len(fold) == 60 // folds for fold in split)
        assert set().union(*split) == set(range(60))
    assert splits[0] != splits[1]


def test_repeated_splits_of_a_kfold_are_of_the_same_rows():
    scheme = SCHEMES["kfold"](folds=5)
    used = [set(scheme.rows(0, replicate, 1000, 40).tolist()) for replicate in range(20)]
    assert len(set().union(*used)) == scheme.rows_needed(40, 20) == 50


def test_training_sets_of_a_kfold_are_nested_at_every_size():
    scheme = SCHEMES["kfold"](folds=5)
    for replicate in range(10):
        largest = scheme.rows(0, replicate, 60, 48)
        assert len(set(largest)) == 48
        for n_train in range(2, 48):
            assert np.array_equal(scheme.rows(0, replicate, 60, n_train), largest[:n_train])
            # The pool may end where the rows that are split do.
            needed = scheme.rows_needed(n_train, 10)
            assert len(set(scheme.rows(0, replicate, needed, n_train))) == n_train


@pytest.mark.parametrize("rows, n_train", [(12, 10), (13, 11), (19, 17)])
def test_rows_that_are_no_multiple_of_the_folds_are_left_out_alike(rows, n_train):
    scheme, splits = SCHEMES["kfold"](folds=10), 200
    order = seeds.generator(0, "pool", 2).permutation(rows)
    kept = np.array([np.isin(order, scheme.rows(0, r, rows, n_train)) for r in range(10 * splits)])
    left_out = 1 - kept.mean(axis=0)
    assert left_out[:10] == pytest.approx(0.1), "a whole run: once in ten replicates"
    share = 1 / (rows - 10)
    assert left_out[10:] == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(kept)))


def test_the_variance_over_a_kfold_is_too_low_by_about_k_minus_1():
    # The mean of n rows has variance 1/n; that of two training sets of a k-fold differ only by a fold each.
    pool, scheme = np.random.default_rng(0).standard_normal(50_000), SCHEMES["kfold"](folds=5)
    means = {kind: [] for kind in ("kfold", "disjoint")}
    for start in range(0, 50_000, 50):
        block = pool[start : start + 50]
        means["kfold"].append(np.var([block[scheme.rows(0, r, 50, 40)].mean() for r in range(5)], ddof=1))
    means["disjoint"] = np.var(pool.reshape(-1, 40).mean(axis=1), ddof=1)
    assert means["disjoint"] / np.mean(means["kfold"]) == pytest.approx(4, rel=0.15)
    assert "too low by about k - 1" in scheme.variance_means


def test_schemes_refuse_and_tell_of_training_sets_that_do_not_differ():
    kfold = SCHEMES["kfold"](folds=10)
    assert kfold.incompatibility(8).needs == "folds of at most 9: leave-one-out"
    assert kfold.incompatibility(9) is None
    assert kfold.warning(9, 50, 10) == kfold.warning(10, 50, 11) == ""
    assert "has 10 training sets, and 11 are asked for" in kfold.warning(9, 50, 11)
    subsample = SCHEMES["subsample"]()
    assert "training sets do not differ" in subsample.warning(50, 50, 2)
    assert subsample.warning(49, 50, 2) == subsample.warning(50, 50, 1) == ""


def test_a_bootstrap_of_the_whole_pool_holds_0632_distinct_rows():
    data = SOURCES["linear"](n_train=1000, n_pool=1000, dimension=2)
    distinct = [len(training_set(data, SCHEMES["bootstrap"](), 0, r, r).counts_n) for r in range(30)]
    assert abs(np.mean(distinct) / 1000 - (1 - np.exp(-1))) < 4 * 0.31 / np.sqrt(1000 * 30)
    expected = SCHEMES["bootstrap"]().expected_distinct(1000, 1000)
    assert expected == pytest.approx(np.mean(distinct), abs=4 * 10 / np.sqrt(30))
    assert SCHEMES["subsample"]().expected_distinct(50, 1000) == 50


def test_label_noise_flips_exactly_its_share_and_never_to_the_same_class():
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    noisy = flip(labels, 0.2, 10, np.arange(1000), seeds.key(0, "label_noise", 1))
    assert np.sum(noisy != labels) == 200
    counts = np.bincount((noisy - labels)[noisy != labels] % 10, minlength=10)
    assert counts[0] == 0 and counts[1:].min() > 5


@pytest.mark.parametrize("rate", [0.005, 0.024, 0.075, 0.2, 0.333])
def test_part_of_a_row_is_flipped_with_its_probability_so_that_the_mean_rate_is_as_told(rate):
    found = np.array([flips(rate, 20, seeds.key(0, "label_noise", replicate)) for replicate in range(4000)])
    part = rate * 20 % 1
    assert set(found) <= {int(rate * 20), int(rate * 20) + 1}
    assert abs(found.mean() - rate * 20) <= 4 * np.sqrt(part * (1 - part) / len(found))
    assert (part == 0) == (len(set(found)) == 1)
    assert np.array_equal(found[:5], [flips(rate, 20, seeds.key(0, "label_noise", again)) for again in range(5)])


@pytest.mark.parametrize(
    ("rate", "n", "whole"), [(0.07, 100, 7), (0.29, 100, 29), (1e-05, 200_000, 2), (1, 9, 9), (0, 9, 0)]
)
def test_a_whole_number_of_flips_is_exact_whatever_its_binary_digits_are(rate, n, whole):
    assert {flips(rate, n, seeds.key(0, "label_noise", replicate)) for replicate in range(200)} == {whole}


def test_whole_flips_are_those_of_rounding():
    """What studies were published with: the rows of the smallest u, as many as the rate says."""
    labels, key = np.random.default_rng(0).integers(0, 10, 50), seeds.key(0, "label_noise", 7)
    counter = 2 * np.arange(50, dtype=np.uint64)
    u, v = seeds.draw_uniform(key, counter), seeds.draw_uniform(key, counter + np.uint64(1))
    for flipped in (5, 10, 25):
        expected = labels.copy()
        rows = np.argsort(u)[:flipped]
        expected[rows] = (labels[rows] + 1 + (9 * v[rows]).astype(int)) % 10
        assert np.array_equal(flip(labels, flipped / 50, 10, np.arange(50), key), expected)


def test_copies_of_a_row_keep_one_label_and_the_share_is_of_distinct_rows():
    noisy, clean = (SOURCES["gaussian_classes"](n_train=300, n_pool=300, label_noise=rate) for rate in (0.2, 0.0))
    a, b = (training_set(data, SCHEMES["bootstrap"](), 0, 3, 3) for data in (noisy, clean))
    assert np.array_equal(a.x_nD, b.x_nD)
    assert np.sum(a.y_n != b.y_n) == flips(0.2, len(a.counts_n), seeds.key(0, "label_noise", 3))
    assert a.label_noise_rate == np.mean(a.y_n != b.y_n) == pytest.approx(0.2, abs=1 / len(a.counts_n))
    assert b.label_noise_rate is None


def test_label_noise_can_vary_while_rows_are_held():
    data = SOURCES["gaussian_classes"](n_train=50, label_noise=0.2)
    one, other = (training_set(data, SCHEMES["fresh"](), 0, 0, draw) for draw in (0, 1))
    assert np.array_equal(one.x_nD, other.x_nD) and not np.array_equal(one.y_n, other.y_n)


def share_of_equal_labels(flips, few, many):
    """Return the share of the rows of the smaller set that both sets give the same label."""
    return np.mean(flips(few) == flips(many)[: len(few)])


def test_label_noise_is_common_to_nested_training_sets():
    """Common random numbers along an axis of n_train: rows that two sets share nearly all keep their label."""
    labels = np.random.default_rng(0).integers(0, 10, 80)

    def ours(y_n):
        return flip(y_n, 0.2, 10, np.arange(len(y_n)), seeds.key(0, "label_noise", 3))

    def by_order_of_drawing(y_n):
        generator = np.random.default_rng(3)
        noisy, flipped = y_n.copy(), generator.permutation(len(y_n))[: round(0.2 * len(y_n))]
        noisy[flipped] = (y_n[flipped] + generator.integers(1, 10, len(flipped))) % 10
        return noisy

    assert share_of_equal_labels(ours, labels[:40], labels) >= 0.9
    # The negative control: flips that depend on how many rows there are.
    assert share_of_equal_labels(by_order_of_drawing, labels[:40], labels) < 0.8


@pytest.mark.parametrize(("rate", "few", "many"), [(0.2, 40, 80), (0.03, 20, 50), (0.5, 7, 90)])
def test_nested_training_sets_lose_shared_labels_at_the_margin_alone(rate, few, many):
    """Each set has its own number of flips: of shared rows one set flips those of the other and a few more."""
    labels, lost = np.random.default_rng(0).integers(0, 10, many), []
    for replicate in range(60):
        key = seeds.key(0, "label_noise", replicate)
        small, large = (flip(labels[:n], rate, 10, np.arange(n), key)[:few] for n in (few, many))
        in_small, in_large = small != labels[:few], large != labels[:few]
        assert np.array_equal(small[in_small & in_large], large[in_small & in_large])
        assert not (in_small & ~in_large).any() or not (in_large & ~in_small).any()
        lost.append(np.sum(small != large))
    assert max(lost) > 0, "some labels are lost, and the law promises no more than nearly all"
    assert np.mean(lost) < 1 + 2 * np.sqrt(rate * (1 - rate) * few)


@pytest.mark.parametrize("kind", ["fresh", "subsample", "disjoint", "kfold"])
def test_training_sets_of_two_sizes_agree_on_the_labels_of_nearly_all_rows_in_common(kind):
    few, many = (SOURCES["gaussian_classes"](n_train=n, n_pool=400, label_noise=0.2) for n in (40, 80))
    equal, common = 0, 0
    for replicate in range(4 if kind != "disjoint" else 1):
        small, large = (training_set(data, SCHEMES[kind](), 0, replicate, replicate) for data in (few, many))
        same = (small.x_nD[:, None, 0] == large.x_nD[None, :, 0]) & (small.x_nD[:, None, 1] == large.x_nD[None, :, 1])
        here, there = np.nonzero(same)
        equal, common = equal + np.sum(small.y_n[here] == large.y_n[there]), common + len(here)
    assert common >= 40
    assert equal / common > 0.9


def test_a_regression_laws_noise_can_vary_while_its_inputs_are_held_and_the_other_way_round():
    for kind in ("linear", "synthetic"):
        data = SOURCES[kind](n_train=30)
        base, noise, inputs = (training_set(data, SCHEMES["fresh"](), 0, *draws) for draws in ((0, 0), (0, 1), (1, 0)))
        assert np.array_equal(base.x_nD, noise.x_nD) and not np.allclose(base.y_n, noise.y_n)
        assert not np.allclose(base.x_nD, inputs.x_nD)
    data = SOURCES["linear"](n_train=30)
    residuals = [one.y_n - one.x_nD @ data.coefficients() for one in (training_set(data, SCHEMES["fresh"](), 0, d, 0)
                 for d in (0, 1))]  # fmt: skip
    assert np.allclose(*residuals), "the noise is held while the inputs vary"


def test_the_noise_of_a_pools_numbers_belongs_to_the_pool():
    data = SOURCES["linear"](n_train=30, n_pool=1000)
    one, other = (training_set(data, SCHEMES["bootstrap"](), 0, 0, draw) for draw in (0, 1))
    assert np.array_equal(one.y_n, other.y_n)


@pytest.mark.parametrize(
    ("scheme", "rows"),
    [("bootstrap", 40), ("subsample", 80), ("kfold", 45), ("disjoint", 1000), ("fresh", 1000)],
)
@pytest.mark.parametrize("kind", ["synthetic", "linear", "gaussian_classes"])
def test_a_pool_that_nobody_sized_fits_one_training_set(kind, scheme, rows):
    """k-fold: 40 rows of 9 folds are 44.4 rows of 10, rounded up."""
    asked = SOURCES[kind](n_train=40)
    drawn = asked.resampled_by(SCHEMES[scheme]())
    assert drawn.available() == len(drawn.pool(0).y_n) == rows
    assert drawn.as_asked_with(SCHEMES[scheme]()) == asked
    told = SOURCES[kind](n_train=40, n_pool=50)
    assert told.resampled_by(SCHEMES[scheme]()) == told.as_asked_with(SCHEMES[scheme]()) == told
    with pytest.raises(ValueError, match="n_pool = null"):
        asked.available()


def test_pools_that_follow_their_training_sets_are_nested():
    small, large = (SOURCES["linear"](n_train=n).resampled_by(SCHEMES["subsample"]()).pool(3) for n in (20, 30))
    assert np.array_equal(small.x_nD, large.x_nD[:40]) and np.array_equal(small.y_n, large.y_n[:40])
