"""Packs jobs into the tasks of job arrays, and submits them with submitit."""

import io
import os
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from biasvar.engines.engine import Begun, Work
from biasvar.engines.signals import signals_held_back
from biasvar.engines.slurm_commands import max_array_size
from biasvar.engines.slurm_task import run_task

TASKS_A_WORKER = 4  # tasks per worker: few, as each imports the libraries again
LONGEST_ARRAY = 1000  # tasks, if the cluster allows so many; SLURM's own default is 1001


@dataclass
class Task:
    """A task under SLURM's name, and its numbered jobs that have not ended, in the order of processing."""

    name: str
    jobs: list[tuple[int, Any]]
    log: Path
    submitted: float = field(default_factory=time.monotonic)
    begun: int | None = None  # the number of the job that it is known to be doing
    handed_in: int = 0  # how many of its jobs have ended
    gone_since: float | None = None  # when it was first seen to have ended, or to be missing from the queue

    @property
    def at_work(self) -> bool:
        """Whether it is known to be doing a job."""
        return bool(self.jobs) and self.begun == self.jobs[0][0]

    def begin(self) -> list[Begun]:
        """Note that it has started its next job; return that job, if this is new."""
        if not self.jobs or self.at_work:
            return []
        self.begun, job = self.jobs[0]
        return [Begun(job)]


def longest_array() -> int:
    """Return the largest number of tasks of an array: 1, which needs no array, if the cluster has no arrays."""
    allowed = max_array_size()
    return LONGEST_ARRAY if allowed is None else max(1, min(allowed, LONGEST_ARRAY))


def pack(jobs: Sequence[Any], workers: int, longest: int) -> list[Sequence[Any]]:
    """Split jobs into consecutive runs, one per task, which differ in length by at most one.

    There are then at most ``workers`` arrays of ``longest`` tasks, and each has at least one worker.
    """
    tasks = min(len(jobs), workers * min(TASKS_A_WORKER, longest), max(workers, LONGEST_ARRAY))
    return parts(jobs, tasks)


def parts(sequence: Sequence[Any], number: int) -> list[Sequence[Any]]:
    """Split a sequence into parts that differ in length by at most one."""
    return [sequence[len(sequence) * k // number : len(sequence) * (k + 1) // number] for k in range(number)]


def submit(
    parameters: dict[str, Any], work: Work, jobs: Sequence[tuple[int, Any]], workers: int, folder: Path
) -> list[Task]:
    """Submit numbered jobs, of which up to ``workers`` run at a time.

    Raises
    ------
    OSError
        If SLURM refuses them, with its message.
    """
    import submitit

    longest = longest_array()
    chunks = pack(jobs, workers, longest)
    arrays = parts(chunks, -(-len(chunks) // longest))
    executor = submitit.SlurmExecutor(folder)
    executor.update_parameters(
        **parameters,
        setup=importing_as_here(),
        use_srun=False,  # a task is one process, to which srun would give only one of its processors
        signal_delay_s=1,
        wckey=None,
        additional_parameters={"requeue": True},
    )
    tasks = []
    for array, share in zip(arrays, parts(range(workers), len(arrays)), strict=True):
        executor.update_parameters(array_parallelism=len(share))
        with signals_held_back(), refusals(), executor.batch():
            submitted = [executor.submit(run_task, work, list(chunk), folder, parameters["time"]) for chunk in array]
        tasks += [Task(one.job_id, list(chunk), one.paths.stderr) for one, chunk in zip(submitted, array, strict=True)]
    return tasks


def importing_as_here() -> list[str]:
    """Return shell lines that make a task import from the same places as this process, and no others."""
    path = os.pathsep.join(dict.fromkeys(os.path.abspath(entry) for entry in sys.path))
    return [f"export PYTHONPATH={shlex.quote(path)}", "export PYTHONSAFEPATH=1 PYTHONFAULTHANDLER=1"]


@contextmanager
def refusals() -> Iterator[None]:
    """Turn submitit's errors into one with SLURM's message."""
    try:
        with redirect_stderr(io.StringIO()):  # submitit prints it as well
            yield
    except RuntimeError as error:
        text = str(error).replace("sbatch: error: ", "").strip()
        raise OSError(f"SLURM does not take the jobs (engine.partition, engine.account and so on): {text}") from error
