"""SIGKILL at one exact system call of a sweep, and the same command again.

strace holds the process or thread that is first to make its ``call``-th call of a family, before the call is done, and
tells of it in its log; then the whole process group is killed, workers in processes of their own among it. (strace's
own injection of a signal kills one process only, and in some versions none where it filters calls in the kernel,
without which it slows a sweep several times.)
"""

import re
import shutil
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.random_kills import LANES, Reference, phase
from faults.record import committed, differences, strays, trained_twice
from faults.sweeps import LONGEST, Sweep, finish, start_sweep
from faults.tally import Tally

FAMILIES = {"fsync": ("fsync", "fdatasync"), "rename": ("rename", "renameat", "renameat2")}
MOST = 500  # calls of one family in a run of a small study
POLL = 0.01  # seconds


def why_not(folder: Path) -> str:
    """Return why strace cannot hold system calls here, or an empty text."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    command = [*tracer("rename", 1, folder / "strace.log"), "true"]
    probe = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"strace cannot trace here: {probe.stderr.strip()}" if probe.returncode else ""


def tracer(family: str, call: int, log: Path) -> tuple[str, ...]:
    """Return the start of a command that is held at the ``call``-th call of a family in any of its threads."""
    calls = ",".join(FAMILIES[family])
    hold = f"inject={calls}:delay_enter={LONGEST:.0f}s:when={call}"
    return ("strace", "-f", "--seccomp-bpf", "-qq", "-o", str(log), "-e", f"trace={calls}", "-e", hold)


def calls_begun(family: str, log: Path) -> int:
    """Return how many calls of a family the thread that made the most has begun, by strace's log."""
    begun = re.compile(rf"^(\d+) +(?:{'|'.join(FAMILIES[family])})\(", re.MULTILINE)
    text = log.read_text(errors="replace") if log.exists() else ""
    return max(Counter(begun.findall(text)).values(), default=0)


def kill_at_every_point(arguments: tuple[str, ...], family: str, root: Path, reference: Reference) -> Tally:
    """Kill at call 1, 2, ... until a run survives; every other call in each lane."""
    total = Tally()
    root.mkdir()
    with ThreadPoolExecutor(LANES) as pool:
        firsts = range(1, LANES + 1)
        lanes = [pool.submit(kill_at_points, arguments, family, root, reference, first) for first in firsts]
        for lane in lanes:
            total.add(lane.result())
    return total


def kill_at_points(arguments: tuple[str, ...], family: str, root: Path, reference: Reference, first: int) -> Tally:
    """Kill at every ``LANES``-th call from ``first`` on, until a run survives.

    Raises
    ------
    ChildProcessError
        Where runs make more such calls than a small study can.
    """
    tally = Tally()
    for call in range(first, MOST, LANES):
        one = kill_at(arguments, family, call, root / f"{family}_{call}", reference)
        tally.add(one)
        if not one.kills:
            return tally
    raise ChildProcessError(f"no run has survived {MOST} kills at {family}")


def kill_at(arguments: tuple[str, ...], family: str, call: int, folder: Path, reference: Reference) -> Tally:
    """Kill a run at one call, if it makes that many, and give the same command again; say what came of it."""
    tally, log, traced = Tally(studies=1), folder.with_suffix(".log"), folder.with_suffix(".strace")
    sweep = start_sweep(arguments, folder, log, tracer(family, call, traced))
    held = wait_until_held(sweep, family, call, traced)
    tally.left += [f"process {pid} outlived its sweep" for pid in sweep.kill()]
    kept = committed(folder)
    if held:
        tally.kills[phase(folder, 0, reference)] += 1
        sweep = start_sweep(arguments, folder, log)
    finish(sweep, log)
    tally.twice += trained_twice(kept, committed(folder), folder)
    tally.differences += differences(folder, reference.folder)
    tally.strays += strays(folder)
    return tally


def wait_until_held(sweep: Sweep, family: str, call: int, log: Path) -> bool:
    """Return True once the sweep is held at the call, and False where it ends before.

    Raises
    ------
    ChildProcessError
        Where it does neither for too long.
    """
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        ended = sweep.finished(POLL)
        if calls_begun(family, log) >= call:
            return True
        if ended:
            return False
    sweep.kill()
    raise ChildProcessError(f"a traced sweep neither ended nor came to call {call} of {family}")
