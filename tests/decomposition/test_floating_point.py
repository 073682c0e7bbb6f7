"""What floating point may not change: units, far targets, large whole numbers, and models that are equal."""

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.decomposition.committees.correlation import correlation_of
from biasvar.decomposition.gram import gram_of, power_of_two
from biasvar.decomposition.moments import moments_of
from biasvar.decomposition.outputs import difference

APART = np.array([[0, 3], [5, 6], [9, 1]])


@pytest.mark.parametrize("unit", [1e-140, 1e-90, 1e-40, 1e8, 1e100])
@pytest.mark.parametrize(("design", "shape"), [("joint", (12, 5)), ("crossed", (3, 4, 5))])
def test_estimates_and_intervals_scale_with_the_labels(design, shape, unit):
    predictions = 1.3 + np.random.default_rng(0).standard_normal(shape)

    def numbers(scale):
        parts = decompose(predictions * scale, np.zeros(5), noise=0.1 * scale * scale, design=design)
        ends = [parts.interval(name) for name in parts.estimated]
        ends += [parts.interval(name, over="replicates_and_points") for name in parts.estimated]
        ends += [parts.interval(name, method="bootstrap") for name in parts.estimated]
        errors = [(parts.standard_error(name), getattr(parts, name)) for name in parts.estimated]
        return np.array(ends + errors) / scale / scale

    assert numbers(unit) == pytest.approx(numbers(1.0), rel=1e-9)


def test_moments_in_another_unit_are_the_same_moments():
    gram = gram_of(np.random.default_rng(1).standard_normal((12, 5, 1)))
    for unit in (gram.unit, 2.0**-200, 2.0**100):
        assert moments_of(gram.over(unit), (3, 4)).times(unit) == moments_of(gram, (3, 4))
    assert [power_of_two(value) for value in (1.0, 3.9, 0.2, 0.0)] == [1, 2, 0.125, 0.5]


@pytest.mark.parametrize("design", ["joint", "crossed"])
def test_no_target_costs_digits_of_the_variance(design):
    predictions = 1 + np.random.default_rng(2).standard_normal((4, 3) if design == "joint" else (4, 5, 3))
    near, far = (decompose(predictions, np.full(3, target), noise=0.0, design=design) for target in (0.0, 1e17))
    for name in (one for one in near.estimated if one.startswith("variance")):
        assert getattr(far, name) == pytest.approx(getattr(near, name), rel=1e-12)
        assert far.interval(name) == pytest.approx(near.interval(name), rel=1e-9)
    assert far.bias_squared == pytest.approx(1e34)
    errors = predictions - 1e17
    assert np.var(errors, axis=0, ddof=1).max() == 0, "errors in place of predictions are caught"


@pytest.mark.parametrize(("base", "kind"), [(2**60, np.int64), (-(2**62), np.int64), (2**63 + 2**61, np.uint64)])
@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_large_whole_numbers_are_subtracted_as_whole_numbers(base, kind, loss):
    def integers(rows):
        return np.array([[base + int(one) for one in row] for row in rows], dtype=kind)

    target = np.array([1, 2])
    found = decompose(integers(APART), integers([target])[0], noise=0.0, loss=loss)
    wanted = decompose(APART, target, noise=0.0, loss=loss)
    for name in wanted.estimated:
        assert getattr(found, name) == pytest.approx(getattr(wanted, name), rel=1e-12)
    assert len(np.unique(integers(APART).astype(float))) == 1, "float64 tells none of them apart"


def test_large_whole_numbers_have_their_variance_beside_any_target():
    whole = 2**60 + APART
    for target in (np.zeros(2), np.zeros(2, dtype=int), np.full(2, 0.5)):
        assert decompose(whole, target, noise=0.0).variance == pytest.approx(40 / 3)
    assert decompose(whole, np.full(2, 2.0**60), noise=0.0).bias_squared == pytest.approx(12)
    apart = np.array([[-(2**62) - 1, 3], [2**62 + 7, 4]])
    assert decompose(apart, np.zeros(2), noise=0.0).points["variance"] == pytest.approx([2.0**125, 0.5])


def test_a_difference_of_whole_numbers_is_right_wherever_it_fits():
    origin = np.full(5, 1_500_000_000_000_000_001)
    values = np.array([np.nan, 1e20, -1e19, 2.5, 1.5e18 + 256])
    assert difference(values, origin) == pytest.approx([np.nan, 9.85e19, -1.15e19, -1.5e18, 255], nan_ok=True)
    ends = np.array([2**63 - 1, 2**62]), np.array([-(2**63), 2**62 - 5])
    assert difference(*ends).tolist() == [2.0**64, 5.0]


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e5 + 0.1, 1e-40])
@pytest.mark.parametrize("sizes", [(3,), (7,), (3, 7), (3, 3, 5)])
def test_equal_models_have_no_variance_at_all_and_no_correlation(value, sizes):
    design = {} if len(sizes) == 1 else {"design": "crossed", "sources": ("data", "init", "dropout")[: len(sizes)]}
    parts = decompose(np.full((*sizes, 4), value), np.zeros(4), noise=0.0, **design)
    for name in (one for one in parts.estimated if one.startswith("variance")):
        assert getattr(parts, name) == 0 and parts.interval(name) == (0, 0) and parts.standard_error(name) == 0
    assert parts.bias_squared == value**2 and parts.interval("bias_squared") == pytest.approx((value**2, value**2))
    with pytest.raises(ValueError, match="members do not differ"):
        correlation_of(parts)
