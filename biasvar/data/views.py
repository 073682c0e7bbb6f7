"""Views of inputs, each fitted on a single training set, so that evaluation points never leak into them."""

import numpy as np

ROUNDING = 4  # a spread of at most this many roundings of the largest number counts as constant


def standardise(x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return training and evaluation inputs, standardised by the training set's mean and standard deviation.

    Rows count as often as they occur. A feature that is constant in the training set is only centred.
    """
    mean_D, scale_D = moments(x_nD, counts_n)
    return (x_nD - mean_D) / scale_D, (x_ND - mean_D) / scale_D


def moments(x_nD: np.ndarray, counts_n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each feature's mean and standard deviation [D], the latter 1 if it is only rounding."""
    mean_D = mean(x_nD, counts_n)
    std_D = np.sqrt(np.average((x_nD - mean_D) ** 2, axis=0, weights=counts_n))
    return mean_D, divisor(std_D, np.abs(x_nD).max(axis=0))


def mean(x_nD: np.ndarray, counts_n: np.ndarray) -> np.ndarray:
    """Return each feature's mean [D], by differences from the first row: exact for a constant feature."""
    return x_nD[0] + np.average(x_nD - x_nD[0], axis=0, weights=counts_n)


def divisor(std_D: np.ndarray, largest_D: np.ndarray) -> np.ndarray:
    """Return standard deviations, with 1 in place of those that are only rounding."""
    return np.where(std_D > rounding(largest_D), std_D, 1.0)


def rounding(largest_D: np.ndarray) -> np.ndarray:
    """Return the largest spread that rounding may cause in numbers of some size before centring."""
    return ROUNDING * np.finfo(largest_D.dtype).eps * largest_D


def standardise_images(x_nCHW: np.ndarray, counts_n: np.ndarray, x_NCHW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return images with each channel standardised by its training mean and standard deviation.

    The number format is unchanged: thousands of images in float64 would waste memory.
    """
    number = x_nCHW.dtype
    mean_C = np.average(x_nCHW.mean(axis=(2, 3), dtype=float), axis=0, weights=counts_n)
    mean_C11 = mean_C.astype(number)[:, None, None]
    centred_nCHW = x_nCHW - mean_C11
    variance_C = np.average(np.square(centred_nCHW).mean(axis=(2, 3), dtype=float), axis=0, weights=counts_n)
    largest_C = np.maximum(x_nCHW.max(axis=(0, 2, 3)), -x_nCHW.min(axis=(0, 2, 3)))
    scale_C11 = divisor(np.sqrt(variance_C), largest_C).astype(number)[:, None, None]
    return centred_nCHW / scale_C11, (x_NCHW - mean_C11) / scale_C11


def whiten(x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray, components: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first principal components of the training set, scaled to variance 1 (PCA whitening).

    Raises
    ------
    ValueError
        If the training set has fewer directions than ``components``.
    """
    mean_D = mean(x_nD, counts_n)
    root_n1 = np.sqrt(counts_n / counts_n.sum())[:, None]
    _, deviation_P, axes_PD = np.linalg.svd((x_nD - mean_D) * root_n1, full_matrices=False)
    constant_P = rounding(np.abs(axes_PD) @ np.abs(x_nD).max(axis=0))
    rank = int(np.sum(deviation_P > np.maximum(deviation_P[0] * 1e-9, constant_P)))
    if rank < components:
        raise ValueError(f"data.components = {components}, but this training set spans only {rank} directions")
    # The sign of a singular vector is arbitrary: make its largest entry positive.
    axes_PD = axes_PD[:components]
    signs_P = np.sign(axes_PD[np.arange(components), np.abs(axes_PD).argmax(axis=1)])
    projection_DP = (axes_PD * (signs_P / deviation_P[:components])[:, None]).T
    return (x_nD - mean_D) @ projection_DP, (x_ND - mean_D) @ projection_DP
