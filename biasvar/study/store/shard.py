"""One job's outputs on disk: an npz, and the json beside it that commits it.

Both are named after the job, which is a hash of its members: a shard under another's name is seen to be one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from biasvar.study.plan import job_id
from biasvar.study.store.files import read_json, write_arrays, write_whole
from biasvar.training.train import TrainedMember


@dataclass(frozen=True)
class Entry:
    """What the store knows of one committed member; see :class:`biasvar.training.train.TrainedMember`.

    ``sha256`` is that of the file of its outputs.
    """

    shard: Path
    row: int
    train_risk: dict[str, float | None]
    n_distinct: int
    diverged_epoch: int
    error: str = ""
    traceback: str = ""
    diverged_loss: str = ""
    degrees_of_freedom: float | None = None
    effective_parameters: float | None = None
    sha256: str = ""

    @property
    def ok(self) -> bool:
        """Whether the member was trained and its outputs are numbers."""
        return self.diverged_epoch == 0 and not self.error


def write_shard(path: Path, trained: Sequence[TrainedMember], seconds: float) -> None:
    """Write the outputs to ``path`` with the ending npz, then the json that commits them."""
    outputs_MNK = np.stack([one.outputs_NK for one in trained])
    content = {
        "members": [line_of(one) for one in trained],
        "sha256": write_arrays(path.with_suffix(".npz"), {"outputs_MNK": outputs_MNK}),
        "seconds": round(seconds, 6),
    }
    text = json.dumps(content, sort_keys=True)
    # "digest" comes first in the order of keys: the rest is written as it was hashed.
    whole_text = f'{{"digest": "{sha256_of(text)}", {text[1:]}\n'
    write_whole(path.with_suffix(".json"), lambda stream: stream.write(whole_text.encode()))


def line_of(one: TrainedMember) -> dict[str, Any]:
    """Return what a shard says of a member, beside its outputs; what it has nothing to say of is left out."""
    line = {
        "id": one.member.id,
        "train_risk": {loss: None if isnan(risk) else risk for loss, risk in one.train_risk.items()},
        "n_distinct": one.n_distinct,
        "diverged_epoch": one.diverged_epoch,
    }
    names = ("error", "traceback", "diverged_loss", "degrees_of_freedom", "effective_parameters")
    more = {name: getattr(one, name) for name in names}
    return line | {name: value for name, value in more.items() if value not in ("", None)}


def read_shard(path: Path) -> dict[str, Entry]:
    """Return the members of the shard that a json commits, by identity.

    Raises
    ------
    ValueError
        Where a file is not what was written, or is missing: the shard cannot be trusted.
    OSError
        Where a file cannot be read for now: that says nothing against it.
    """
    try:
        content = read_json(path)
        if content.pop("digest") != sha256_of(json.dumps(content, sort_keys=True)):
            raise ValueError("its json is not as it was written")
        lines = content["members"]
        if path.stem != job_id(line["id"] for line in lines):
            raise ValueError("it has the name of another shard")
        with open(path.with_suffix(".npz"), "rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != content["sha256"]:
            raise ValueError(f"its outputs have the checksum {found[:12]}, expected {content['sha256'][:12]}")
        outputs = path.with_suffix(".npz")
        return {line.pop("id"): Entry(outputs, row, **line, sha256=found) for row, line in enumerate(lines)}
    except FileNotFoundError as error:
        raise ValueError(f"there is no {Path(error.filename).name}") from error
    except IsADirectoryError as error:
        raise ValueError(f"{Path(error.filename).name} is a folder") from error
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"its json lacks what a shard has: {error!r}") from error


def sha256_of(text: str) -> str:
    """Return the sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def errors_in(path: Path) -> list[tuple[str, str, str]]:
    """Return which members of a committed shard could not be trained, each with its error and a traceback."""
    text = path.read_bytes()
    if b'"error"' not in text:  # as in most shards, which then are not taken apart
        return []
    failed = [line for line in json.loads(text)["members"] if "error" in line]
    return [(line["id"], line["error"], line.get("traceback", "")) for line in failed]
