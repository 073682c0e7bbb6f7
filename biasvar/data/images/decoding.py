"""Image files as arrays of bytes of one size, whatever their format and mode."""

import io
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from biasvar.data.plain_files import read_plain_file

PLANES = 3
SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")


def decode(folder: Path, names: Sequence[str], side: int) -> np.ndarray:
    """Return images as bytes [n, 3 x side x side]: red, green and blue planes.

    Raises
    ------
    OSError
        If some cannot be read: how many, and the first with the reason.
    """
    images = np.empty((len(names), PLANES * side**2), dtype=np.uint8)
    with warnings.catch_warnings(), ThreadPoolExecutor() as threads:
        warnings.simplefilter("ignore")  # of odd metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        faults = list(threads.map(lambda row: decode_into(images[row], folder / names[row], side), range(len(names))))
    broken = [(name, fault) for name, fault in zip(names, faults, strict=True) if fault]
    if broken:
        name, fault = broken[0]
        count = f"{len(broken):,} of {len(names):,} images of {folder} cannot be read, the first {name}"
        raise OSError(f"{count}: {fault}\n  hint   mend or remove {'it' if len(broken) == 1 else 'them'}")
    return images


def decode_into(image_D: np.ndarray, path: Path, side: int) -> str:
    """Write an image's bytes into an array; return why it cannot be read, or an empty string."""
    content = None
    try:
        content = io.BytesIO(read_plain_file(path))
        with Image.open(content) as image:
            pixels_HWC = np.asarray(ImageOps.fit(in_colour(image), (side, side), Image.Resampling.BILINEAR))
    except MemoryError:
        raise
    except Exception as error:  # PIL raises errors of many types for broken files
        return str(error).replace(str(path), path.name).replace(f" {content!r}", "") or type(error).__name__
    image_D[:] = pixels_HWC.transpose(2, 0, 1).ravel()
    return ""


def in_colour(image: Image.Image) -> Image.Image:
    """Return an image in red, green and blue of 8 bits: of 16 bits the upper ones, without transparency."""
    if image.mode in SIXTEEN_BITS:
        grey_HW = np.clip(np.asarray(image).astype(np.int64), 0, 2**16 - 1) >> 8
        return Image.fromarray(grey_HW.astype(np.uint8)).convert("RGB")
    if image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("RGB")
