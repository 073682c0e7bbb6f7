"""Ending the SLURM tasks of a killed driver, whatever engine the study resumes with."""

import hashlib
import shutil
import time
from pathlib import Path

from biasvar.engines.slurm_commands import answer, cancel, ours

ENDING = 60.0  # seconds for cancelled tasks to end
POLL = 0.5  # seconds


def name_of(folder: Path) -> str:
    """Return the name of all tasks of a run in a folder, by which a later run finds them."""
    return f"biasvar-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]}"


def end_earlier(folder: Path) -> None:
    """Cancel the tasks of an earlier run, and wait until they have ended: they would still write files.

    Raises
    ------
    OSError
        If SLURM is missing or does not answer, or the tasks do not end.
    """
    if any(folder.glob("slurm-*/*.pkl")):
        end_tasks(folder)
    for earlier in folder.glob("slurm-*"):
        shutil.rmtree(earlier, ignore_errors=True)


def end_tasks(folder: Path) -> None:
    """Cancel the tasks of a folder, and wait for their end."""
    name = name_of(folder)
    if shutil.which("scancel") is None:
        raise OSError(
            f"{folder} says that tasks of an earlier sweep may be at work on SLURM, and there is no scancel here: "
            f"run `scancel --name={name}` where there is, then remove {folder}"
        )
    cancel(name)
    end = time.monotonic() + ENDING
    while answer("squeue", "--noheader", *ours(name)).strip():
        if time.monotonic() > end:
            raise OSError(f"SLURM does not end the tasks {name} of an earlier sweep")
        time.sleep(POLL)
