"""Published sets of images: which files they have, where torchvision looks for them, and their published checksums."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from biasvar.data.plain_files import read_plain_file, require_plain_file
from biasvar.data.validation import outside


class Archive(NamedTuple):
    """The checksum and the size of a file as it is downloaded."""

    md5: str
    bytes: int


@dataclass(frozen=True, eq=False)
class Published(ABC):
    """The files of one set below ``data.root``, in torchvision's layout.

    ``train`` and ``test`` map the names of files in ``folder`` to their md5, and so does ``other`` for files that only
    torchvision reads. All come from the ``archives``, whose addresses torchvision's class ``theirs`` knows.
    """

    title: str
    kind: str
    theirs: str
    folder: str
    classes: int
    train: dict[str, str]
    test: dict[str, str]
    archives: dict[str, Archive]
    other: dict[str, str]

    @property
    def files(self) -> dict[str, str]:
        """The md5 of each file by its name."""
        return self.train | self.test | self.other

    @abstractmethod
    def archive_folder(self, root: Path) -> Path:
        """Return where downloaded archives are kept."""

    @abstractmethod
    def addresses(self, archive: str) -> list[str]:
        """Return from where an archive can be downloaded."""

    @abstractmethod
    def contents_of(self, archives: Sequence[Path]) -> dict[str, bytes]:
        """Return the contents of every file by name, from the verified archives, each with its own checksum verified.

        Raises
        ------
        OSError
            For a missing file, and for anything in an archive that does not belong there.
        """

    @abstractmethod
    def images_and_labels(self, contents: dict[str, bytes]) -> tuple[np.ndarray, np.ndarray]:
        """Return images as bytes [n, planes x side x side] and labels [n] from the contents of a split's files."""

    def require(self, root: Path, name: str) -> None:
        """Raise for a folder without one of the files, saying where it was expected and how to get it.

        Raises
        ------
        OSError
            If the file is missing, or something else is in its place.
        """
        folder = root / self.folder
        try:
            require_plain_file(folder / name)
        except OSError as error:
            nothing = isinstance(error, FileNotFoundError) and not (folder / name).is_symlink()
            found = f"no file {name} in {folder}" if nothing else str(error)
            lacking = [one for one in self.train | self.test if not os.path.isfile(folder / one)]
            one, where = len(self.archives) == 1, "FILE" if len(self.archives) == 1 else "FOLDER"
            lines = [
                f"{self.title} is not complete: {found}",
                f"  from   data.root = {root}",
                f"  looked {folder.absolute()}, where {', '.join(lacking)} cannot be found",
                *(f"  needs  {name} as published, md5 {archive.md5}" for name, archive in self.archives.items()),
                f"  hint   `biasvar data prepare {self.kind} --from {where} --root {root}` takes "
                f"{'it from a file' if one else 'them from a folder'}, and without --from downloads "
                f"{'it' if one else 'them'}; data=synthetic needs no download",
            ]
            raise type(error)("\n".join(lines)) from None


@lru_cache(maxsize=2)
def read_split(published: Published, root: str, train: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return images as bytes [n, planes x side x side] and labels [n], in the original order.

    Raises
    ------
    OSError
        If a file is missing, is not a plain file, is a different one, or has an invalid label.
    """
    files = published.train if train else published.test
    for name in files:
        published.require(Path(root), name)
    folder = Path(root) / published.folder
    contents = {name: verified(read_plain_file(folder / name), md5, folder / name) for name, md5 in files.items()}
    return published.images_and_labels(contents)


def verified(content: bytes, md5: str, where: object) -> bytes:
    """Return a file's content after verifying that its checksum is the published one.

    Raises
    ------
    OSError
        With the two checksums.
    """
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise OSError(f"{where} is not the published file: md5 expected {md5}, got {found} ({len(content):,} bytes)")
    return content


def require_classes(labels_n: np.ndarray, classes: int, where: str) -> None:
    """Raise for labels of no class.

    Raises
    ------
    OSError
        With their number, and the first one.
    """
    fault = outside(labels_n, classes)
    if fault:
        raise OSError(f"{where}: {fault}")
