"""Squared error against votes: noise and bias are corrected for their finite number, and its lack is detected."""

import numpy as np

from biasvar import seeds
from biasvar.decomposition import decompose
from biasvar.theory.known_studies.check import Check, mistaken, of_studies

STUDIES, REPLICATES, POINTS, VOTES = 400, 5, 50, 6
DISTRIBUTION, MEAN, CONCENTRATION = np.array([0.6, 0.3, 0.1]), np.array([0.4, 0.4, 0.2]), 8.0


def checks(seed: int) -> list[Check]:
    """Return the checks of label distributions known from votes alone; predictions are Dirichlet."""
    generator = seeds.generator(seed, "estimation", 11, 0)
    studies, shares = [], []
    for _ in range(STUDIES):
        counts_NK = generator.multinomial(VOTES, DISTRIBUTION, POINTS)
        predictions_RNK = generator.dirichlet(CONCENTRATION * MEAN, (REPLICATES, POINTS))
        studies.append(decompose(predictions_RNK, counts_NK, outputs_are="probabilities"))
        shares.append(decompose(predictions_RNK, counts_NK / VOTES, outputs_are="probabilities"))
    truths = {
        "noise": float(np.sum(DISTRIBUTION * (1 - DISTRIBUTION))),
        "bias_squared": float(np.sum((MEAN - DISTRIBUTION) ** 2)),
        "variance": float(np.sum(MEAN * (1 - MEAN))) / (CONCENTRATION + 1),
    }
    truths["risk"] = sum(truths.values())
    taken = mistaken(f"{VOTES} votes taken for the distribution", shares, truths, ("noise", "bias_squared"))
    return of_studies(f"{VOTES} votes", studies, truths) + taken
