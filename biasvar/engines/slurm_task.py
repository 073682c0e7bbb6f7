"""What a task of a job array does on its node: its jobs, one after the other. What it has to say it leaves as files."""

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

STOP = "stop"  # a file that says: begin no further job
START_UP = 30.0  # seconds that a task's time limit counts before its first job, and after its last


def run_task(work: Work, jobs: Sequence[tuple[int, Any]], folder: Path, minutes: int) -> None:
    """Do numbered jobs that are not done, as far as the time limit allows: what is left goes to another task.

    It may begin again from the start, as after a preemption. It never returns: what submitit would do then is to write
    a pickle of the result, which nobody reads.
    """
    # submitit's handlers would survive SIGTERM, and hand a warning of SLURM's to the job as an error.
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
    """Do a job; leave a file that says why it could not be done."""
    try:
        work.do(job)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        write_failure(failure, error)


def failure_file(folder: Path, number: int) -> Path:
    """Return where it stands why a job failed."""
    return folder / f"{number}.failure.json"


def write_failure(path: Path, error: Exception) -> None:
    """Write what there is to know of an error, whole or not at all."""
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
    """Return an error like the one that was written, of its nearest built-in type, and its traceback."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if "errno" in content:
        return OSError(content["errno"], content["strerror"], content["filename"]), content["traceback"]
    cls = getattr(builtins, content["type"], None)
    if isinstance(cls, type) and issubclass(cls, Exception):
        try:
            return cls(content["text"]), content["traceback"]
        except TypeError:
            pass  # UnicodeDecodeError and its like are made of more than a text
    return RuntimeError(f"{content['type']}: {content['text']}"), content["traceback"]
