import numpy as np
import pytest

from biasvar import seeds


def test_every_role_and_index_has_a_stream_of_its_own():
    keys = [seeds.key(seed, role, index) for seed in range(5) for role in seeds.ROLES for index in range(20)]
    assert len(set(keys)) == len(keys)


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others():
    first, again, other = (seeds.generator(seed, "rows", 3).random(5) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("arguments", [(0, "rows"), (0, "weather", 1)])
def test_a_seed_without_index_or_with_an_unknown_role_is_refused(arguments):
    with pytest.raises(ValueError, match="a seed needs a role"):
        seeds.sequence(*arguments)


def test_counter_based_numbers_are_uniform_and_uncorrelated():
    counter = np.arange(200_000, dtype=np.uint64)
    u = seeds.draw_uniform(seeds.key(0, "dropout", 0), counter)
    v = seeds.draw_uniform(seeds.key(0, "dropout", 1), counter)
    assert u.min() >= 0 and u.max() < 1
    # Standard errors: mean 1/sqrt(12 n), lag and cross correlations 1/sqrt(n).
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * len(u))
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 4 / np.sqrt(len(u))
    assert abs(np.corrcoef(u, v)[0, 1]) < 4 / np.sqrt(len(u))
    counts = np.bincount((u * 64).astype(int), minlength=64)
    chi_squared = np.sum((counts - len(u) / 64) ** 2 / (len(u) / 64))
    assert chi_squared < 63 + 4 * np.sqrt(2 * 63)


def test_draws_equal_splitmix64_as_published():
    # The first outputs of SplitMix64 from state 1234567, as in the reference implementation's test values.
    draws = seeds.draw_bits(np.uint64(1234567), np.arange(3, dtype=np.uint64)).tolist()
    assert draws == [6457827717110365317, 3203168211198807973, 9817491932198370423]
