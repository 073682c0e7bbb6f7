"""Squared error over crossed data and init seeds: two-way random effects with known components."""

import numpy as np

from biasvar import seeds
from biasvar.decomposition import decompose
from biasvar.theory.known_studies.check import Check, mistaken, of_studies

STUDIES, DATA_SEEDS, INIT_SEEDS, POINTS = 400, 5, 4, 20
BIAS, DATA, INIT, INTERACTION = 0.4, 0.5, 0.3, 0.2


def checks(seed: int) -> list[Check]:
    """Return the checks of b + d_i + w_j + e_ij, with effects half shared between points and half independent."""
    generator = seeds.generator(seed, "estimation", 12, 0)
    studies, pooled = [], []
    for _ in range(STUDIES):
        predictions_IJN = BIAS + sum(
            np.sqrt(variance) * effect(generator, shape)
            for variance, shape in (
                (DATA, (DATA_SEEDS, 1)),
                (INIT, (1, INIT_SEEDS)),
                (INTERACTION, (DATA_SEEDS, INIT_SEEDS)),
            )
        )
        target_N = np.zeros(POINTS)
        studies.append(decompose(predictions_IJN, target_N, noise=0.1, design="crossed"))
        pooled.append(decompose(predictions_IJN.reshape(-1, POINTS), target_N, noise=0.1))
    truths = {
        "bias_squared": BIAS**2,
        "variance": DATA + INIT + INTERACTION,
        "variance_data": DATA,
        "variance_init": INIT,
        "variance_interaction": INTERACTION,
        "risk": 0.1 + BIAS**2 + DATA + INIT + INTERACTION,
    }
    controls = mistaken("crossed models taken for replicates", pooled, truths, ("bias_squared", "variance"))
    return of_studies("crossed", studies, truths, ("bias_squared", "variance")) + controls


def effect(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return effects of variance 1 at each point, [*shape, N], correlated by 1/2 between points."""
    together = generator.standard_normal((*shape, 1))
    return np.sqrt(0.5) * (together + generator.standard_normal((*shape, POINTS)))
