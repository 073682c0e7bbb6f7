"""Work that can be sent to another process: it leaves a file, or ends badly."""

import os
import signal
import time
from functools import partial
from pathlib import Path

from biasvar.engines import Begun, Ended, Work


def leave_file(folder, job):
    name, what = job if isinstance(job, tuple) else (job, "")
    if what == "raise":
        raise ValueError(f"job {name} raises")
    if what == "refuse":
        raise OSError(28, "No space left on device")
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "exit":
        os._exit(7)
    if what == "hang":
        time.sleep(60)
    if what == "slow":
        time.sleep(0.3)
    (folder / str(name)).write_text(str(os.getpid()))


def is_there(folder, job):
    return (folder / str(job[0] if isinstance(job, tuple) else job)).exists()


def work_in(folder: Path) -> Work:
    folder.mkdir(exist_ok=True)
    return Work(partial(leave_file, folder), partial(is_there, folder), folder / "log")


def follow(running, jobs, workers, polls=400):
    """Return the events of each kind until every job has ended."""
    running.submit(jobs, workers)
    begun, ended = [], []
    for _ in range(polls):
        for event in running.poll(0.2):
            (begun if isinstance(event, Begun) else ended).append(event)
            assert isinstance(event, Begun | Ended)
        if sum(len(event.jobs) for event in ended) == len(jobs):
            return begun, ended
    raise AssertionError(f"{len(ended)} of {len(jobs)} jobs ended")
