"""Cross-entropy: predictions whose mean log-probabilities are known exactly, and a worked example."""

import numpy as np
from scipy.special import digamma, logsumexp, roots_hermitenorm, softmax, xlogy

from biasvar import seeds
from biasvar.decomposition import decompose
from biasvar.theory.known_studies.check import Check, averaged, exact, of_studies

STUDIES, REPLICATES, POINTS = 400, 10, 10
DISTRIBUTION = np.array([0.5, 0.3, 0.2])
CENTRE, SPREAD = np.array([0.0, 0.8, -0.5]), 0.7
CONCENTRATION = np.array([3.0, 5.0, 2.0])
NODES = 24  # of Gauss-Hermite quadrature in each of three dimensions


def checks(seed: int) -> list[Check]:
    """Return the checks about the normalised geometric mean."""
    return worked() + logit_normal(seed) + crossed(seed) + dirichlet(seed)


def worked() -> list[Check]:
    """Probabilities 1/2 and 9/10 of two classes: the mean KL is log(sqrt 5 / 2), which the jackknife doubles."""
    predictions_RNK = np.array([[[0.5, 0.5]], [[0.9, 0.1]]])
    study = decompose(predictions_RNK, np.array([[0.5, 0.5]]), loss="cross_entropy")
    risk = -(np.log(0.25) + np.log(0.09)) / 4
    truths = {"noise": np.log(2), "variance": np.log(5 / 4), "risk": risk, "bias": risk - np.log(2) - np.log(5 / 4)}
    return exact("probabilities 1/2 and 9/10", study, truths)


def truths_of(mean_log_K: np.ndarray) -> dict[str, float]:
    """Return the terms from E log p: the central prediction is its softmax c, and variance = -log sum exp E log p."""
    noise = -float(np.sum(xlogy(DISTRIBUTION, DISTRIBUTION)))
    variance, risk = -float(logsumexp(mean_log_K)), -float(DISTRIBUTION @ mean_log_K)
    return {"risk": risk, "noise": noise, "bias": risk - noise - variance, "variance": variance}


def gaussian_mean_log(spread: float) -> np.ndarray:
    """Return E log softmax(CENTRE + spread g) over g normal in three dimensions, by Gauss-Hermite quadrature."""
    nodes_G, weights_G = roots_hermitenorm(NODES)
    weights_G = weights_G / weights_G.sum()
    grid = np.stack(np.meshgrid(nodes_G, nodes_G, nodes_G), axis=-1)
    normaliser = np.einsum("abc,a,b,c->", logsumexp(CENTRE + spread * grid, axis=-1), weights_G, weights_G, weights_G)
    return CENTRE - float(normaliser)


def logit_normal(seed: int) -> list[Check]:
    """Gaussian logits."""
    generator = seeds.generator(seed, "estimation", 14, 0)
    distribution_NK = np.tile(DISTRIBUTION, (POINTS, 1))
    studies, arithmetic = [], []
    for _ in range(STUDIES):
        logits_RNK = CENTRE + SPREAD * generator.standard_normal((REPLICATES, POINTS, 3))
        studies.append(decompose(logits_RNK, distribution_NK, loss="cross_entropy", outputs_are="logits"))
        centre_NK = softmax(logits_RNK, axis=-1).mean(axis=0)
        arithmetic.append(float(np.mean(np.sum(DISTRIBUTION * (np.log(DISTRIBUTION) - np.log(centre_NK)), axis=-1))))
    truths = truths_of(gaussian_mean_log(SPREAD))
    wrong = averaged(
        "arithmetic mean as the centre: bias", "cross_entropy", truths["bias"], np.array(arithmetic), control=True
    )
    return [*of_studies("logit-normal", studies, truths, ("bias", "variance")), wrong]


def crossed(seed: int) -> list[Check]:
    """Gaussian logits with crossed data and init seeds."""
    generator = seeds.generator(seed, "estimation", 14, 1)
    shapes = ((REPLICATES, 1), (1, REPLICATES), (REPLICATES, REPLICATES))
    studies = []
    for _ in range(STUDIES // 2):
        around = sum(generator.standard_normal((*shape, POINTS, 3)) for shape in shapes)
        logits_IJNK = CENTRE + SPREAD / np.sqrt(3) * around
        distribution_NK = np.tile(DISTRIBUTION, (POINTS, 1))
        studies.append(
            decompose(logits_IJNK, distribution_NK, loss="cross_entropy", outputs_are="logits", design="crossed")
        )
    return of_studies("logit-normal, crossed", studies, truths_of(gaussian_mean_log(SPREAD)), ("variance",))


def dirichlet(seed: int) -> list[Check]:
    """Probabilities with a Dirichlet distribution, for which E log p_k = digamma(a_k) - digamma(sum a)."""
    generator = seeds.generator(seed, "estimation", 14, 2)
    distribution_NK = np.tile(DISTRIBUTION, (POINTS, 1))
    studies = [
        decompose(generator.dirichlet(CONCENTRATION, (REPLICATES, POINTS)), distribution_NK, loss="cross_entropy")
        for _ in range(STUDIES)
    ]
    truths = truths_of(digamma(CONCENTRATION) - digamma(CONCENTRATION.sum()))
    return of_studies("Dirichlet", studies, truths, ("bias", "variance"))
