"""CIFAR-10N (Wei, Zhu, Cheng, Liu, Niu, Liu 2022): labels that people gave to each CIFAR-10 training image."""

import hashlib
import io
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from biasvar.data.plain_files import read_plain_file
from biasvar.data.validation import outside

FILE = "cifar10n.npz"
CLEAN = "clean"
ARRAYS = {
    CLEAN: "clean_label",
    "aggre": "aggre_label",
    "worse": "worse_label",
    "random1": "random_label1",
    "random2": "random_label2",
    "random3": "random_label3",
}
CLASSES = 10
ORIGIN = f"{FILE} is made of the authors' CIFAR-10_human.pt (github.com/UCSC-REAL/cifar-10-100n) as docs/images.md says"


def read_human_labels(root: str, name: str, labels_n: np.ndarray, sha256: str = "") -> np.ndarray:
    """Return one of the authors' label sets, in the order of the training images, whose labels are ``labels_n``: [n].

    Raises
    ------
    OSError
        If the file is missing or unreadable, lacks a label set, or its clean labels are not those of the images; if
        the label set does not have the checksum ``sha256``, if one is given.
    """
    path = Path(root) / FILE
    arrays = read_arrays(path)
    for one in (ARRAYS[CLEAN], ARRAYS[name]):
        fault = fault_of(arrays.get(one), labels_n)
        if fault:
            raise OSError(f"{path}: {one} {fault}; {ORIGIN}")
    differing = np.flatnonzero(arrays[ARRAYS[CLEAN]] != labels_n)
    if len(differing):
        raise OSError(
            f"{path}: clean_label is not the label of {len(differing):,} of {len(labels_n):,} training images, the "
            f"first in row {differing[0]}: its images or classes are in another order; {ORIGIN}"
        )
    now = checksum_of_labels(root, name)
    if sha256 not in ("", now):
        raise OSError(f"{path}: {ARRAYS[name]} has changed since the study began: sha256 {sha256} -> {now}")
    return arrays[ARRAYS[name]].astype(labels_n.dtype)


def checksum_of_labels(root: str, name: str) -> str:
    """Return the sha256 of a label set, whatever integers it holds; empty if it is missing or holds none.

    Raises
    ------
    OSError
        If the file is missing or unreadable.
    """
    array = read_arrays(Path(root) / FILE).get(ARRAYS[name])
    if array is None or not np.issubdtype(array.dtype, np.integer):
        return ""
    return hashlib.sha256(array.astype("<i8").tobytes()).hexdigest()


@lru_cache(maxsize=1)
def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a file by name.

    Raises
    ------
    OSError
        If the file is missing, or is not one of arrays.
    """
    try:
        content = read_plain_file(path)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"no file {FILE} in {path.parent} (data.root): {error}; {ORIGIN}") from None
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
    except (ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise OSError(f"{path} cannot be read as arrays ({error}): {ORIGIN}") from error


def fault_of(array: np.ndarray | None, labels_n: np.ndarray) -> str:
    """Return what is wrong with a label set, an empty string if nothing is."""
    if array is None:
        return "is missing"
    if array.shape != labels_n.shape:
        return f"has shape {array.shape}, expected {labels_n.shape}"
    if not np.issubdtype(array.dtype, np.integer):
        return f"holds {array.dtype}, expected class numbers"
    return outside(array, CLASSES)
