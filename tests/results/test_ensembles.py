"""Which members of a cell are used, and which of them share no seed."""

from itertools import product

import numpy as np
import pytest

from biasvar.results.ensembles import CellEnsemble, complete


def ensemble(*kept):
    """The part of a cell that says which seeds of each source are left."""
    sizes, sources = tuple(map(len, kept)), ("data", "init", "dropout")[: len(kept)]
    return CellEnsemble(kept, sizes, sources, None, "values", np.zeros(1))


def numbered(kept):
    """A value for each model that tells its seeds: its digits in base 100, the first source's last."""
    return np.array([sum(seed * 100**place for place, seed in enumerate(seeds)) for seeds in product(*kept)])


@pytest.mark.parametrize(
    ("kept", "numbers"),
    [
        (((0, 1, 2, 3),), [0, 1, 2, 3]),
        (((0, 2, 5),), [0, 2, 5]),
        (((0, 1, 2), (0, 1, 2)), [0, 1, 2]),
        (((0, 2, 3), (1, 2, 3, 4)), [2, 3]),
        (((0, 1, 4, 5, 7), (1, 2, 4, 7)), [1, 4, 7]),
        (((1, 2, 3), (0, 2, 3), (0, 1, 3)), [3]),
        (((0, 1), (2, 3)), []),
    ],
)
def test_independent_models_have_the_seed_of_one_number_of_every_source(kept, numbers):
    found, values = ensemble(*kept).independent(numbered(kept))
    assert found.tolist() == numbers
    assert values.tolist() == [sum(number * 100**place for place in range(len(kept))) for number in numbers]


def test_independent_models_share_no_seed_whatever_was_dropped():
    generator, misplaced = np.random.default_rng(0), 0
    for _ in range(50):
        kept = tuple(tuple(np.flatnonzero(generator.random(8) < 0.7).tolist()) for _ in range(2))
        numbers, values = ensemble(*kept).independent(numbered(kept))
        assert set(numbers) == set(kept[0]) & set(kept[1])
        assert all((values // 100**place % 100).tolist() == numbers.tolist() for place in range(2))
        misplaced += kept[0][: len(numbers)] != kept[1][: len(numbers)]
    assert misplaced > 40, "places taken for the numbers of seeds are caught"


def gaps_at(sizes, *gaps):
    """Which members are usable where those at some places are not."""
    usable = np.ones(sizes, dtype=bool)
    for place in gaps:
        usable[place] = False
    return usable


@pytest.mark.parametrize(
    ("usable", "kept"),
    [
        (gaps_at((4, 5)), ([0, 1, 2, 3], [0, 1, 2, 3, 4])),
        (gaps_at((4, 5), 2), ([0, 1, 3], [0, 1, 2, 3, 4])),
        (gaps_at((4, 5), np.s_[:, 1]), ([0, 1, 2, 3], [0, 2, 3, 4])),
        (gaps_at((4, 5), np.s_[2, :4]), ([0, 1, 3], [0, 1, 2, 3, 4])),
        (gaps_at((4, 5), np.s_[1:, 3]), ([0, 1, 2, 3], [0, 1, 2, 4])),
        (gaps_at((4, 5), np.s_[1:, 3], (0, 0)), ([1, 2, 3], [0, 1, 2, 4])),
        (gaps_at((6,), 1, 4), ([0, 2, 3, 5],)),
        (gaps_at((3, 3, 3), np.s_[:, 2, 1:], np.s_[:, 0, 0]), ([0, 1, 2], [0, 1], [1, 2])),
    ],
)
def test_seeds_with_the_most_gaps_go_and_all_others_stay(usable, kept):
    assert [seeds.tolist() for seeds in complete(usable)] == list(kept)


def test_scattered_gaps_leave_a_full_grid_that_is_larger_than_without_the_fullest_seeds():
    generator, sizes = np.random.default_rng(1), []
    for _ in range(30):
        usable = generator.random((10, 10)) > 0.04
        kept = complete(usable)
        assert usable[np.ix_(*kept)].all()
        rest = [np.arange(10), np.arange(10)]
        while not usable[np.ix_(*rest)].all():
            rest[0] = np.delete(rest[0], int(usable[np.ix_(*rest)].mean(axis=1).argmax()))
        sizes.append((len(kept[0]) * len(kept[1]), len(rest[0]) * len(rest[1])))
    found, wrong = np.mean(sizes, axis=0)
    assert found > 60 > 30 > wrong, "dropping the seeds with the fewest gaps is caught"
