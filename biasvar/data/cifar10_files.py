"""CIFAR-10's own files: the published checksums, and reading."""

import hashlib
import io
import os
import pickle
from functools import lru_cache
from pathlib import Path

import numpy as np

from biasvar.data.plain_files import read_plain_file, require_plain_file
from biasvar.data.validation import outside

# md5 of each batch as published with the data set (Krizhevsky 2009); torchvision checks the same values.
TRAIN_BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
}
TEST_BATCHES = {"test_batch": "40351d587109b95175f43aff81a1287e"}
FOLDER = "cifar-10-batches-py"
ARCHIVE, ARCHIVE_MD5 = "cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a"
CLASSES = 10
NUMPY_ONLY = {
    ("numpy.core.multiarray", "_reconstruct"): np.zeros(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class ArrayReader(pickle.Unpickler):
    """Unpickles the batches, and refuses every name but those of numpy's arrays."""

    def find_class(self, module: str, name: str) -> object:
        """Return an allowed class or function."""
        if (module, name) not in NUMPY_ONLY:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into a CIFAR-10 batch")
        return NUMPY_ONLY[module, name]


@lru_cache(maxsize=2)
def read_split(root: str, train: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return images [n, 3072] as uint8 (red, green, blue planes of 32x32) and labels [n], in the original order.

    Raises
    ------
    OSError
        If a file is missing, is not a plain file, or is a different one.
    """
    batches = TRAIN_BATCHES if train else TEST_BATCHES
    folder = Path(root) / FOLDER
    for name in batches:
        require_batch(folder, name)
    parts = [read_batch(folder / name, md5) for name, md5 in batches.items()]
    return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])


def require_batch(folder: Path, name: str) -> None:
    """Raise for a folder without one of the files, saying where it was expected and how to get it.

    Raises
    ------
    OSError
        If the file is missing, or something else is in its place.
    """
    path = folder / name
    try:
        require_plain_file(path)
    except OSError as error:
        nothing = isinstance(error, FileNotFoundError) and not path.is_symlink()
        found = f"no file {name} in {folder}" if nothing else str(error)
        lacking = [batch for batch in TRAIN_BATCHES | TEST_BATCHES if not os.path.isfile(folder / batch)]
        lines = [
            f"CIFAR-10 is not complete: {found}",
            f"  from   data.root = {folder.parent}",
            f"  looked {folder.absolute()}, where {', '.join(lacking)} cannot be found",
            f"  needs  {ARCHIVE} as published, md5 {ARCHIVE_MD5}",
            f"  hint   `biasvar data prepare cifar10 --from FILE --root {folder.parent}` takes it from a file, and "
            "without --from downloads it; data=synthetic needs no download",
        ]
        raise type(error)("\n".join(lines)) from None


def read_batch(path: Path, md5: str) -> tuple[np.ndarray, np.ndarray]:
    """Return one batch's images and labels, after verifying its checksum.

    Raises
    ------
    OSError
        If the file is missing, is not a plain file, is a different one, or has an invalid label.
    """
    content = read_plain_file(path)
    require_md5(content, md5, path)
    batch = ArrayReader(io.BytesIO(content), encoding="latin1").load()
    labels = np.asarray(batch["labels"], dtype=np.int64)
    fault = outside(labels, CLASSES)
    if fault:
        raise OSError(f"{path}: {fault}")
    return batch["data"], labels


def require_md5(content: bytes, md5: str, where: object) -> None:
    """Raise for a file whose checksum is not the published one.

    Raises
    ------
    OSError
        With the two checksums.
    """
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise OSError(f"{where} is not the published file: md5 expected {md5}, got {found} ({len(content):,} bytes)")
