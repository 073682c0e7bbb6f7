"""The stored evaluation points, so that a report needs no data: one file, and one beside it for votes."""

import hashlib
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.study.store.disk import naming, open_plain
from biasvar.study.store.files import read_json, sha256_of_file, write_arrays, write_json
from biasvar.study.store.stored_arrays import array_in


def keep_evaluation(path: Path, evaluation: Evaluation) -> None:
    """Write the evaluation points, unless they are already stored and readable.

    Votes have a file of their own, since they may be requested after the study exists.

    Raises
    ------
    OSError
        If human annotations differ from the stored ones, with both checksums.
    """
    if evaluation.votes_NK is not None:
        refuse_other_votes(votes_path(path), evaluation.votes_NK)
    known = vars(replace(evaluation, votes_NK=None)).items()
    keep(path, {name: array for name, array in known if array is not None})
    if evaluation.votes_NK is not None:
        keep(votes_path(path), {"votes_NK": evaluation.votes_NK})


def refuse_other_votes(path: Path, votes_NK: np.ndarray) -> None:
    """Raise for votes that differ from those of a file, if it is readable."""
    try:
        kept_NK = read_arrays(path)["votes_NK"]
    except OSError:
        return  # it will be rewritten
    if not np.array_equal(kept_NK, votes_NK):
        then, now = (hashlib.sha256(np.ascontiguousarray(one).tobytes()).hexdigest() for one in (kept_NK, votes_NK))
        raise OSError(
            f"human annotations have changed since they were kept in {path}: sha256 {then} -> {now}\n"
            "  hint   bring the earlier file back, or add --out DIR to measure against what is there now"
        )


def keep(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays unless the file exists, is intact, and holds them."""
    try:
        if are_alike(read_arrays(path), arrays):
            return
    except OSError:
        pass  # it will be rewritten
    write_json(checksum_file_of(path), {"file": path.name, "sha256": write_arrays(path, arrays)})


def are_alike(kept: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]) -> bool:
    """Return whether arrays match the stored ones, up to last digits that may differ between machines."""
    return kept.keys() == arrays.keys() and all(is_alike(kept[name], array) for name, array in arrays.items())


def is_alike(kept: np.ndarray, array: np.ndarray) -> bool:
    """Return whether numbers are the same; floats may differ by rounding."""
    if kept.shape != array.shape or array.dtype.kind != "f":
        return np.array_equal(kept, array)
    return np.allclose(kept, array, rtol=1e-6, atol=1e-9 * np.abs(array).max(initial=0))


def read_evaluation(path: Path) -> Evaluation:
    """Return the stored evaluation points.

    Raises
    ------
    OSError
        If the file is missing or damaged, with a remedy.
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
    """Return the checksum of each file stored for the evaluation points, after verifying the files.

    Raises
    ------
    OSError
        If a file is missing or damaged, with a remedy.
    """
    votes = votes_path(evaluation)
    found = []
    for path in (evaluation, *([votes] if votes.exists() else [])):
        with whole_or_made_again(path):
            found.append(checksum_of(path))
    return found


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return every array of a file, whose checksum is in a json beside it."""
    with whole_or_made_again(path):
        checksum_of(path)
        with naming(path), open_plain(path) as stream, zipfile.ZipFile(stream) as archive:
            size = os.fstat(stream.fileno()).st_size
            return {name_of(member): array_in(archive, member, size) for member in archive.infolist()}


def name_of(member: zipfile.ZipInfo) -> str:
    """Return the name of an array, which is a field name of ``Evaluation``."""
    name = member.filename.removesuffix(".npy")
    if name not in {field.name for field in fields(Evaluation)}:
        raise ValueError(f"{name} is not of the evaluation points")
    return name


def checksum_of(path: Path) -> str:
    """Return the checksum of a file, verified against the json beside it."""
    checksum = read_json(checksum_file_of(path))
    if checksum["file"] != path.name or checksum["sha256"] != sha256_of_file(path):
        raise ValueError(f"it is not what {checksum_file_of(path).name} has the checksum of")
    return checksum["sha256"]


@contextmanager
def whole_or_made_again(path: Path) -> Iterator[None]:
    """Report how an unreadable file is made again."""
    again = "the same sweep rebuilds it without training anything"
    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error.filename} is missing: {again}") from None
    except (ValueError, TypeError, EOFError, KeyError, RecursionError, zipfile.BadZipFile) as error:
        raise OSError(f"{path} is damaged ({error}): {again}") from error


def checksum_file_of(path: Path) -> Path:
    """Return the json with a file's checksum."""
    return path.with_suffix(".json")


def votes_path(evaluation: Path) -> Path:
    """Return the file of human annotations beside that of the evaluation points."""
    return evaluation.with_suffix(".votes.npz")
