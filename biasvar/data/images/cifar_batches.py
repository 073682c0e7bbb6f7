"""CIFAR's own files: a tar archive of pickled batches of 32x32 images."""

import io
import pickle
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from biasvar.data.images.published import Published, require_classes, verified

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
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into a CIFAR batch")
        return NUMPY_ONLY[module, name]


@dataclass(frozen=True, eq=False)
class CifarBatches(Published):
    """A set in one archive; ``labels_key`` names the labels in a batch, and no file has more than ``most_bytes``."""

    labels_key: str
    most_bytes: int

    def archive_folder(self, root: Path) -> Path:
        """Return where a downloaded archive is kept."""
        return root

    def addresses(self, archive: str) -> list[str]:
        """Return from where the archive can be downloaded."""
        from torchvision import datasets

        return [getattr(datasets, self.theirs).url]

    def images_and_labels(self, contents: dict[str, bytes]) -> tuple[np.ndarray, np.ndarray]:
        """Return images as bytes [n, 3072] (red, green, blue planes of 32x32) and labels [n]."""
        parts = [self.read_batch(content, name) for name, content in contents.items()]
        return np.concatenate([images for images, _ in parts]), np.concatenate([labels for _, labels in parts])

    def read_batch(self, content: bytes, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the images and labels of one batch, whose checksum is verified already.

        Raises
        ------
        OSError
            If it has an invalid label.
        """
        batch = ArrayReader(io.BytesIO(content), encoding="latin1").load()
        labels_n = np.asarray(batch[self.labels_key], dtype=np.int64)
        require_classes(labels_n, self.classes, name)
        return batch["data"], labels_n

    def contents_of(self, archives: Sequence[Path]) -> dict[str, bytes]:
        """Return the contents of the set's files, read as streams: whatever else the archive holds is left alone."""
        (archive,) = archives
        contents = {}
        with tarfile.open(archive, "r|gz") as stream:
            for member in stream:
                self.require_plain_member(member, archive)
                name = PurePosixPath(member.name).name
                content = stream.extractfile(member) if name in self.files else None
                if content is not None:
                    contents[name] = verified(content.read(), self.files[name], f"{member.name} of {archive}")
        lacking = ", ".join(self.files.keys() - contents.keys())
        if lacking:
            raise OSError(f"{archive} holds no {lacking}")
        return contents

    def require_plain_member(self, member: tarfile.TarInfo, archive: Path) -> None:
        """Raise for a member outside the published folder, one that is no plain file, and one that is far too large.

        Raises
        ------
        OSError
            With the member's name.
        """
        parts = PurePosixPath(member.name).parts
        plain = member.isfile() and not member.issparse() and len(parts) == 2
        if parts[:1] != (self.folder,) or ".." in parts or not (plain or (member.isdir() and len(parts) == 1)):
            what = f"{member.name!r}, which is no plain file of {self.folder}: nothing is taken from it"
            raise OSError(f"{archive} holds {what}")
        if member.size > self.most_bytes:
            size = f"{member.size:,} bytes; expected at most {self.most_bytes:,}"
            raise OSError(f"{archive} holds {member.name!r} of {size}")
