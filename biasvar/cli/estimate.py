"""What ``--dry-run`` says."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from biasvar.cli.durations import duration
from biasvar.study.folder import refuse_other_study
from biasvar.study.memory import in_words, study_bytes
from biasvar.study.pilot import pilot
from biasvar.study.plan import Job, Plan, output_bytes, pack
from biasvar.study.run import read_data
from biasvar.study.store.store import Store, missing
from biasvar.study.worker_task import engine_of
from biasvar.training.device import require_device

LINE = 200  # bytes of a member's line in the shard's json


def describe(study_plan: Plan, folder: Path, workers: int) -> str:
    """Return the size of a study in words: cells, replicates, models, jobs, disk, memory, and time by a pilot.

    Raises
    ------
    SettingsError
        Where the folder holds another study.
    OSError
        Where data is missing.
    """
    refuse_other_study(folder, study_plan)
    read_data(study_plan)
    done = Store(folder).index(lambda message: None) if folder.exists() else {}
    to_do = missing(study_plan.members.values(), done)
    jobs = pack(to_do)
    disk = sum(output_bytes(member) + LINE for member in to_do)
    worker, together = study_bytes(study_plan, jobs, workers, engine_of(study_plan.cells)[0].shares_data)
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
            f"disk        about {in_words(disk)}, {in_words(free_space(folder))} free",
            f"memory      about {in_words(worker)} a worker, {in_words(together)} in all, and what libraries take",
            f"time        {time_of(jobs, workers)}",
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


def time_of(jobs: Sequence[Job], workers: int) -> str:
    """Return how long training takes, in words."""
    if not jobs:
        return "none: all is done"
    device = jobs[0].members[0].device
    try:
        require_device(device)
    except OSError:
        return f"not measured: there is no {device} on this machine"
    found = pilot(jobs, workers)
    shortest, longest = duration(found.shortest), duration(found.longest)
    span = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"about {span} of training, by {found.members:,} models trained here just now"


def free_space(folder: Path) -> int:
    """Return the free space, in bytes, where a folder is or will be."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free
