"""From cells to jobs. Pure: no disk, no torch."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from biasvar.settings import Problem, SettingsError, show
from biasvar.study.checks import problems_of, something_is_dropped
from biasvar.study.claims.claim import Claim
from biasvar.study.config import Study, study_of
from biasvar.study.sources import sources_of
from biasvar.training.member import POOL, Member
from biasvar.training.readouts import EVALUATION, Asked, Readout
from biasvar.training.trainers import trainer_of

OVERHEAD_FLOPS = 2e6  # cost of handling a member beside its arithmetic
SMALLEST_JOB, LARGEST_JOB = 1e8, 2e10  # flops: from a tenth of a second to a few seconds
READ_AXES = ("epoch", "prediction")  # parts of a readout that make separate cells
LARGEST_OUTPUTS = 64_000_000  # bytes of a job's outputs; a worker holds a few copies and writes one file


@dataclass(frozen=True)
class Cell:
    """One point of the grid: the values of the swept keys, the complete settings, and the readout.

    Cells that differ only in the readout share their members. Epoch and prediction mode are axes if they vary.
    """

    axes: Mapping[str, Any]
    study: Study
    readout: Readout = EVALUATION

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The cell's members, in C order of the axes of its design. Inactive sources have draw 0."""
        study = self.study
        return tuple(map(study.member, study.design.draws(study.replicates, sources_of(study))))


@dataclass(frozen=True)
class Job:
    """Members that are trained as one unit of work; all outputs have the same shape."""

    members: tuple[Member, ...]

    @cached_property
    def id(self) -> str:
        """A hash of the members' identities, and of their readouts and measures."""
        return job_id((member.id for member in self.members), self.asked)

    @property
    def asked(self) -> Asked:
        """The readouts and measures of every member."""
        return self.members[0].asked

    @property
    def flops(self) -> float:
        """A rough count of floating-point operations."""
        return sum(flops(member) for member in self.members)


