"""Contenders: pieces of work that are timed turn by turn, each in a process of its own."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median

READY = "ready"
Work = Callable[[], float]  # does everything once and returns how many units it did


@dataclass(frozen=True)
class Contender:
    """Something to time: ``prepare(*arguments)`` imports, draws data and warms up outside the clock."""

    name: str
    prepare: Callable[..., Work]
    arguments: tuple = ()


@dataclass(frozen=True)
class Turn:
    """One timed piece of work; memory in MB (1e6 bytes), of the process before all turns and at most up to now."""

    units: float
    seconds: float
    memory_before: float
    memory_peak: float

    @property
    def rate(self) -> float:
        """Units a second."""
        return self.units / self.seconds


def take_turns(contenders: Sequence[Contender], repeats: int) -> dict[str, list[Turn]]:
    """Return the turns of each contender: all stand ready, then each works alone, one after the other, repeatedly.

    Whatever slows the machine for a while then slows them all.

    Raises
    ------
    EOFError
        Where a contender's process ended; it has said why.
    """
    with ExitStack() as stack:
        connections = {contender.name: stack.enter_context(process_of(contender)) for contender in contenders}
        for connection in connections.values():
            assert connection.recv() == READY
        turns: dict[str, list[Turn]] = {name: [] for name in connections}
        for _ in range(repeats):
            for name, connection in connections.items():
                connection.send(READY)
                turns[name].append(connection.recv())
    return turns


def median_rates(turns: dict[str, list[Turn]]) -> dict[str, float]:
    """Return the median rate of each contender."""
    return {name: median(turn.rate for turn in taken) for name, taken in turns.items()}


@contextmanager
def process_of(contender: Contender) -> Iterator[Connection]:
    """Start a contender's process, and end it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, contender.prepare, contender.arguments))
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


def serve(connection: Connection, prepare: Callable[..., Work], arguments: tuple) -> None:
    """Prepare, say so, and work whenever told to, until nobody listens."""
    work = prepare(*arguments)
    before = memory("VmRSS")
    connection.send(READY)
    while told(connection):
        started = time.perf_counter()
        units = work()
        connection.send(Turn(units, time.perf_counter() - started, before, memory("VmHWM")))


def told(connection: Connection) -> bool:
    """Wait for the next turn; say whether there is one."""
    try:
        return connection.recv() == READY
    except EOFError:
        return False


def memory(field: str) -> float:
    """Return resident memory in MB, VmRSS now or VmHWM at most; of a process started from here if that is more.

    Where there is no /proc the peak stands for both.
    """
    children = getrusage(RUSAGE_CHILDREN).ru_maxrss if field == "VmHWM" else 0
    if sys.platform == "darwin":
        return max(getrusage(RUSAGE_SELF).ru_maxrss, children) / 1e6
    lines = Path("/proc/self/status").read_text().splitlines()
    (own,) = [int(line.split()[1]) for line in lines if line.startswith(f"{field}:")]
    return max(own, children) * 1024 / 1e6
