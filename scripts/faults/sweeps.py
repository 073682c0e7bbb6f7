"""Sweeps as processes that can be killed whole: each leads a session of its own and carries a mark."""

import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

BIASVAR = (sys.executable, "-c", "from biasvar.cli.main import main; main()")
MARK = "BIASVAR_FAULTS_MARK"
LONGEST = 300.0  # seconds that any sweep here may take
DYING = 10.0  # seconds within which every process of a killed sweep is gone


@dataclass
class Sweep:
    """A running sweep; ``mark`` stands in the environment of each of its processes, whatever group they are in."""

    process: subprocess.Popen
    mark: str

    def finished(self, seconds: float) -> bool:
        """Wait so long at most; return whether it has ended."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> list[int]:
        """Kill its process group at once, and return the processes that outlive it, having ended them too."""
        kill_group(self.process.pid)
        self.process.wait(DYING)
        left = processes_left(self.mark)
        for pid in left:
            kill_process(pid)
        return left


def start_sweep(arguments: tuple[str, ...], folder: Path, log: Path, tracer: tuple[str, ...] = ()) -> Sweep:
    """Start ``biasvar sweep`` into ``folder``; what it says is appended to ``log``."""
    mark = uuid.uuid4().hex
    with open(log, "ab") as said:
        process = subprocess.Popen(
            [*tracer, *BIASVAR, "sweep", *arguments, "--out", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=os.environ | {MARK: mark},
            start_new_session=True,
            # A shell starts background jobs with Ctrl-C ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    return Sweep(process, mark)


def run_sweep(arguments: tuple[str, ...], folder: Path, log: Path) -> float:
    """Run a sweep to its end, and return the seconds that it took.

    Raises
    ------
    ChildProcessError
        Where it fails or does not end, with what it said.
    """
    started = time.monotonic()
    finish(start_sweep(arguments, folder, log), log)
    return time.monotonic() - started


def finish(sweep: Sweep, log: Path) -> None:
    """Wait for a sweep that must succeed.

    Raises
    ------
    ChildProcessError
        Where it fails or does not end, with what it said.
    """
    if not sweep.finished(LONGEST):
        sweep.kill()
        raise ChildProcessError(f"a sweep did not end within {LONGEST:.0f} s; it said:\n{log.read_text()}")
    if sweep.process.returncode != 0:
        raise ChildProcessError(f"a sweep ended with {sweep.process.returncode}; it said:\n{log.read_text()}")


def processes_left(mark: str) -> list[int]:
    """Return the processes with this mark that are still there after a while that is enough for each to die."""
    deadline = time.monotonic() + DYING
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def marked(mark: str) -> list[int]:
    """Return the living processes that carry this mark; zombies have lost their environment and are not seen."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if carries(pid, f"{MARK}={mark}")]


def carries(pid: int, entry: str) -> bool:
    """Return whether a process has this entry in its environment."""
    try:
        return entry.encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def kill_group(leader: int) -> None:
    """Kill a process group at once, if it is still there."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_process(pid: int) -> None:
    """Kill one process, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
