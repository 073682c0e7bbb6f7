"""Ways of whitening inputs, by the moments of a training set."""

from collections.abc import Callable, Mapping

import numpy as np

from biasvar.data.views import mean, standardise, whiten

View = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def none(x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return training and evaluation inputs unchanged."""
    return x_nD, x_ND


def pca(x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all principal components, scaled to variance 1."""
    return whiten(x_nD, counts_n, x_ND, x_nD.shape[1])


def zca(x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (x - mean) C^(-1/2), with C the covariance: the whitened inputs that are nearest to the centred ones."""
    mean_D = mean(x_nD, counts_n)
    centred_nD = x_nD - mean_D
    values_D, axes_DD = np.linalg.eigh((centred_nD.T * counts_n) @ centred_nD / counts_n.sum())
    root_DD = (axes_DD / np.sqrt(values_D)) @ axes_DD.T
    return centred_nD @ root_DD, (x_ND - mean_D) @ root_DD


WHITENINGS: Mapping[str, View] = {"none": none, "standard": standardise, "pca": pca, "zca": zca}
