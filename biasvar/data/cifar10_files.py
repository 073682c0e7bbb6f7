"""CIFAR-10's own files: the published checksums, reading, and the one place that downloads."""

import hashlib
import io
import pickle
from functools import lru_cache
from pathlib import Path

import numpy as np

# md5 of each batch as published with the data set (Krizhevsky 2009), the values that torchvision checks too.
TRAIN_BATCHES = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
}
TEST_BATCHES = {"test_batch": "40351d587109b95175f43aff81a1287e"}
FOLDER = "cifar-10-batches-py"
NUMPY_ONLY = {
    ("numpy.core.multiarray", "_reconstruct"): np.zeros(0).__reduce__()[0],
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class ArrayReader(pickle.Unpickler):
    """Reads the batches' own format, and refuses every name but numpy's arrays."""

    def find_class(self, module: str, name: str) -> object:
        """Return an allowed class or function."""
        if (module, name) not in NUMPY_ONLY:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into a CIFAR-10 batch")
        return NUMPY_ONLY[module, name]


@lru_cache(maxsize=2)
def read_split(root: str, train: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return images [n, 3072] as uint8 (red, green, blue planes of 32x32) and labels [n], in the original order."""
    batches = TRAIN_BATCHES if train else TEST_BATCHES
    parts = [read_batch(Path(root) / FOLDER / name, md5) for name, md5 in batches.items()]
    return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])


def read_batch(path: Path, md5: str) -> tuple[np.ndarray, np.ndarray]:
    """Return one batch's images and labels, once its checksum is the published one.

    Raises
    ------
    OSError
        Where the file is missing, not a plain file, or another one.
    """
    content = read_plain_file(path)
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise OSError(f"{path} is not the published file: md5 expected {md5}, got {found} ({len(content):,} bytes)")
    batch = ArrayReader(io.BytesIO(content), encoding="latin1").load()
    return batch["data"], np.asarray(batch["labels"], dtype=np.int64)


def read_plain_file(path: Path) -> bytes:
    """Return a file's bytes; a missing one is an error that says what to do."""
    if not path.is_file():
        raise FileNotFoundError(
            f"CIFAR-10 is not complete: no file {path.name} in {path.parent} (data.root = {path.parent.parent}). "
            f"`biasvar data prepare cifar10 --root {path.parent.parent}` downloads it; data=synthetic needs no download"
        )
    return path.read_bytes()


def download(root: Path) -> None:
    """Download the archive through torchvision, which checks its md5, and unpack it below ``root``."""
    from torchvision.datasets import CIFAR10

    CIFAR10(root=str(root), train=True, download=True)
