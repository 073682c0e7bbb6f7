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
from typing import Any, TypeVar

import numpy as np

from biasvar.study.plan import job_id
from biasvar.study.store.disk import NoPlainFile
from biasvar.study.store.files import read_bytes, read_json, sha256_of_file, write_arrays, write_whole
from biasvar.study.store.stored_arrays import find_array
from biasvar.training.outcome import Outcome, State
from biasvar.training.readouts import EVALUATION, Asked, Readout
from biasvar.training.train import TrainedMember

AT_ONCE = 2**20  # numbers that are checked at once
AnyState = TypeVar("AnyState", bound=State)
NO_MEASURES = frozenset({"id", *(field.name for field in fields(Outcome))})  # fields of a record


@dataclass(frozen=True)
class Entry:
    """The store's record of one committed member: its outcome, and the location of its outputs.

    ``places`` has a shard and a row for each readout that was requested, and for each requested measure at each readout
    of a cell; it is empty for a failed member. ``checksums`` are those of the files with its outputs.
    """

    outcome: Outcome
    places: Mapping[Readout | tuple[Readout, str], tuple[Path, int]]
    checksums: tuple[str, ...]

    def merged(self, later: "Entry") -> "Entry":
        """Return the combination of this shard's entry and a later shard's."""
        if later.outcome.error:
            return self
        if self.outcome.error:
            return later
        before, after = self.outcome, later.outcome
        others = {**before.others, **{one: merged(before.others.get(one), new) for one, new in after.others.items()}}
        outcome = replace(merged(before, after), others=others)
        return Entry(outcome, {**self.places, **later.places}, (*self.checksums, *later.checksums))


def merged(before: State | None, after: AnyState) -> AnyState:
    """Return a later state with the measures of both."""
    return replace(after, measures={**before.measures, **after.measures}) if before else after


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
    line = {"id": one.member.id, "n_distinct": outcome.n_distinct} | fields_of(outcome)
    names = ("error", "traceback", "constant_risk", "label_noise_rate")
    line |= {name: getattr(outcome, name) for name in names if getattr(outcome, name) not in ("", None, {})}
    others = {readout.array: fields_of(state) for readout, state in outcome.others.items()}
    return line | ({"others": others} if others else {})


def fields_of(state: State) -> dict[str, Any]:
    """Return a shard's record of a state; see ``state_of``."""
    risk = {loss: risk if isfinite(risk) else None for loss, risk in state.train_risk.items()}
    line: dict[str, Any] = {"train_risk": risk, "diverged_epoch": state.diverged_epoch}
    line |= {"diverged_loss": state.diverged_loss} if state.diverged_loss else {}
    return line | {name: value for name, value in state.measures.items() if isfinite(value)}


def state_of(line: Mapping[str, Any], measures: Sequence[str]) -> State:
    """Return the state that a shard's record describes, with the names of the requested measures."""
    risk = {loss: nan if risk is None else risk for loss, risk in line["train_risk"].items()}
    known = dict.fromkeys(measures, nan) | {name: value for name, value in line.items() if name not in NO_MEASURES}
    return State(risk, known, line["diverged_epoch"], line.get("diverged_loss", ""))


def entry_of(line: dict[str, Any], asked: Asked, place: tuple[Path, int], checksum: str) -> Entry:
    """Return the entry of a member from a line of a shard, given its readouts and measures."""
    states = {field.name for field in fields(State)}
    own = {field.name for field in fields(Outcome)} - states - {"others"}
    by_array = {readout.array: readout for readout in asked.taken}
    outcome = Outcome(
        **vars(state_of(line, asked.measures)),
        **{name: value for name, value in line.items() if name in own},
        others={by_array[name]: state_of(other, asked.measures) for name, other in line.get("others", {}).items()},
    )
    measured = tuple((readout, name) for readout in asked.taken for name in asked.measures)
    kept: tuple[Readout | tuple[Readout, str], ...] = () if "error" in line else (*asked.readouts, *measured)
    return Entry(outcome, dict.fromkeys(kept, place), (checksum,))


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
