"""A job's members on disk: an npz with one array per readout, and the json beside it that commits it.

Both are named after the job, a hash of its members and their readouts and measures, so a shard under a wrong name is
detected.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from biasvar.study.plan import job_id
from biasvar.study.store.disk import NoPlainFile
from biasvar.study.store.files import read_bytes, read_json, sha256_of_file, write_arrays, write_whole
from biasvar.study.store.stored_arrays import find_array
from biasvar.training.outcome import Outcome
from biasvar.training.readouts import EVALUATION, Asked, Readout
from biasvar.training.train import TrainedMember

AT_ONCE = 2**20  # numbers that are checked at once


@dataclass(frozen=True)
class Entry:
    """The store's record of one committed member: its outcome, and the location of its outputs.

    ``places`` has a shard and a row for each readout and each measure that was requested; it is empty for a failed
    member. ``checksums`` are those of the files with its outputs.
    """

    outcome: Outcome
    places: Mapping[Readout | str, tuple[Path, int]]
    checksums: tuple[str, ...]

    def merged(self, later: "Entry") -> "Entry":
        """Return the combination of this shard's entry and a later shard's."""
        if later.outcome.error:
            return self
        if self.outcome.error:
            return later
        measures = {**self.outcome.measures, **later.outcome.measures}
        outcome, checksums = replace(later.outcome, measures=measures), (*self.checksums, *later.checksums)
        return Entry(outcome, {**self.places, **later.places}, checksums)


def write_shard(path: Path, trained: Sequence[TrainedMember], seconds: float) -> None:
    """Write the outputs to ``path`` with the ending npz, then the json that commits them."""
    asked = trained[0].member.asked
    arrays = {readout.array: np.stack([one.outputs[readout] for one in trained]) for readout in asked.readouts}
    content = {
        "members": [line_of(one) for one in trained],
        "sha256": write_arrays(path.with_suffix(".npz"), arrays),
        "seconds": round(seconds, 6),
    }
    content |= {} if asked == Asked() else {"asked": asked.as_json()}
    text = json.dumps(content, sort_keys=True)
    # The keys sorted before "digest" are appended after it: the rest is written exactly as it was hashed.
    whole_text = f'{{"digest": "{sha256_of(text)}", {text[1:]}\n'
    write_whole(path.with_suffix(".json"), lambda stream: stream.write(whole_text.encode()))


def line_of(one: TrainedMember) -> dict[str, Any]:
    """Return a shard's record of a member without its outputs; empty fields are omitted."""
    outcome = one.outcome
    line = {
        "id": one.member.id,
        "train_risk": {loss: risk if isfinite(risk) else None for loss, risk in outcome.train_risk.items()},
        "n_distinct": outcome.n_distinct,
        "diverged_epoch": outcome.diverged_epoch,
    }
    names = ("error", "traceback", "diverged_loss", "constant_risk", "label_noise_rate")
    more = {name: getattr(outcome, name) for name in names if getattr(outcome, name) not in ("", None, {})}
    return line | more | {name: value for name, value in outcome.measures.items() if isfinite(value)}


def entry_of(line: dict[str, Any], asked: Asked, place: tuple[Path, int], checksum: str) -> Entry:
    """Return the entry of a member from a line of a shard, given its readouts and measures."""
    names = {field.name for field in fields(Outcome)}
    known = {name: value for name, value in line.items() if name in names}
    known["train_risk"] = {loss: nan if risk is None else risk for loss, risk in line["train_risk"].items()}
    measures = dict.fromkeys(asked.measures, nan) | {n: value for n, value in line.items() if n not in {*names, "id"}}
    kept: tuple[Readout | str, ...] = () if "error" in line else (*asked.readouts, *asked.measures)
    return Entry(Outcome(**known, measures=measures), dict.fromkeys(kept, place), (checksum,))


def read_shard(path: Path) -> dict[str, Entry]:
    """Return the members of the shard that a json commits, by identity.

    Raises
    ------
    ValueError
        If a file was changed or is missing: the shard cannot be trusted.
    OSError
        If a file cannot be read now, which does not mean that it is damaged.
    """
    try:
        content = read_json(path)
        if content.pop("digest") != sha256_of(json.dumps(content, sort_keys=True)):
            raise ValueError("its json was changed")
        lines, asked = content["members"], Asked.from_json(content["asked"]) if "asked" in content else Asked()
        if path.stem != job_id((line["id"] for line in lines), asked):
            raise ValueError("it has the name of another shard")
        found = sha256_of_file(path.with_suffix(".npz"))
        if found != content["sha256"]:
            raise ValueError(f"its outputs have the checksum {found[:12]}, expected {content['sha256'][:12]}")
        shard = path.with_suffix(".npz")
        require_outputs(shard, lines, asked)
        return {line["id"]: entry_of(line, asked, (shard, row), found) for row, line in enumerate(lines)}
    except FileNotFoundError as error:
        raise ValueError(f"there is no {Path(error.filename).name}") from error
    except IsADirectoryError as error:
        raise ValueError(f"{Path(error.filename).name} is a folder") from error
    except NoPlainFile as error:
        raise ValueError(str(error)) from error
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"its json lacks {error!r}") from error


def require_outputs(shard: Path, lines: Sequence[Mapping[str, Any]], asked: Asked) -> None:
    """Raise for outputs that no sweep has written, even if their checksum matches the json.

    Raises
    ------
    ValueError
        For arrays of the wrong kind or number of members, and for successful members without numbers.
    """
    arrays = {readout: find_array(shard, readout.array) for readout in asked.readouts}
    for readout, array in arrays.items():
        if array.shape[0] != len(lines):
            raise ValueError(f"{shard}: {readout.array} has {array.shape[0]} members, expected {len(lines)}")
    trained = [row for row, line in enumerate(lines) if "error" not in line and not line["diverged_epoch"]]
    if EVALUATION in arrays:  # this readout decides which members have diverged
        array = arrays[EVALUATION]
        step = max(1, AT_ONCE // max(1, array.shape[1] * array.shape[2]))
        for start in range(0, len(trained), step):
            # The logit of a class that a training set lacks is -inf, that of every class is not.
            largest_MN = array.read(trained[start : start + step], slice(None)).max(axis=-1)
            if not np.isfinite(largest_MN).all():
                raise ValueError(f"{shard}: outputs of successfully trained members are not finite")


def sha256_of(text: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def errors_in(path: Path) -> list[tuple[str, str, str]]:
    """Return the members of a committed shard that could not be trained, each with its error and traceback."""
    text = read_bytes(path)
    if b'"error"' not in text:  # true of most shards, which then need no parsing
        return []
    failed = [line for line in json.loads(text)["members"] if "error" in line]
    return [(line["id"], line["error"], line.get("traceback", "")) for line in failed]
