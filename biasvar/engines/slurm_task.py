"""The work of a task of a job array on its node: its jobs, one after another. Its reports are files."""

import builtins
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from traceback import format_exception
from typing import Any

from biasvar.engines.engine import Work

STOP = "stop"  # a file that means: start no further job
START_UP = 30.0  # seconds reserved by the time limit before the first job, and after the last


def run_task(work: Work, jobs: Sequence[tuple[int, Any]], folder: Path, minutes: int) -> None:
    """Do numbered jobs that are not done, as far as the time limit allows: another task does the rest.

    It may start over, as after a preemption. It never returns, because submitit would then pickle the result, which
    nobody reads.
    """
    # submitit's handlers would survive SIGTERM, and turn a warning of SLURM's into an error of the job.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    end = time.monotonic() + 60 * minutes - START_UP
    longest = 0.0
    work.begin()
    for number, job in jobs:
        started = time.monotonic()
        if (folder / STOP).exists() or started + longest > end:
            break
        failure = failure_file(folder, number)
        if not failure.exists() and not work.done(job):
            attempt(work, job, failure)
            longest = max(longest, time.monotonic() - started)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def attempt(work: Work, job: Any, failure: Path) -> None:
    """Do a job; on failure write a file with the reason."""
    try:
        work.do(job)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        write_failure(failure, error)


def failure_file(folder: Path, number: int) -> Path:
    """Return the file with the reason why a job failed."""
    return folder / f"{number}.failure.json"


def write_failure(path: Path, error: Exception) -> None:
    """Write the details of an error, completely or not at all."""
    plain = next(cls for cls in type(error).__mro__ if cls.__module__ == "builtins")
    text = str(error) if plain is type(error) else f"{type(error).__name__}: {error}"
    content: dict[str, Any] = {"type": plain.__name__, "text": text, "traceback": "".join(format_exception(error))}
    if isinstance(error, OSError) and error.errno is not None:
        content |= {"errno": error.errno, "strerror": error.strerror}
        content |= {"filename": None if error.filename is None else str(error.filename)}
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.write_text(json.dumps(content), encoding="utf-8")
    os.replace(aside, path)


def read_failure(path: Path) -> tuple[Exception, str]:
    """Return an error like the written one, of its nearest built-in type, and its traceback."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if "errno" in content:
        return OSError(content["errno"], content["strerror"], content["filename"]), content["traceback"]
    cls = getattr(builtins, content["type"], None)
    if isinstance(cls, type) and issubclass(cls, Exception):
        try:
            return cls(content["text"]), content["traceback"]
        except TypeError:
            pass  # UnicodeDecodeError and the like need more than a text
    return RuntimeError(f"{content['type']}: {content['text']}"), content["traceback"]
