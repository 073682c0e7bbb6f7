"""A study on a real SLURM whose driver is killed, and of whose tasks one is cancelled and one requeued."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.clusters import Faults, at_work, shards, since_start, wait_until
from faults.record import committed
from faults.sweeps import LONGEST, carries, finish, kill_group, marked, start_sweep

CONFIG = Path(__file__).parent.parent / "slurm_cluster.sh"
WORKERS = 3
ENGINE = ("engine=slurm", f"workers={WORKERS}", "engine.minutes=10", "engine.memory_gb=1")


@contextmanager
def slurm(folder: Path, accounting: bool) -> Iterator[None]:
    """Start a SLURM of one node, which SLURM's commands and sweeps find by the environment, and end it.

    Raises
    ------
    ChildProcessError
        Where it does not start or end, with what its config said.
    """
    config("up", str(folder), *(["--accounting"] if accounting else []))
    os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
    try:
        yield
    finally:
        config("down", str(folder))
        del os.environ["SLURM_CONF"]


def config(*arguments: str) -> None:
    """Run the config."""
    done = subprocess.run([CONFIG, *arguments], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise ChildProcessError(done.stderr)


def disturb_on_slurm(study: tuple[str, ...], reference: Path, folder: Path) -> Faults:
    """Kill the driver once some shards are there, give the command again, and disturb two tasks of that."""
    arguments, log, faults = (*study, *ENGINE), folder.with_suffix(".log"), Faults()
    first = start_sweep(arguments, folder, log)
    wait_until(lambda: shards(folder) >= 2, first, log)
    kill_group(first.process.pid)  # its tasks are no processes of its group, and go on
    first.process.wait()
    faults.injected.append("driver killed")
    kept = committed(folder)
    again = start_sweep(arguments, folder, log)
    wait_until(lambda: at_work(since_start(folder, 2)) >= 2 and len(newest_running()) >= 2, again, log)
    kept |= committed(folder)
    to_requeue = newest_running()[0]
    subprocess.run(["scontrol", "requeue", to_requeue], check=True)
    faults.injected += [f"task {to_requeue} requeued", f"task {cancel_one(again.mark)} cancelled"]
    finish(again, log)
    faults.requeued = restarts_of(to_requeue)
    faults.hold_against(reference, folder, kept)
    return faults


def cancel_one(mark: str) -> str:
    """Cancel the youngest task, held so that it cannot do its last job just then, and return its name.

    Raises
    ------
    ChildProcessError
        Where no task is at work.
    """
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        for task in newest_running()[-1:]:
            if hold(task, mark):
                subprocess.run(["scancel", task], check=True)
                return task
    raise ChildProcessError("there is no task to cancel")


def hold(task: str, mark: str) -> bool:
    """Stop the process of a task; return whether there is one."""
    array, index = task.split("_")
    names = f"SLURM_ARRAY_JOB_ID={array}", f"SLURM_ARRAY_TASK_ID={index}"
    try:
        for pid in marked(mark):
            if Path(f"/proc/{pid}/comm").read_text().startswith("python") and all(carries(pid, name) for name in names):
                os.kill(pid, signal.SIGSTOP)
                return True
    except (FileNotFoundError, ProcessLookupError):
        pass  # it has ended just then
    return False


def newest_running() -> list[str]:
    """Return the running tasks of the array that was submitted last, by SLURM's names, the youngest last."""
    tasks = sorted(tuple(map(int, name.split("_"))) for name in in_queue("--states=RUNNING"))
    return [f"{array}_{index}" for array, index in tasks if array == tasks[-1][0]]


def restarts_of(task: str) -> int:
    """Return how often SLURM has begun a task again."""
    command = ["scontrol", "--oneliner", "show", "job", task]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return int(re.search(r" Restarts=(\d+) ", said)[1])


def in_queue(*options: str) -> list[str]:
    """Return the tasks that wait or run, by SLURM's names."""
    command = ["squeue", "--noheader", "--array", "--format=%F_%K", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
