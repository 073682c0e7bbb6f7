"""What ``--dry-run`` says."""

from pathlib import Path

from biasvar.study.memory import in_words, study_bytes
from biasvar.study.plan import Plan, output_bytes, pack
from biasvar.study.store import Store, missing

LINE = 200  # bytes of a member's line in the shard's json
NOMINAL_FLOPS = 4e9  # a second and core: about what small models reach; times are said to be rough


def describe(study_plan: Plan, folder: Path, workers: int) -> str:
    """Return the size of a study in words: cells, replicates, models, jobs, disk, memory and a rough time."""
    done = Store(folder).index(lambda message: None) if folder.exists() else {}
    to_do = missing(study_plan.members.values(), done)
    jobs = pack(to_do)
    seconds = sum(job.flops for job in jobs) / NOMINAL_FLOPS / workers
    disk = sum(output_bytes(member) + LINE for member in to_do)
    worker, together = study_bytes(study_plan, jobs, workers)
    total = len(study_plan.members)
    return "\n".join(
        [
            f"study       {study_plan.name}",
            f"folder      {folder}",
            *(f"axis        {key} = {', '.join(distinct(study_plan, key))}" for key in study_plan.axes),
            f"cells       {len(study_plan.cells):,}",
            members_a_cell(study_plan),
            f"models      {total:,} ({total - len(to_do):,} done, {len(to_do):,} to train)",
            f"jobs        {len(jobs):,} on {workers} workers",
            f"disk        about {disk / 1e6:,.1f} MB",
            f"memory      about {in_words(worker)} a worker, {in_words(together)} in all, and what libraries take",
            f"time        about {duration(seconds)}, a rough estimate from operation counts",
            "nothing was written",
        ]
    )


def members_a_cell(study_plan: Plan) -> str:
    """Return how many members the cells have: replicates, or seeds of each crossed source."""
    sizes = {(cell.study.design.kind, cell.study.design.sizes(cell.study)) for cell in study_plan.cells}
    crossed = [cell.study.design.sources for cell in study_plan.cells if cell.study.design.kind != "joint"]
    numbers = " or ".join(" x ".join(map(str, size)) for _, size in sorted(sizes))
    return f"seeds       {numbers} of {' x '.join(crossed[0])}" if crossed else f"replicates  {numbers}"


def distinct(study_plan: Plan, key: str) -> list[str]:
    """Return the values of an axis, in order."""
    return list(dict.fromkeys(str(cell.axes[key]) for cell in study_plan.cells))


def duration(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
