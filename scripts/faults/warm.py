"""Sweeps forked from a process that has imported everything: they start within a millisecond of each other.

A sweep of its own spends two seconds on imports and comes to the lock whenever these are over, by tens of milliseconds
sooner or later than another; a forked one has only the lock ahead of it. Nothing may have started a thread before the
fork, so that linear algebra and pyarrow's memory are told to keep to one before they are imported.
"""

import importlib
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from faults.sweeps import LONGEST, kill_group

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1") | {
    "JE_ARROW_MALLOC_CONF": "background_thread:false"
}
NEEDED = ("cli.main", "cli.sweep", "cli.compose", "cli.report", "cli.progress", "report", "study.run")


def warm_up() -> None:
    """Import what a sweep imports.

    Raises
    ------
    RuntimeError
        Where that has started threads, which a fork would lose.
    """
    os.environ.update(ONE_THREAD)
    for name in NEEDED:
        importlib.import_module(f"biasvar.{name}")
    threads = os.listdir("/proc/self/task")
    if len(threads) > 1:
        raise RuntimeError(f"imports have started {len(threads) - 1} threads, so that nothing can be forked")


@dataclass
class Forked:
    """A sweep that was forked, and the file that holds what it says; it leads a process group of its own."""

    pid: int
    log: Path
    code: int | None = None

    def ended(self) -> bool:
        """Return whether it has ended, and keep its exit code: negative for a signal."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def kill(self) -> None:
        """End it and its group at once."""
        if not self.ended():
            kill_group(self.pid)
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)

    def said(self) -> str:
        """Return what it has printed."""
        return self.log.read_text()


def start_together(arguments: tuple[str, ...], folder: Path, count: int, logs: Path) -> list[Forked]:
    """Fork sweeps of one study into one folder, and let all of them go at once."""
    gate, open_gate = os.pipe()
    sweeps = []
    for number in range(count):
        log = logs.with_name(f"{logs.name}_{number}.log")
        pid = os.fork()
        if pid == 0:
            os.close(open_gate)
            be_a_sweep(gate, [*arguments, "--out", str(folder)], log)
        sweeps.append(Forked(pid, log))
    os.close(gate)
    os.close(open_gate)  # the gate reads as ended in all of them at this moment
    return sweeps


def be_a_sweep(gate: int, arguments: list[str], log: Path) -> None:
    """Wait for the gate, then be ``biasvar sweep`` and exit as it does: never returns."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        into = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        os.dup2(into, 1)
        os.dup2(into, 2)
        sys.argv = ["biasvar", "sweep", *arguments]
        os.read(gate, 1)
        importlib.import_module("biasvar.cli.main").main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait_for_all(sweeps: list[Forked]) -> None:
    """Wait until all have ended; those that do not are killed."""
    deadline = time.monotonic() + LONGEST
    while not all(sweep.ended() for sweep in sweeps) and time.monotonic() < deadline:
        time.sleep(0.005)
    for sweep in sweeps:
        sweep.kill()