def job_id(members: Iterable[str], asked: Asked) -> str:
    """Return the identity of the job that asks this of members with these identities, in this order."""
    more = "" if asked == Asked() else json.dumps(asked.as_json(), sort_keys=True)
    return hashlib.sha256("".join([*members, more]).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Plan:
    """All cells of a study, what it claims of them, and the command that asks for it, if one did."""

    cells: tuple[Cell, ...]
    claims: tuple[Claim, ...] = ()
    command: str = ""

    @cached_property
    def name(self) -> str:
        """The study's name; without one of its own, that of its data and models: ``digits+cifar10-mlp``."""
        labels = [dict.fromkeys(getattr(cell.study, group).label for cell in self.cells) for group in ("data", "model")]
        return self.cells[0].study.name or "-".join("+".join(some) for some in labels)

    @property
    def axes(self) -> tuple[str, ...]:
        """The swept keys."""
        return tuple(self.cells[0].axes)

    def settings_once(self) -> list[Cell]:
        """One cell for each distinct settings, without the readout axes: ``plan`` makes the other cells from them."""
        first = [cell for cell in self.cells if cell.readout == cell.study.training.asked.of_cells[0]]
        return [
            replace(cell, axes={key: value for key, value in cell.axes.items() if key not in READ_AXES})
            for cell in first
        ]

    @cached_property
    def members(self) -> dict[str, Member]:
        """Every member of the study by identity; cells may share members."""
        return {member.id: member for cell in self.cells for member in cell.members}


def plan(grid: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Plan:
    """Return the plan of a grid of (values of the swept keys, complete settings).

    Raises
    ------
    SettingsError
        With every problem of every cell, without repetitions.
    """
    problems: list[Problem] = []
    cells = []
    for axes, settings in grid:
        study = study_of(settings, problems)
        if study is not None:
            problems += problems_of(study)
            # A list as an axis value is identified by its text.
            labels = {name: show(value) if isinstance(value, list) else value for name, value in axes.items()}
            cells += [Cell(labels, study, readout) for readout in study.training.asked.of_cells]
    if problems or (problems := [*something_is_dropped([cell.study for cell in cells])]):
        raise SettingsError(dict.fromkeys(problems))
    return Plan(tuple(with_readouts(with_columns_of_one_type(with_every_axis(cells)))))


def with_every_axis(cells: Sequence[Cell]) -> list[Cell]:
    """Return cells with the axes of all; one whose settings have no such key is at None there."""
    names = list(dict.fromkeys(name for cell in cells for name in cell.axes))
    return [replace(cell, axes={name: cell.axes.get(name) for name in names}) for cell in cells]


def with_columns_of_one_type(cells: Sequence[Cell]) -> list[Cell]:
    """Return cells with texts in place of the numbers on an axis that has both, as a column of a table has one type."""
    texts = {name for cell in cells for name, value in cell.axes.items() if isinstance(value, str)}

    def label(name: str, value: Any) -> Any:
        return show(value) if name in texts and value is not None and not isinstance(value, str) else value

    return [
        replace(c, axes={name: label(name, value) for name, value in c.axes.items()}) if texts else c for c in cells
    ]


def with_readouts(cells: Sequence[Cell]) -> list[Cell]:
    """Return cells with the epoch and the prediction mode of their readouts as axes, if they vary."""
    varied = [name for name in READ_AXES if len({getattr(cell.readout, name) for cell in cells}) > 1]
    return [replace(c, axes={**c.axes, **{name: read_at(c, name) for name in varied}}) for c in cells]


def read_at(cell: Cell, name: str) -> Any:
    """Return a cell's value on an axis of readouts; the last epoch has its number if its training has epochs."""
    value = getattr(cell.readout, name)
    return cell.study.training.epochs_in_all if name == "epoch" and value is None else value


def pack(members: Iterable[Member]) -> list[Job]:
    """Pack members into jobs, the longest first.

    Members of one job share evaluation points, number format, trainer, readouts and measures. A job is filled until it
    is worth a file and a turn in the queue, or its outputs reach the limit of a worker; members that are cheaper
    together stay together.
    """
    kinds: dict[tuple, list[Member]] = {}
    for member in members:
        kinds.setdefault(kind_of(member), []).append(member)
    total = sum(flops(member) for kind in kinds.values() for member in kind)
    largest = min(max(total / 16, SMALLEST_JOB), LARGEST_JOB)
    jobs = [job for kind in kinds.values() for job in cut(kind, largest)]
    return sorted(jobs, key=lambda job: (-job.flops, job.id))


def kind_of(member: Member) -> tuple:
    """Return the key of members that may share a job."""
    trainer = trainer_of(member)
    return (member.data, member.seed, member.device, trainer.name, trainer.output_dtype(member), member.asked)


def cut(members: Sequence[Member], largest: float) -> list[Job]:
    """Split members into jobs of about ``largest`` flops, replicate by replicate and unit by unit."""
    units: dict[tuple, list[Member]] = {}
    for member in sorted(members, key=lambda m: (m.draws[POOL], m.draws["data"])):
        units.setdefault(trainer_of(member).batch_key(member), []).append(member)
    jobs: list[Job] = []
    current: list[Member] = []
    size, most = 0.0, most_outputs(members[0])
    for unit in (part for whole in units.values() for part in parts_of(whole)):
        if current and len(current) + len(unit) > most:
            jobs.append(Job(tuple(current)))
            current, size = [], 0.0
        current += unit
        size += sum(flops(member) for member in unit)
        if size >= largest:
            jobs.append(Job(tuple(current)))
            current, size = [], 0.0
    return jobs + ([Job(tuple(current))] if current else [])


def parts_of(unit: Sequence[Member]) -> list[Sequence[Member]]:
    """Split members that could all be trained at once by how many are, and by how many fit into one job."""
    most = min(trainer_of(unit[0]).most_at_once(unit[0]) or len(unit), most_outputs(unit[0]))
    return [unit[start : start + most] for start in range(0, len(unit), most)]


def most_outputs(member: Member) -> int:
    """Return how many members like this one fit into one job by their outputs: at least 1."""
    return max(1, LARGEST_OUTPUTS // max(1, output_bytes(member)))


def output_bytes(member: Member) -> int:
    """Return the size of a member's outputs at its readouts, in memory and on disk."""
    rows = sum(member.rows_in(readout.rows) for readout in member.asked.readouts)
    return rows * member.data.outputs * trainer_of(member).output_dtype(member).itemsize


def flops(member: Member) -> float:
    """Return a rough cost of a member."""
    return trainer_of(member).flops(member) + OVERHEAD_FLOPS
