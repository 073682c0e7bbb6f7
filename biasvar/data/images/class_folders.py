"""A folder with one folder of images for each class: which images it has, and a checksum of their content."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from biasvar.data.plain_files import read_plain_file

EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")  # as torchvision's ImageFolder
LAYOUT = "expected one folder of images for each class, as in torchvision's ImageFolder: FOLDER/cat/1.png"


@dataclass(frozen=True)
class ClassFolders:
    """The images of a folder: ``names`` are relative paths in order of class and name, ``labels`` their class numbers.

    ``stamps`` has each image's size and time of change; ``ignored`` counts the files that are no images by their names.
    """

    folder: Path
    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    stamps: tuple[tuple[int, int], ...]
    ignored: int


def find_images(folder: Path, key: str) -> ClassFolders:
    """Return the images of a folder that the configuration names by ``key``.

    Hidden files and folders do not count, and images may lie in folders of their class's folder.

    Raises
    ------
    OSError
        If there is no such folder, or fewer than two class folders in it.
    """
    if not folder.is_dir():
        kind = NotADirectoryError if folder.exists() else FileNotFoundError
        raise kind(f"{key} = {folder} is no folder: {LAYOUT}")
    _, folders, files = next(os.walk(folder, onerror=refuse))
    classes, beside = visible(folders), visible(files)
    if len(classes) < 2:
        has = f"only one class folder, {classes[0]}" if classes else "no class folders"
        lie = f"; {len(beside):,} files lie in it" if beside else ""
        raise OSError(f"{key} = {folder} has {has}{lie}: {LAYOUT}")
    names, labels, ignored = [], [], len(beside)
    for number, name in enumerate(classes):
        inside = sorted(files_below(folder / name))
        images = [file for file in inside if file.lower().endswith(EXTENSIONS)]
        ignored += len(inside) - len(images)
        names += [f"{name}/{file}" for file in images]
        labels += [number] * len(images)
    stamps = tuple(stamp(folder / name) for name in names)
    return ClassFolders(folder, tuple(classes), tuple(names), tuple(labels), stamps, ignored)


def require_images(found: ClassFolders, key: str) -> None:
    """Raise for a class without an image.

    Raises
    ------
    OSError
        With the classes that are empty.
    """
    there = set(found.labels)
    empty = [name for number, name in enumerate(found.classes) if number not in there]
    if empty:
        some = ", ".join(empty[:5]) + (", ..." if len(empty) > 5 else "")
        which = f"the class folder {some} holds" if len(empty) == 1 else f"{len(empty):,} class folders ({some}) hold"
        raise OSError(f"{key} = {found.folder}: {which} no image ({', '.join(EXTENSIONS)})")


def files_below(folder: Path) -> Iterator[str]:
    """Yield the relative paths of the files in a folder and its folders, following links but not in circles."""
    seen = set()
    for here, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        seen.add(os.path.realpath(here))
        folders[:] = [name for name in visible(folders) if os.path.realpath(os.path.join(here, name)) not in seen]
        yield from (Path(here, name).relative_to(folder).as_posix() for name in visible(files))


def visible(names: Iterable[str]) -> list[str]:
    """Return the names that are not hidden, in order."""
    return sorted(name for name in names if not name.startswith("."))


def refuse(error: OSError) -> None:
    """Raise for a folder that cannot be listed, with its name."""
    raise type(error)(f"{error.filename} cannot be read: {(error.strerror or str(error)).lower()}") from None


def stamp(path: Path) -> tuple[int, int]:
    """Return a file's size and time of change in nanoseconds; zeros if it is a link to nothing."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=4)
def checksums(found: ClassFolders) -> tuple[bytes, ...]:
    """Return the sha256 of each image's file.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    return tuple(hashlib.sha256(read_plain_file(found.folder / name)).digest() for name in found.names)


def content_of(found: ClassFolders) -> str:
    """Return a checksum of a folder's relative names and the content of its images."""
    digest = hashlib.sha256()
    for name, checksum in zip(found.names, checksums(found), strict=True):
        digest.update(os.fsencode(name) + b"\0" + checksum)
    return digest.hexdigest()


def copies_in(*folders: ClassFolders) -> tuple[tuple[int, ...], ...]:
    """Return the groups of images with the same content; images are numbered through all folders."""
    places = defaultdict(list)
    every = [checksum for found in folders for checksum in checksums(found)]
    for place, checksum in enumerate(every):
        places[checksum].append(place)
    return tuple(tuple(group) for group in places.values() if len(group) > 1)
