"""Tiles of points: their size and the number of threads change no point, and no cube of all members is made."""

import tracemalloc

import numpy as np
import pytest

from biasvar.decomposition import LOSSES, decompose, tiles
from biasvar.decomposition.committees.committee import committee_risk
from biasvar.decomposition.sensitivity import sensitivity

CLASSIFICATION = ["squared_error", "zero_one", "cross_entropy"]
DESIGNS = {
    (8,): {"design": "joint"},
    (3, 4): {"design": "crossed"},
    (2, 3, 2): {"design": "crossed", "sources": ("data", "init", "batch_order")},
}


def in_tiles_of(monkeypatch, points, numbers_a_point, threads=1):
    """Have tiles of so many points, on so many threads."""
    monkeypatch.setattr(tiles, "TILE_BYTES", 8 * numbers_a_point * points)
    monkeypatch.setattr(tiles, "FEWEST_POINTS", 1)
    monkeypatch.setattr(tiles, "cores", lambda: threads)


def classified(sizes, points=150, classes=3):
    generator = np.random.default_rng(0)
    logits = (2 * generator.standard_normal((*sizes, points, classes))).astype(np.float32)
    logits[..., :20, :] = np.round(logits[..., :20, :])  # ties
    return logits, generator.dirichlet(np.ones(classes), points)


def numbers(sizes, points=150):
    generator = np.random.default_rng(1)
    return generator.standard_normal((*sizes, points)), generator.standard_normal((points, 5))


def decompositions(sizes, **options):
    """Every loss's decomposition of an ensemble of one design."""
    logits, distribution = classified(sizes)
    predictions, draws = numbers(sizes)
    options = DESIGNS[sizes] | {"resamples": 50} | options
    found = decompose(logits, distribution, loss=CLASSIFICATION, outputs_are="logits", **options)
    return found | {"absolute_error": decompose(predictions, draws, loss="absolute_error", **options)}


@pytest.mark.parametrize("sizes", DESIGNS)
@pytest.mark.parametrize("points", [2, 7, 64])
def test_tiles_of_any_size_give_the_same_points_bit_for_bit_and_the_same_means(monkeypatch, sizes, points):
    whole = decompositions(sizes)
    wanted = {loss: (parts.risk_of_models, parts.drawn, sensitivity(parts)) for loss, parts in whole.items()}
    in_tiles_of(monkeypatch, points, 3 * int(np.prod(sizes)))
    for loss, parts in decompositions(sizes).items():
        for name, term in parts.points.items():
            assert np.array_equal(term, whole[loss].points[name], equal_nan=True), (loss, name)
        for name, term in parts.points_plug_in.items():
            assert np.array_equal(term, whole[loss].points_plug_in[name]), (loss, name)
        risks, drawn, rows = wanted[loss]
        assert np.allclose(parts.risk_of_models, risks, rtol=0, atol=1e-12)
        for name, term in parts.drawn.items():
            assert np.allclose(term, drawn[name], rtol=0, atol=1e-12), (loss, name)
        for row, other in zip(sensitivity(parts), rows, strict=True):
            assert row[2:] == pytest.approx(other[2:], abs=1e-12, nan_ok=True)


def test_two_threads_are_as_one_bit_for_bit(monkeypatch):
    def all_of(threads):
        in_tiles_of(monkeypatch, 7, 24, threads)
        for parts in decompositions((8,)).values():
            yield from (*parts.points.values(), *parts.drawn.values(), parts.risk_of_models)
            yield np.array([parts.interval(name) for name in parts.estimated])
            if parts.loss != "absolute_error":
                yield committee_risk(parts, "vote" if parts.loss == "zero_one" else "mean", [2, 5])

    one, two = list(all_of(1)), list(all_of(2))
    assert len(one) > 60
    assert all(np.array_equal(*pair, equal_nan=True) for pair in zip(one, two, strict=True))


def test_several_losses_at_once_are_each_alone():
    logits, distribution = classified((6,))
    for options in ({"outputs_are": "logits"}, {"outputs_are": None}):
        given = logits if options["outputs_are"] else np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        found = decompose(given, distribution, loss=CLASSIFICATION, **options)
        assert list(found) == CLASSIFICATION
        for loss, parts in found.items():
            alone = decompose(given, distribution, loss=loss, **options)
            assert all(np.array_equal(alone.points[name], parts.points[name], equal_nan=True) for name in alone.points)


class ReadInParts:
    """Something that is sliced as an array is, and knows the largest part that was asked for."""

    def __init__(self, array):
        self.array, self.largest = array, 0
        self.shape, self.ndim, self.dtype = array.shape, array.ndim, array.dtype

    def __getitem__(self, key):
        self.largest = max(self.largest, self.array[key].size)
        return self.array[key]


@pytest.mark.parametrize("sizes", DESIGNS)
def test_outputs_that_are_read_in_parts_are_never_read_as_a_whole(monkeypatch, sizes):
    logits, distribution = classified(sizes)
    options = DESIGNS[sizes] | {"loss": CLASSIFICATION, "outputs_are": "logits", "resamples": 20}
    in_tiles_of(monkeypatch, 40, 3 * int(np.prod(sizes)))
    parted = ReadInParts(logits)
    whole, found = decompose(logits, distribution, **options), decompose(parted, distribution, **options)
    for loss, parts in found.items():
        assert all(
            np.array_equal(whole[loss].points[name], parts.points[name], equal_nan=True) for name in parts.points
        )
        assert parts.interval("risk") == whole[loss].interval("risk")
        for row, other in zip(sensitivity(parts), sensitivity(whole[loss]), strict=True):
            assert row[2:] == pytest.approx(other[2:], nan_ok=True)
    assert 0 < parted.largest <= logits.size * 40 / 150


