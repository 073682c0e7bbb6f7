"""From cells to jobs. Pure: no disk, no torch."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from biasvar.settings import Problem, SettingsError, show
from biasvar.study.checks import problems_of
from biasvar.study.config import Study, study_of
from biasvar.study.sources import sources_of
from biasvar.training.member import Member

OVERHEAD_FLOPS = 2e6  # what handling a member costs beside its arithmetic
SMALLEST_JOB, LARGEST_JOB = 1e8, 2e10  # flops: from a tenth of a second to a few seconds
LARGEST_OUTPUTS = 64_000_000  # bytes of a job's outputs, of which a worker holds a few copies and makes one file


@dataclass(frozen=True)
class Cell:
    """One point of the grid: the values of the swept keys, and the whole settings."""

    axes: Mapping[str, Any]
    study: Study

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The cell's members, in C order of the axes that its design names. Inactive sources are at draw 0."""
        study = self.study
        parts = (study.data, study.resampling, study.model, study.training, study.device, study.seed)
        return tuple([Member(*parts, draws) for draws in study.design.draws(study.replicates, sources_of(study))])


@dataclass(frozen=True)
class Job:
    """Members that are trained as one unit of work, and whose outputs have one shape."""

    members: tuple[Member, ...]

    @cached_property
    def id(self) -> str:
        """A hash of the members' identities."""
        return job_id(member.id for member in self.members)

    @property
    def flops(self) -> float:
        """A rough count of floating-point operations."""
        return sum(flops(member) for member in self.members)


def job_id(members: Iterable[str]) -> str:
    """Return the identity of the job that has members of these identities, in this order."""
    return hashlib.sha256("".join(members).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Plan:
    """All cells of a study."""

    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The study's name."""
        return self.cells[0].study.name

    @property
    def axes(self) -> tuple[str, ...]:
        """The swept keys."""
        return tuple(self.cells[0].axes)

    @cached_property
    def members(self) -> dict[str, Member]:
        """Every member of the study by identity; cells may share members."""
        return {member.id: member for cell in self.cells for member in cell.members}


def plan(grid: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Plan:
    """Return the plan of a grid of (values of the swept keys, whole settings).

    Raises
    ------
    SettingsError
        With every problem of every cell, each said once.
    """
    problems: list[Problem] = []
    cells = []
    for axes, settings in grid:
        study = study_of(settings, problems)
        if study is not None:
            problems += problems_of(study)
            # A list as a value of an axis is known by what is written.
            labels = {name: show(value) if isinstance(value, list) else value for name, value in axes.items()}
            cells.append(Cell(labels, study))
    if problems:
        raise SettingsError(dict.fromkeys(problems))
    return Plan(tuple(cells))


def pack(members: Iterable[Member]) -> list[Job]:
    """Pack members into jobs, the longest first.

    Members of one job share evaluation points and number format. A job goes on until it is worth a file and a turn in
    the queue, or its outputs are as many as a worker should hold; members that share a decomposition stay together.
    """
    kinds: dict[tuple, list[Member]] = {}
    for member in members:
        kinds.setdefault(kind_of(member), []).append(member)
    total = sum(flops(member) for kind in kinds.values() for member in kind)
    largest = min(max(total / 16, SMALLEST_JOB), LARGEST_JOB)
    jobs = [job for kind in kinds.values() for job in cut(kind, largest)]
    return sorted(jobs, key=lambda job: (-job.flops, job.id))


def kind_of(member: Member) -> tuple:
    """Return what members of one job have in common."""
    return (member.data, member.seed, member.device, member.training.kind, getattr(member.training, "dtype", None))


def cut(members: Sequence[Member], largest: float) -> list[Job]:
    """Cut members into jobs of about ``largest`` flops, replicate by replicate and unit by unit."""
    units: dict[tuple, list[Member]] = {}
    for member in sorted(members, key=lambda m: m.draws["data"]):
        units.setdefault(member.training.batch_key(member), []).append(member)
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
    """Cut members that could all be trained at once into as many as are, and as one job can hold."""
    most = min(unit[0].training.most_at_once(unit[0]) or len(unit), most_outputs(unit[0]))
    return [unit[start : start + most] for start in range(0, len(unit), most)]


def most_outputs(member: Member) -> int:
    """Return the largest number of members like this one whose outputs one job can hold: at least 1."""
    return max(1, LARGEST_OUTPUTS // output_bytes(member))


def output_bytes(member: Member) -> int:
    """Return what a member's outputs take, in memory and on disk."""
    return member.data.n_eval * member.data.outputs * member.training.output_dtype.itemsize


def flops(member: Member) -> float:
    """Return a rough cost of a member."""
    return member.training.flops(member) + OVERHEAD_FLOPS
