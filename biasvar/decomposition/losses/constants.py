"""The constant prediction with the smallest loss on some rows: the baseline before anything is learnt."""

import numpy as np


def mean(y_nK: np.ndarray, share_n: np.ndarray) -> np.ndarray:
    """Return the weighted mean of numbers, or the shares of classes, [K]."""
    return share_n @ y_nK


def median(y_nK: np.ndarray, share_n: np.ndarray) -> np.ndarray:
    """Return the lower weighted median of numbers [n, 1]: [1]. Any number up to the upper median is as good."""
    order_n = np.argsort(y_nK[:, 0], kind="stable")
    half = int(np.searchsorted(np.cumsum(share_n[order_n]), 0.5))
    return y_nK[order_n[half]]
