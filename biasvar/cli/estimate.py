"""What ``--dry-run`` says."""

from collections.abc import Callable
from pathlib import Path

from biasvar.cli.durations import duration
from biasvar.study.estimate import Estimate, estimate
from biasvar.study.memory import in_words
from biasvar.study.own_folder import own_folder
from biasvar.study.plan import Plan
from biasvar.study.workers import workers_of


def describe(study_plan: Plan, out: Path | None, warn: Callable[[str], None]) -> str:
    """Return the size of a study in words: cells, replicates, models, jobs, disk, memory, and time by a pilot."""
    folder, workers = out or own_folder(study_plan, warn), workers_of(study_plan, warn)
    found, total = estimate(study_plan, folder, workers), len(study_plan.members)
    return "\n".join(
        [
            f"study       {study_plan.name}",
            f"folder      {folder}",
            *(f"axis        {key} = {', '.join(distinct(study_plan, key))}" for key in study_plan.axes),
            f"cells       {len(study_plan.cells):,}",
            members_a_cell(study_plan),
            f"models      {total:,} ({total - found.to_train:,} done, {found.to_train:,} to train)",
            f"jobs        {found.jobs:,} on {workers} workers",
            f"disk        about {in_words(found.disk)}, {in_words(found.free)} free",
            f"memory      about {in_words(found.worker)} a worker, {in_words(found.together)} in all, "
            "and what libraries take",
            f"time        {time_in_words(found)}",
            "nothing was written",
        ]
    )


def members_a_cell(study_plan: Plan) -> str:
    """Return how many members the cells have: replicates, or seeds of each crossed source."""
    sizes = {(cell.study.design.kind, cell.study.design.sizes(cell.study.replicates)) for cell in study_plan.cells}
    crossed = [cell.study.design.sources for cell in study_plan.cells if cell.study.design.kind != "joint"]
    numbers = " or ".join(" x ".join(map(str, size)) for _, size in sorted(sizes))
    return f"seeds       {numbers} of {' x '.join(crossed[0])}" if crossed else f"replicates  {numbers}"


def distinct(study_plan: Plan, key: str) -> list[str]:
    """Return the values of an axis, in order."""
    return list(dict.fromkeys(str(cell.axes[key]) for cell in study_plan.cells))


def time_in_words(found: Estimate) -> str:
    """Return how long training takes, in words."""
    if found.time is None:
        return f"not measured: there is no {found.device} on this machine" if found.to_train else "none: all is done"
    shortest, longest = duration(found.time.shortest), duration(found.time.longest)
    span = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"about {span} of training, by {found.time.members:,} models trained here just now"
