"""Squared error over joint replicates: Gaussian predictions of known bias and variance; label shares by hand."""

import numpy as np

from biasvar import seeds
from biasvar.decomposition import decompose
from biasvar.theory.known_studies.check import Check, averaged, exact, means, of_studies

STUDIES, REPLICATES, POINTS = 400, 5, 20
NOISE = 0.3


def checks(seed: int) -> list[Check]:
    """Return the checks of joint designs."""
    return against_optimum(seed) + several_outputs(seed) + against_labels(seed) + label_distribution()


def against_optimum(seed: int) -> list[Check]:
    """Predictions b_n + s_n (shared_r + own_rn): as in practice, a replicate affects all points together."""
    generator = seeds.generator(seed, "estimation", 10, 0)
    bias_N, scale_N = np.linspace(-0.6, 0.6, POINTS), np.linspace(0.5, 1.5, POINTS)
    studies = []
    for _ in range(STUDIES):
        shared_R1 = generator.standard_normal((REPLICATES, 1))
        own_RN = generator.standard_normal((REPLICATES, POINTS))
        predictions_RN = bias_N + scale_N * (0.6 * shared_R1 + 0.8 * own_RN)
        studies.append(decompose(predictions_RN, np.zeros(POINTS), noise=NOISE))
    truths = {"noise": NOISE, "bias_squared": float(np.mean(bias_N**2)), "variance": float(np.mean(scale_N**2))}
    truths["risk"] = sum(truths.values())
    return of_studies("joint", studies, truths | {"residual": 0.0}, ("bias_squared", "variance"))


def several_outputs(seed: int) -> list[Check]:
    """Three correlated outputs: parts are sums over outputs."""
    generator = seeds.generator(seed, "estimation", 10, 1)
    bias_K, mixing_KK = np.array([0.5, 0.0, -0.2]), np.array([[1.0, 0.0, 0.0], [0.5, 0.7, 0.0], [-0.3, 0.2, 0.4]])
    studies = []
    for _ in range(STUDIES):
        around_RNK = generator.standard_normal((REPLICATES, POINTS, 3)) @ mixing_KK.T
        studies.append(decompose(bias_K + around_RNK, np.zeros((POINTS, 3)), noise=NOISE))
    truths = {"bias_squared": float(np.sum(bias_K**2)), "variance": float(np.sum(mixing_KK**2))}
    return of_studies("joint, 3 outputs", studies, truths, truths)


def against_labels(seed: int) -> list[Check]:
    """Noisy labels: the measured value includes the noise, and mistaking it for bias squared is detected."""
    generator = seeds.generator(seed, "estimation", 10, 2)
    studies = []
    for _ in range(STUDIES):
        labels_N = np.sqrt(NOISE) * generator.standard_normal(POINTS)
        studies.append(decompose(0.5 + generator.standard_normal((REPLICATES, POINTS)), labels_N))
    truths = {"bias_squared_plus_noise": 0.25 + NOISE, "variance": 1.0}
    found = means(studies, "bias_squared_plus_noise")
    taken = averaged(
        "joint, labels: bias with noise taken for bias_squared", "squared_error", 0.25, found, control=True
    )
    return [*of_studies("joint, labels", studies, truths, truths), taken]


def label_distribution() -> list[Check]:
    """One-hot predictions 0, 0, 1, 2 against the distribution (1/2, 1/3, 1/6)."""
    distribution_NK = np.array([[1 / 2, 1 / 3, 1 / 6]])
    study = decompose(np.eye(3)[[0, 0, 1, 2]][:, None, :], distribution_NK, outputs_are="probabilities")
    truths = {"noise": 11 / 18, "bias_squared": -7 / 36, "variance": 5 / 6, "risk": 5 / 4}
    return exact("one-hot predictions, distribution 1/2 1/3 1/6", study, truths)
