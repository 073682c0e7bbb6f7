"""A SLURM of one node, for tests, and jobs for it that can tell how often they were done."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

import biasvar
from biasvar.engines import Begun, Work

RECIPE = Path(biasvar.__file__).parent.parent / "scripts" / "slurm_cluster.sh"


@contextmanager
def slurm_cluster(folder, *options):
    """Yield the settings file of a cluster, which lives as long as the block."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a SLURM: slurmd runs jobs as the users who submit them")
    needed = ["slurmctld", "slurmd", "munged", *(["slurmdbd", "mariadbd"] if options else [])]
    absent = [command for command in needed if shutil.which(command) is None]
    if absent:
        pytest.skip(f"there is no {', '.join(absent)} here to start a SLURM with")
    try:
        up = subprocess.run([RECIPE, "up", folder, *options], capture_output=True, text=True, timeout=300)
        assert up.returncode == 0, up.stderr
        yield up.stdout.strip().removeprefix("export SLURM_CONF=")
    finally:
        down = subprocess.run([RECIPE, "down", folder], capture_output=True, text=True, timeout=300)
        assert down.returncode == 0, down.stderr


def in_queue():
    """Return the tasks that wait or run, in one text."""
    return subprocess.run(["squeue", "--noheader", "--array"], capture_output=True, text=True, check=True).stdout


def wait_until(holds, seconds=30.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        time.sleep(0.1)


def poll_until(running, holds, seconds=30.0):
    """Poll until a condition holds; return the events."""
    events = []
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds; {in_queue()}"
        events += running.poll(0.2)
    return events


def count_then_leave_file(folder, job):
    """Note that the job began; a job named hang-once waits for ever the first time, one named hang every time."""
    with open(folder / f"{job}.begun", "a") as stream:
        stream.write("x")
    if job.startswith("hang") and (times_begun(folder, job) == 1 or "once" not in job):
        time.sleep(300)
    (folder / f"{job}.done").touch()


def times_begun(folder, job):
    path = folder / f"{job}.begun"
    return len(path.read_text()) if path.exists() else 0


def is_done(folder, job):
    return (folder / f"{job}.done").exists()


def counting_work(folder):
    return Work(partial(count_then_leave_file, folder), partial(is_done, folder), folder / "log")


def follow_until_done(running, work, jobs, workers, polls=300):
    """Submit jobs, and again what ends undone, as a driver does; return the events of each kind."""
    running.submit(jobs, workers)
    begun, ended = [], []
    for _ in range(polls):
        for event in running.poll(0.2):
            (begun if isinstance(event, Begun) else ended).append(event)
            again = [] if isinstance(event, Begun) else [job for job in event.jobs if not work.done(job)]
            if again:
                running.submit(again, workers)
        if all(work.done(job) for job in jobs) and {job for event in ended for job in event.jobs} >= set(jobs):
            return begun, ended
    raise AssertionError(f"not done: {[job for job in jobs if not work.done(job)]}; {in_queue()}")
