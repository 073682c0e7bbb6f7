"""Jobs packed into the tasks of job arrays, and submitted by submitit."""

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

TASKS_A_WORKER = 4  # tasks that a worker's share is cut into: few, for each imports the libraries again
LONGEST_ARRAY = 1000  # tasks, where the cluster allows so many; SLURM's own default is 1001
LOG_END = 4000  # characters of a log that are worth telling


@dataclass
class Task:
    """A task by SLURM's name for it, and its numbered jobs that have not ended, in the order in which it does them."""

    name: str
    jobs: list[tuple[int, Any]]
    log: Path
    submitted: float = field(default_factory=time.monotonic)
    begun: int | None = None  # the number of the job that it is known to be at
    handed_in: int = 0  # how many of its jobs have ended
    gone_since: float | None = None  # when it was first seen to have ended, or to be in the queue no more

    @property
    def at_work(self) -> bool:
        """Whether it is known to be at a job."""
        return bool(self.jobs) and self.begun == self.jobs[0][0]

    def begin(self) -> list[Begun]:
        """Take note that it is at its next job; return that, if it was not known."""
        if not self.jobs or self.at_work:
            return []
        self.begun, job = self.jobs[0]
        return [Begun(job)]

    def log_end(self) -> str:
        """Return the end of what the task wrote, or an empty text."""
        return self.log.read_text(errors="replace")[-LOG_END:].strip() if self.log.exists() else ""


def longest_array() -> int:
    """Return how many tasks an array has at most: 1, which needs no array, where a cluster has none."""
    allowed = max_array_size()
    return LONGEST_ARRAY if allowed is None else max(1, min(allowed, LONGEST_ARRAY))


def pack(jobs: Sequence[Any], workers: int, longest: int) -> list[Sequence[Any]]:
    """Cut jobs into as many runs of neighbours as there shall be tasks, which differ by at most one in length.

    Arrays of ``longest`` tasks are then no more than ``workers``, each of which has a worker at least.
    """
    tasks = min(len(jobs), workers * min(TASKS_A_WORKER, longest), max(workers, LONGEST_ARRAY))
    return parts(jobs, tasks)


def parts(sequence: Sequence[Any], number: int) -> list[Sequence[Any]]:
    """Cut a sequence into so many parts, which differ by at most one in length."""
    return [sequence[len(sequence) * k // number : len(sequence) * (k + 1) // number] for k in range(number)]


def submit(
    parameters: dict[str, Any], work: Work, jobs: Sequence[tuple[int, Any]], workers: int, folder: Path
) -> list[Task]:
    """Submit numbered jobs, of which up to ``workers`` run at a time.

    Raises
    ------
    OSError
        Where SLURM does not take them, with what it says.
    """
    import submitit

    longest = longest_array()
    chunks = pack(jobs, workers, longest)
    arrays = parts(chunks, -(-len(chunks) // longest))
    executor = submitit.SlurmExecutor(folder)
    executor.update_parameters(
        **parameters,
        setup=importing_as_here(),
        use_srun=False,  # a task is one process, and srun would give it one processor of those it asked for
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
    """Return shell lines by which a task imports from where this process does, and from nowhere else."""
    path = os.pathsep.join(dict.fromkeys(os.path.abspath(entry) for entry in sys.path))
    return [f"export PYTHONPATH={shlex.quote(path)}", "export PYTHONSAFEPATH=1 PYTHONFAULTHANDLER=1"]


@contextmanager
def refusals() -> Iterator[None]:
    """Turn submitit's errors into one that says what SLURM said."""
    try:
        with redirect_stderr(io.StringIO()):  # submitit prints it as well
            yield
    except RuntimeError as error:
        text = str(error).replace("sbatch: error: ", "").strip()
        raise OSError(f"SLURM does not take the jobs (engine.partition, engine.account and so on): {text}") from error
