"""The seeds of all randomness: (study seed, role, indices) -> generator. Imports numpy only.

Every random number of a study comes from ``SeedSequence([study seed, role, index, ...])``, so each source of randomness
can be fixed or varied separately, and none depends on the order of the work. Compiled training draws from counter-based
streams that are keyed by 64 bits of the same sequence.
"""

import numpy as np

ROLES = {
    "rows": 1,  # which rows, or which fresh draws, a training set holds
    "label_noise": 2,  # which training labels are flipped, and to what
    "initialisation": 3,  # initial or random-feature weights
    "batch_order": 4,  # the order of rows in an epoch
    "dropout": 5,  # dropout masks
    "augmentation": 6,  # random changes to training inputs
    "estimation": 7,  # bootstrap resamples
    "evaluation": 8,  # the fixed evaluation points
    "pool": 9,  # the pool that resampling schemes draw from
}

# Constants of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)


def sequence(study_seed: int, role: str, *indices: int) -> np.random.SeedSequence:
    """Return the seed sequence of one source of randomness.

    ``indices`` is at least one number (the data seed or the init seed): ``SeedSequence`` pads with zeros, so
    sequences of different lengths could otherwise coincide.

    Raises
    ------
    ValueError
        For a role that is not in ``ROLES`` or without an index.
    """
    if role not in ROLES or not indices:
        raise ValueError(f"a seed needs a role of {', '.join(ROLES)} and an index; got {role!r} and {indices}")
    return np.random.SeedSequence([study_seed, ROLES[role], *indices])


def generator(study_seed: int, role: str, *indices: int) -> np.random.Generator:
    """Return the numpy generator of one source of randomness."""
    return np.random.default_rng(sequence(study_seed, role, *indices))


def key(study_seed: int, role: str, *indices: int) -> np.uint64:
    """Return the 64-bit key of a counter-based stream."""
    return sequence(study_seed, role, *indices).generate_state(1, np.uint64)[0]


def draw_bits(stream_key, counter):
    """Return 64 random bits for a counter: SplitMix64's output function at ``key + counter * golden ratio``.

    ``counter`` is a uint64 array of any shape. The kernel compiles this very function, so that draws in the kernel and
    in numpy are the same.
    """
    z = stream_key + (counter + np.uint64(1)) * GOLDEN
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


def draw_uniform(stream_key, counter):
    """Return a float64 in [0, 1) for a counter: the upper 53 bits of :func:`draw_bits`."""
    return (draw_bits(stream_key, counter) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
