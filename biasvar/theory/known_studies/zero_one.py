"""Zero-one loss: worked examples by hand, and generated votes."""

import numpy as np
from scipy.special import bdtr

from biasvar import seeds
from biasvar.decomposition import Decomposition, decompose
from biasvar.theory.known_studies.check import Check, averaged, exact, means, of_studies

STUDIES, REPLICATES, POINTS = 400, 5, 30
DISTRIBUTION, VOTE = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.2, 0.3])

# Five votes on one point: biased with three classes, biased with two, and unbiased, all worked out by hand.
WORKED: list[tuple[list[int], list[float], dict[str, float]]] = [
    (
        [1, 1, 1, 0, 2],
        [0.6, 0.3, 0.1],
        {
            "risk": 0.68,
            "noise": 0.4,
            "net_noise": -0.12,
            "bias": 1,
            "variance": 0.4,
            "net_variance": -0.2,
            "systematic_effect": 0.3,
            "variance_effect": -0.02,
            "kw_noise": 0.27,
            "kw_bias_squared": 0.06,
            "kw_variance": 0.35,
        },
    ),
    (
        [1, 1, 1, 0, 0],
        [0.9, 0.1],
        {"risk": 0.58, "net_noise": -0.02, "bias": 1, "variance": 0.4, "net_variance": -0.4},
    ),
    (
        [0, 0, 0, 1, 1],
        [0.9, 0.1],
        {"risk": 0.42, "net_noise": 0.02, "bias": 0, "variance": 0.4, "net_variance": 0.4},
    ),
]


def checks(seed: int) -> list[Check]:
    """Return the checks of the decompositions of Domingos and of Kohavi and Wolpert."""
    return worked() + generated(seed) + majority(seed)


def worked() -> list[Check]:
    """Return the worked examples, and the control that adds the plain variance as if c2 were 1."""
    studies = [(votes, distribution, one_point(votes, distribution), truths) for votes, distribution, truths in WORKED]
    checks = [
        check
        for votes, distribution, study, truths in studies
        for check in exact(
            f"votes {' '.join(map(str, votes))}, distribution {' '.join(map(str, distribution))}", study, truths
        )
    ]
    biased = studies[1][2]
    added = sum(float(getattr(biased, term) or 0) for term in ("net_noise", "bias", "variance"))
    return [*checks, Check("plain variance added for the risk", "zero_one", 0.58, added, 0.0, control=True)]


def one_point(votes_R: list[int], distribution_K: list[float]) -> Decomposition:
    """Return the decomposition of votes on one point."""
    return decompose(np.array(votes_R)[:, None], np.array([distribution_K]), loss="zero_one")


def generated(seed: int) -> list[Check]:
    """Votes with known probabilities: the Kohavi-Wolpert terms are unbiased."""
    generator = seeds.generator(seed, "estimation", 13, 0)
    distribution_NK = np.tile(DISTRIBUTION, (POINTS, 1))
    studies = [
        decompose(generator.choice(3, (REPLICATES, POINTS), p=VOTE), distribution_NK, loss="zero_one")
        for _ in range(STUDIES)
    ]
    truths = {
        "risk": float(1 - DISTRIBUTION @ VOTE),
        "kw_noise": float(1 - DISTRIBUTION @ DISTRIBUTION) / 2,
        "kw_bias_squared": float(np.sum((DISTRIBUTION - VOTE) ** 2)) / 2,
        "kw_variance": float(1 - VOTE @ VOTE) / 2,
    }
    return of_studies("votes of known probability", studies, truths, ("kw_bias_squared", "kw_variance"))


def majority(seed: int) -> list[Check]:
    """Two classes, each vote right with probability 0.6: the measured bias is P(the majority of R is wrong), not 0."""
    generator = seeds.generator(seed, "estimation", 13, 1)
    labels_N = np.zeros(POINTS, dtype=int)
    studies = [
        decompose(generator.binomial(1, 0.4, (3, POINTS)), labels_N, loss="zero_one", noise=0, labels=(0, 1))
        for _ in range(STUDIES)
    ]
    found = means(studies, "bias")
    wrong = float(bdtr(1, 3, 0.6))
    return [
        averaged("bias of the majority of 3 votes", "zero_one", wrong, found),
        averaged("bias of 3 votes taken for that of infinitely many", "zero_one", 0.0, found, control=True),
    ]
