"""What is kept of the evaluation points, so that a report needs no data: one file, and one for votes beside it."""

import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from math import prod
from pathlib import Path

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.study.store.disk import naming, open_plain
from biasvar.study.store.files import read_json, sha256_of_file, write_arrays, write_json
from biasvar.study.store.stored_arrays import read_header


def keep_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Write what is known of the evaluation points, where it is not there yet or cannot be read.

    Votes may be asked for once the study is there, so that they have a file of their own.

    Raises
    ------
    OSError
        Where human annotations are others than those that were kept, with the checksums of both.
    """
    if evaluation.votes_NK is not None:
        refuse_other_votes(votes_path(path), evaluation.votes_NK)
    known = vars(replace(evaluation, votes_NK=None)).items()
    keep(path, {name: array for name, array in known if array is not None})
    if evaluation.votes_NK is not None:
        keep(votes_path(path), {"votes_NK": evaluation.votes_NK})


def refuse_other_votes(path: Path, votes_NK: np.ndarray) -> None:
    """Refuse votes that are not those of a file, where it can be read."""
    try:
        kept_NK = read_arrays(path)["votes_NK"]
    except OSError:
        return  # it is made again
    if not np.array_equal(kept_NK, votes_NK):
        then, now = (hashlib.sha256(np.ascontiguousarray(one).tobytes()).hexdigest() for one in (kept_NK, votes_NK))
        raise OSError(
            f"human annotations have changed since they were kept in {path}: sha256 {then} -> {now}\n"
            "  hint   bring the earlier file back, or add --out DIR to measure against what is there now"
        )


def keep(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays unless the file is there, whole, and holds them."""
    try:
        if are_alike(read_arrays(path), arrays):
            return
    except OSError:
        pass  # it is made again
    write_json(checksum_file_of(path), {"file": path.name, "sha256": write_arrays(path, arrays)})


def are_alike(kept: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]) -> bool:
    """Say whether arrays are those that were kept, but for last digits that another machine may differ in."""
    return kept.keys() == arrays.keys() and all(is_alike(kept[name], array) for name, array in arrays.items())


def is_alike(kept: np.ndarray, array: np.ndarray) -> bool:
    """Say whether numbers are the same, but for rounding where they are floats."""
    if kept.shape != array.shape or array.dtype.kind != "f":
        return np.array_equal(kept, array)
    return np.allclose(kept, array, rtol=1e-6, atol=1e-9 * np.abs(array).max(initial=0))


def read_evaluation(path: Path) -> Evaluation:
    """Return what was kept of the evaluation points.

    Raises
    ------
    OSError
        Where the file is missing or damaged, with what to do.
    """
    votes = votes_path(path)
    arrays = read_arrays(path) | (read_arrays(votes) if votes.exists() else {})
    with whole_or_made_again(path):
        known = Evaluation(**arrays)
        lengths = {name: len(array) for name, array in arrays.items() if name != "noise_quantiles_S"}
        if len(set(lengths.values())) != 1:
            raise ValueError(f"its arrays are not of the same points: {lengths}")
        return known


def checksums(evaluation: Path) -> list[str]:
    """Return the checksum of each file that is kept of the evaluation points, having held the files against them.

    Raises
    ------
    OSError
        Where a file is missing or damaged, with what to do.
    """
    votes = votes_path(evaluation)
    found = []
    for path in (evaluation, *([votes] if votes.exists() else [])):
        with whole_or_made_again(path):
            found.append(checksum_of(path))
    return found


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return every array of a file, whose checksum stands in a json beside it."""
    with whole_or_made_again(path):
        checksum_of(path)
        with naming(path), open_plain(path) as stream, zipfile.ZipFile(stream) as archive:
            size = os.fstat(stream.fileno()).st_size
            return {name_of(member): array_in(archive, member, size) for member in archive.infolist()}


def name_of(member: zipfile.ZipInfo) -> str:
    """Return the name of an array, which is that of a field of ``Evaluation``."""
    name = member.filename.removesuffix(".npy")
    if name not in {field.name for field in fields(Evaluation)}:
        raise ValueError(f"{name} is not of the evaluation points")
    return name


def array_in(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> np.ndarray:
    """Return an array of finite numbers, which takes no more bytes than the whole file has.

    Raises
    ------
    ValueError
        For anything else: nothing is read of an array that would not fit.
    """
    if member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename} is compressed")
    with archive.open(member) as stream:
        shape, dtype = read_header(stream)
        if dtype.kind not in "biuf" or prod(shape) * dtype.itemsize > size:
            raise ValueError(f"{member.filename} holds {dtype} of shape {shape}")
        array = np.empty(shape, dtype)
        filled = stream.readinto(array.reshape(-1).view(np.uint8).data)  # type: ignore[attr-defined]
        if filled != array.nbytes or not np.isfinite(array).all():
            raise ValueError(f"{member.filename} ends too early, or holds what is no number")
        return array


def checksum_of(path: Path) -> str:
    """Return the checksum of a file that is what the json beside it says."""
    checksum = read_json(checksum_file_of(path))
    if checksum["file"] != path.name or checksum["sha256"] != sha256_of_file(path):
        raise ValueError(f"it is not what {checksum_file_of(path).name} has the checksum of")
    return checksum["sha256"]


@contextmanager
def whole_or_made_again(path: Path) -> Iterator[None]:
    """Say of a file that cannot be read how it is made again."""
    again = "the same sweep makes it again, and trains nothing for it"
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error.filename} is missing: {again}") from None
    except (ValueError, TypeError, EOFError, KeyError, RecursionError, zipfile.BadZipFile) as error:
        raise OSError(f"{path} is damaged ({error}): {again}") from error


def checksum_file_of(path: Path) -> Path:
    """Return the json that says which file this is, and its checksum."""
    return path.with_suffix(".json")


def votes_path(evaluation: Path) -> Path:
    """Return the file of human annotations beside that of the evaluation points."""
    return evaluation.with_suffix(".votes.npz")
