"""CIFAR-10H (Peterson, Battleday, Griffiths, Russakovsky 2019): about 51 annotations of each CIFAR-10 test image."""

import io
from functools import lru_cache
from pathlib import Path

import numpy as np

from biasvar.data.plain_files import read_plain_file

FILE = "cifar10h-counts.npy"
SHAPE = (10_000, 10)
LEAST_AGREEMENT = 0.95  # of votes with labels; 0.992 in the published file, 0.1 for images in another order
ORIGIN = f"{FILE} comes from github.com/jcpeterson/cifar-10h (Peterson et al. 2019)"


@lru_cache(maxsize=1)
def read_counts(root: str) -> np.ndarray:
    """Return how many people chose each class of each test image, in CIFAR-10's test order: [10000, 10].

    They are human annotations at 32x32 pixels: their disagreement differs from that of the label distribution.

    Raises
    ------
    OSError
        If the file is missing or unreadable, or holds anything but such counts.
    """
    path = Path(root) / FILE
    try:
        content = read_plain_file(path)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"no file {FILE} in {path.parent} (data.root = {root}): {error}; {ORIGIN}") from None
    try:
        counts_NK = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise OSError(f"{path} cannot be read as an array ({error}): {ORIGIN}") from error
    fault = fault_of(counts_NK)
    if fault:
        raise OSError(f"{path} {fault}: {ORIGIN}")
    return counts_NK.astype(np.int64)


def require_agreement(counts_NK: np.ndarray, labels_N: np.ndarray, root: str) -> None:
    """Raise for counts whose majority is too rarely the label: those of other images, or with classes in another order.

    Tied classes share their image equally.

    Raises
    ------
    OSError
        With the share of images on which they agree, and the expected share.
    """
    leading_NK = counts_NK == counts_NK.max(axis=1, keepdims=True)
    agree = float(np.mean(leading_NK[np.arange(len(labels_N)), labels_N] / leading_NK.sum(axis=1)))
    if agree < LEAST_AGREEMENT:
        raise OSError(
            f"{Path(root) / FILE}: the majority of votes is the label on {100 * agree:.1f} % of {len(labels_N):,} test "
            f"images, expected at least {100 * LEAST_AGREEMENT:.0f} % (99.2 % in the published file): its images or "
            f"classes are in another order; {ORIGIN}"
        )


def fault_of(counts_NK: np.ndarray) -> str:
    """Return what is wrong with counts, an empty string for valid counts."""
    if getattr(counts_NK, "shape", None) != SHAPE:
        return f"has shape {getattr(counts_NK, 'shape', None)}, expected {SHAPE}"
    if not np.issubdtype(counts_NK.dtype, np.integer):
        return f"holds {counts_NK.dtype}, expected whole numbers of votes"
    if counts_NK.min() < 0:
        return f"holds a count of {counts_NK.min()}"
    fewest = int(counts_NK.sum(axis=1).argmin())
    if counts_NK[fewest].sum() < 2:
        return f"has {counts_NK[fewest].sum()} votes on image {fewest}, expected at least 2"
    return ""
