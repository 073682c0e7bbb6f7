"""MNIST's own files: arrays of bytes behind a header of their sizes, each in a gzip archive of its own."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from biasvar.data.images.published import Published, require_classes, verified

MOST_BYTES = 50_000_000  # the largest has 47 million
IMAGES, LABELS = 3, 1  # dimensions of the arrays
BYTES = 8  # the code of the array's type, an unsigned byte


@dataclass(frozen=True, eq=False)
class IdxFiles(Published):
    """A set of one file of images and one of labels each for training and test."""

    def archive_folder(self, root: Path) -> Path:
        """Return where downloaded archives are kept: beside the files."""
        return root / self.folder

    def addresses(self, archive: str) -> list[str]:
        """Return from where an archive can be downloaded."""
        from torchvision import datasets

        return [f"{mirror}{archive}" for mirror in getattr(datasets, self.theirs).mirrors]

    def images_and_labels(self, contents: dict[str, bytes]) -> tuple[np.ndarray, np.ndarray]:
        """Return images as bytes [n, side x side] and labels [n]."""
        (of_images, images), (of_labels, labels) = contents.items()
        images_nHW, labels_n = read_idx(images, IMAGES, of_images), read_idx(labels, LABELS, of_labels)
        require_classes(labels_n, self.classes, of_labels)
        return images_nHW.reshape(len(images_nHW), -1), labels_n.astype(np.int64)

    def contents_of(self, archives: Sequence[Path]) -> dict[str, bytes]:
        """Return the contents of the set's files."""
        found = {path.name.removesuffix(".gz"): expanded(path) for path in archives}
        return {name: verified(found[name], md5, f"{name} of its archive") for name, md5 in self.files.items()}


def expanded(archive: Path) -> bytes:
    """Return the content of a gzip archive, up to a little more than any of these files has.

    Raises
    ------
    OSError
        If it is damaged.
    """
    try:
        with gzip.open(archive, "rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except (EOFError, zlib.error) as error:
        raise OSError(f"{archive} is damaged: {error}") from error


def read_idx(content: bytes, dimensions: int, name: str) -> np.ndarray:
    """Return the array of bytes of an idx file.

    Raises
    ------
    OSError
        If its header is not that of such an array, or its size is not the one in it.
    """
    header = 4 * (1 + dimensions)
    shape = [int.from_bytes(content[start : start + 4], "big") for start in range(4, header, 4)]
    if content[:4] != bytes([0, 0, BYTES, dimensions]) or len(content) != header + prod(shape):
        raise OSError(f"{name} is no idx file of bytes in {dimensions} dimensions")
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)
