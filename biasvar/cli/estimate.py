"""The output of ``--dry-run``."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from biasvar.cli.durations import duration
from biasvar.cli.pool import pool_in_words
from biasvar.study.estimate import Estimate, estimate
from biasvar.study.memory_limit import in_words
from biasvar.study.own_folder import own_folder
from biasvar.study.plan import Plan
from biasvar.study.workers import workers_of
from biasvar.training.readouts import Readout


def describe(study_plan: Plan, out: Path | None, warn: Callable[[str], None]) -> Iterator[str]:
    """Yield the size of a study, line by line: cells, replicates, models, jobs, disk, memory, and time by a pilot.

    The pilot runs after everything else has been printed.
    """
    folder, workers = out or own_folder(study_plan, warn), workers_of(study_plan, warn)
    found, total = estimate(study_plan, folder, workers), len(study_plan.members)
    yield f"study       {study_plan.name}"
    yield f"folder      {folder}"
    for key in study_plan.axes:
        yield f"axis        {key} = {', '.join(distinct(study_plan, key))}"
    yield f"cells       {len(study_plan.cells):,}"
    yield members_a_cell(study_plan)
    yield f"seed        {seeds(study_plan)}"
    if pool := pool_in_words(study_plan):
        yield f"pool        {pool}"
    yield f"models      {total:,} ({total - found.to_train:,} done, {found.to_train:,} to train)"
    if reads := readouts(study_plan):
        yield f"readouts    {reads}"
    yield f"jobs        {len(found.jobs):,} on {workers} workers"
    yield f"disk        about {in_words(found.disk)}, {in_words(found.free)} free"
    worker, together = in_words(found.worker), in_words(found.together)
    yield f"memory      about {worker} a worker, {together} in all, beside the libraries' own"
    yield f"time        {time_in_words(found)}"
    yield "nothing was written"


def members_a_cell(study_plan: Plan) -> str:
    """Return how many members the cells have: replicates, or seeds of each crossed source."""
    sizes = {(cell.study.design.kind, cell.study.design.sizes(cell.study.replicates)) for cell in study_plan.cells}
    crossed = [cell.study.design.sources for cell in study_plan.cells if cell.study.design.kind != "joint"]
    numbers = " or ".join(" x ".join(map(str, size)) for _, size in sorted(sizes))
    return f"seeds       {numbers} of {' x '.join(crossed[0])}" if crossed else f"replicates  {numbers}"


def readouts(study_plan: Plan) -> str:
    """Return how many cells each model is read in, by epochs and modes of prediction, if in more than one."""
    trainings = dict.fromkeys(cell.study.training for cell in study_plan.cells)
    kinds = dict.fromkeys(training.of_cells for training in trainings)
    if max(map(len, kinds)) < 2:
        return ""
    total = sum(len(member.asked.of_cells) for member in study_plan.members.values())
    each = dict.fromkeys(f"{of('epoch', kind)} x {of('mode', kind, 'prediction')}" for kind in kinds)
    return f"{total:,} ({' or '.join(each)} of each model)"


def of(noun: str, kind: Sequence[Readout], name: str = "") -> str:
    """Return how many values a part of readouts has: ``1 epoch``, ``3 modes``."""
    number = len({getattr(one, name or noun) for one in kind})
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def seeds(study_plan: Plan) -> str:
    """Return the study seeds, from which every other seed is derived."""
    return ", ".join(dict.fromkeys(str(cell.study.seed) for cell in study_plan.cells))


def distinct(study_plan: Plan, key: str) -> list[str]:
    """Return the values of an axis, in order."""
    return list(dict.fromkeys(str(cell.axes[key]) for cell in study_plan.cells))


def time_in_words(found: Estimate) -> str:
    """Train a few models, and return the estimated training time in words."""
    time = found.time()
    if time is None:
        return f"not measured: there is no {found.device} on this machine" if found.to_train else "none: all is done"
    shortest, longest = duration(time.shortest), duration(time.longest)
    span = shortest if shortest == longest else f"{shortest} to {longest}"
    compiled = f"; before that, compiling took {duration(time.compiling)}, once" if time.compiling else ""
    return f"about {span} of training, by {time.members:,} models trained here just now{compiled}"
