"""SIGKILL to a sweep's whole process group at random moments, and the same command again until it finishes."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from faults.record import Committed, committed, committed_members, differences, strays, trained_twice
from faults.sweeps import finish, run_sweep, start_sweep
from faults.tally import Tally

LANES = 2  # studies side by side
MOST = 40  # kills of one study, after which it is let finish


@dataclass(frozen=True)
class Reference:
    """An undisturbed run, and the seconds that it took beside another."""

    folder: Path
    seconds: float
    members: int


def undisturbed(arguments: tuple[str, ...], root: Path) -> Reference:
    """Run the study in each lane at once, as long as it may take, and hold the runs against each other.

    One run goes before them: it compiles, and loads from the disk, what the others find there.

    Raises
    ------
    ArithmeticError
        Where two undisturbed runs differ.
    """
    run_sweep(arguments, root / "first", root / "first.log")
    folders = [root / f"reference_{lane}" for lane in range(LANES)]
    with ThreadPoolExecutor(LANES) as pool:
        seconds = list(pool.map(lambda folder: run_sweep(arguments, folder, folder.with_suffix(".log")), folders))
    for folder in folders[1:]:
        if differences(folder, folders[0]):
            raise ArithmeticError(f"two undisturbed runs differ: {differences(folder, folders[0])}")
    return Reference(folders[0], sum(seconds) / LANES, len(committed_members(folders[0])))


def kill_and_resume(arguments: tuple[str, ...], root: Path, reference: Reference, kills: int, seed: int) -> Tally:
    """Kill the study as often as asked for, in fresh folders as it finishes, in lanes side by side."""
    shares = [(kills + lane) // LANES for lane in range(LANES)]
    total = Tally()
    with ThreadPoolExecutor(LANES) as pool:
        lanes = [
            pool.submit(
                kill_in_lane, arguments, root / f"lane_{lane}", reference, share, random.Random(f"{seed} {lane}")
            )
            for lane, share in enumerate(shares)
        ]
        for lane in lanes:
            total.add(lane.result())
    return total


def kill_in_lane(
    arguments: tuple[str, ...], lane: Path, reference: Reference, kills: int, delays: random.Random
) -> Tally:
    """Kill one study after the other."""
    lane.mkdir()
    tally = Tally()
    while tally.kills.total() < kills:
        most = min(MOST, kills - tally.kills.total())
        one = kill_until_finished(
            arguments, lane / f"study_{tally.studies}", reference, most, lambda: delays.uniform(0, reference.seconds)
        )
        tally.add(one)
    return tally


def kill_until_finished(
    arguments: tuple[str, ...], folder: Path, reference: Reference, most: int, delay: Callable[[], float]
) -> Tally:
    """Kill one study ``most`` times at most, each time ``delay()`` seconds after its start; then let it finish."""
    tally, kept, log = Tally(studies=1), Committed(), folder.with_suffix(".log")
    while True:
        before = length_of_events(folder)
        sweep = start_sweep(arguments, folder, log)
        if tally.kills.total() == most or sweep.finished(delay()):
            finish(sweep, log)
            break
        tally.left += [f"process {pid} outlived its sweep" for pid in sweep.kill()]
        tally.kills[phase(folder, before, reference)] += 1
        now = committed(folder)
        tally.twice += trained_twice(kept, now, folder)
        kept |= now
    tally.twice += trained_twice(kept, committed(folder), folder)
    tally.differences += differences(folder, reference.folder)
    tally.strays += strays(folder)
    return tally


def phase(folder: Path, before: int, reference: Reference) -> str:
    """Return what a killed run was at: it says so when it starts to train, and reports when every member is there."""
    if length_of_events(folder) == before:
        return "starting"
    return "training" if len(committed_members(folder)) < reference.members else "reporting"


def length_of_events(folder: Path) -> int:
    """Return how long the driver's record is."""
    path = folder / "events.jsonl"
    return path.stat().st_size if path.exists() else 0
