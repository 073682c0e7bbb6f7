"""Decoded images, kept in the user's cache folder, so that each worker and each run need not decode them again."""

import io
import os
import zipfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
import PIL

from biasvar.data.images.class_folders import content_of, find_images
from biasvar.data.images.decoding import PLANES, decode
from biasvar.data.plain_files import read_plain_file, write_aside


@lru_cache(maxsize=2)
def decoded(folder: Path, key: str, content: str, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of a folder as bytes [n, 3 x side x side], and their labels [n].

    Raises
    ------
    OSError
        If the folder's content is not the expected one, or images cannot be read.
    """
    path = cache_path(content, side)
    kept = None if path is None else read(path, side)
    if kept is not None:
        return kept
    found = find_images(folder, key)
    now = content_of(found)
    if now != content:
        raise OSError(f"{key} = {folder} has changed since the study began: sha256 {content} -> {now}")
    images, labels = decode(folder, found.names, side), np.array(found.labels, dtype=np.int64)
    if path is not None:
        with suppress(OSError):  # a full disk, or a home that is read-only
            write(path, images, labels)
    return images, labels


def cache_path(content: str, side: int) -> Path | None:
    """Return the file that keeps the decoded images of a folder with this content; None without a home.

    Another version of the library that decodes may round differently.
    """
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:
        return None
    return cache / "biasvar" / "images" / f"{content[:32]}-{side}-pillow-{PIL.__version__}.npz"


def read(path: Path, side: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the images and labels that a file keeps; None if it is missing or damaged."""
    try:
        with np.load(io.BytesIO(read_plain_file(path)), allow_pickle=False) as arrays:
            images, labels = arrays["images"], arrays["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = images.dtype == np.uint8 and images.shape == (len(labels), PLANES * side**2)
    return (images, labels) if fits else None


def write(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Keep images and labels in a file."""
    buffer = io.BytesIO()
    np.savez(buffer, images=images, labels=labels)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_aside(path, buffer.getvalue())
