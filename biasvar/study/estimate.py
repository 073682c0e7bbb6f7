"""The cost of a study: models, jobs, disk, memory; and time from a pilot, once data and device are known to exist."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from biasvar.study.folder import refuse_other_study
from biasvar.study.memory import study_bytes
from biasvar.study.pilot import Pilot, pilot
from biasvar.study.plan import Job, Plan, output_bytes, pack
from biasvar.study.run import read_data, require_machine
from biasvar.study.store.store import Store, missing
from biasvar.study.worker_task import engine_of
from biasvar.training.device import require_device

LINE = 200  # bytes per member in the shard's json


@dataclass(frozen=True)
class Estimate:
    """How many models are to be trained, in which jobs on how many workers, and their size in bytes.

    ``worker`` and ``together`` are the memory of one worker and of all; ``free`` is the free disk space.
    """

    to_train: int
    jobs: list[Job]
    workers: int
    disk: float
    free: int
    worker: float
    together: float
    device: str

    def time(self) -> Pilot | None:
        """Train a few models to estimate the total time; None without models, or without the device.

        Raises
        ------
        MemoryError
            If there is too little memory for a model.
        """
        if not self.jobs:
            return None
        try:
            require_device(self.jobs[0].members[0].device)
        except OSError:
            return None
        return pilot(self.jobs, self.workers)


def estimate(study_plan: Plan, folder: Path, workers: int) -> Estimate:
    """Return the cost of the rest of a study in a folder. Nothing is written.

    Raises
    ------
    SettingsError
        If the folder holds another study.
    OSError
        If data, a device or memory is missing.
    """
    require_machine(study_plan)
    refuse_other_study(folder, study_plan)
    read_data(study_plan)
    done = Store(folder).index(lambda message: None) if folder.exists() else {}
    to_do = missing(study_plan.members.values(), done)
    jobs = pack(to_do)
    worker, together = study_bytes(study_plan, jobs, workers, engine_of(study_plan.cells)[0].shares_data)
    return Estimate(
        to_train=len(to_do),
        jobs=jobs,
        workers=workers,
        disk=sum(output_bytes(member) + LINE for member in to_do),
        free=free_space(folder),
        worker=worker,
        together=together,
        device=study_plan.cells[0].study.device,
    )


def free_space(folder: Path) -> int:
    """Return the free space, in bytes, at the location of a folder that may not exist yet."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free