def wrong_at(places, value, of):
    predictions = of.copy()
    for place in places:
        predictions[place] = value
    return predictions


LOGITS, DISTRIBUTION = classified((4,))
PROBABILITIES = np.full((4, 150, 2), 0.5)


@pytest.mark.parametrize(
    ("predictions", "outputs_are", "message"),
    [
        (
            wrong_at([(1, 3, 2), (0, 140, 1)], np.nan, LOGITS),
            "logits",
            r"2 values .* the first \(nan\) at \(0, 140, 1\)",
        ),
        (wrong_at([(2, 9, 1)], np.inf, LOGITS), "logits", r"1 values .* the first \(inf\) at \(2, 9, 1\)"),
        (wrong_at([(3, 1, 1)], -np.inf, LOGITS), "scores", r"1 values .* the first \(-inf\) at \(3, 1, 1\)"),
        (wrong_at([(3, 149)], -np.inf, LOGITS), "logits", "all minus infinity"),
        (wrong_at([(3, 2, 0), (1, 99, 1)], -0.5, PROBABILITIES), "probabilities", r"at \(1, 99, 1\) is -0.5"),
        (wrong_at([(3, 2, 0), (1, 99, 1)], 0.75, PROBABILITIES), "probabilities", r"at \(1, 99\) sum to 1.25"),
        (
            wrong_at([(3, 2), (1, 99), (1, 100)], [0, 1], PROBABILITIES),
            "probabilities",
            "3 probabilities are 0 where .* the first of model 1 at point 99 for class 0, whose label share is 0.25",
        ),
    ],
)
def test_what_is_wrong_is_said_of_the_first_place_of_the_whole_and_not_of_a_tile(
    monkeypatch, predictions, outputs_are, message
):
    in_tiles_of(monkeypatch, 10, predictions[:, 0].size)
    distribution = DISTRIBUTION if predictions.shape[-1] == 3 else np.tile([0.25, 0.75], (150, 1))
    losses = ["squared_error", "cross_entropy"] if outputs_are != "scores" else "squared_error"
    with pytest.raises(ValueError, match=message):
        decompose(predictions, distribution, loss=losses, outputs_are=outputs_are)


def test_no_cube_of_all_members_and_points_is_made(monkeypatch):
    monkeypatch.setattr(tiles, "TILE_BYTES", 2**17)
    logits, distribution = classified((40,), points=4000, classes=5)
    cube = logits.size * 8
    tiles.keep_blocks()
    for of_wrong in (False, True):
        if of_wrong:
            monkeypatch.setattr(tiles, "TILE_BYTES", 2**40)
        tracemalloc.start()
        for parts in decompose(logits, distribution, loss=CLASSIFICATION, outputs_are="logits", resamples=50).values():
            assert parts.interval("risk")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (peak > cube) == of_wrong, "one tile of all points is caught"


def test_tiles_cover_every_point_once_and_are_nearly_equal():
    for points, numbers_a_point in ((1, 1), (10_000, 1000), (63, 10**9), (1000, 3)):
        found = tiles.tiles_of(points, numbers_a_point)
        assert [place for one in found for place in range(points)[one]] == list(range(points))
        lengths = [one.stop - one.start for one in found]
        assert max(lengths) - min(lengths) <= 1
        assert max(lengths) <= max(tiles.TILE_BYTES // (8 * numbers_a_point), tiles.FEWEST_POINTS)


def test_every_loss_is_estimated_tile_by_tile(monkeypatch):
    in_tiles_of(monkeypatch, 10, 8)
    logits, _ = classified((8,), 95, classes=1)
    for loss in LOSSES:
        seen, right = [], LOSSES[loss].estimate
        monkeypatch.setattr(LOSSES[loss], "estimate", lambda tile, s=seen, r=right: s.append(tile) or r(tile))
        if loss in ("squared_error", "absolute_error"):
            decompose(logits, np.zeros(95), loss=loss)
        else:
            decompose(np.concatenate([logits, -logits], axis=-1), np.zeros(95, int), loss=loss, outputs_are="logits")
        ends = [tile.first + tile.points for tile in seen]
        assert [tile.first for tile in seen] == [0, *ends[:-1]] and ends[-1] == 95 and len(ends) >= 10


def test_a_tile_of_labels_is_as_small_as_the_votes_that_they_become():
    generator = np.random.default_rng(2)
    classes, points = 1000, 3000
    labels_MN, labels_N = generator.integers(0, classes, (3, points)), generator.integers(0, classes, points)
    labels_MN = np.where(generator.random((3, points)) < 0.6, labels_N, labels_MN)
    found = decompose(labels_MN, labels_N, loss="zero_one", labels=range(classes))
    sizes = list(found.ensemble.in_tiles(lambda tile: tile.points))
    assert sum(sizes) == points and max(sizes) * 3 * classes * 8 <= max(tiles.TILE_BYTES, 8 * 3 * classes * 65)
    # A committee of all three models is the main prediction.
    assert committee_risk(found, "vote", [3])[0] == pytest.approx(found.bias, abs=1e-12)
