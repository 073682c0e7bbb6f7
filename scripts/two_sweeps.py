"""Race two sweeps for one folder, again and again.

    python scripts/two_sweeps.py [--rounds 200]

In each round two sweeps of one study start in one folder at the same moment: one must run, and the other exit with 5
and say who holds the folder and since when. In every other round the one that runs is killed in the middle, and two
more race for the lock that it leaves: again one must run. Each round ends with the tables, figures and page of an
undisturbed run byte for byte, and with no member in two shards. The sweeps are forked from a process that has imported
everything, so that they come to the lock within a millisecond of each other, which two commands, of two seconds of
imports each, hardly ever do. Exit code 1 where anything is not as it should be.
"""

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from faults.record import committed, committed_members, differences, strays, trained_twice
from faults.studies import BRIEF, with_engine
from faults.warm import Forked, start_together, wait_for_all, warm_up

STUDY = with_engine(BRIEF, "serial")
HOLDER = re.compile(r"in use by another sweep.*\b(\d+)\b.*\bsince \d{4}-\d\d-\d\d", re.DOTALL)
LONGEST = 60.0  # seconds for a sweep to commit its first shard


def main() -> None:
    """Race as often as asked for, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200, metavar="N", help="how many races [200]")
    options = parser.parse_args()
    warm_up()
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as root:
        reference = Path(root) / "reference"
        [alone] = start_together(STUDY, reference, 1, Path(root) / "alone")
        wait_for_all([alone])
        if alone.code != 0:
            sys.exit(f"an undisturbed sweep ended with {alone.code}:\n{alone.said()}")
        for number in range(options.rounds):
            found = play(Path(root) / f"round_{number}", reference, number % 2 == 1, counts)
            wrong += [f"round {number}: {text}" for text in found]
    print(
        f"{options.rounds} rounds: {counts['races']} races, {counts['refused']} sweeps refused with exit code 5, "
        f"{counts['killed']} killed in the middle and succeeded, {len(wrong)} things wrong"
    )
    print("\n".join(wrong[:50]), file=sys.stderr, end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


def play(folder: Path, reference: Path, kill: bool, counts: Counter[str]) -> list[str]:
    """Play one round, and return what is wrong of it."""
    wrong = []
    kept = committed(folder)
    if kill:
        racers = start_together(STUDY, folder, 2, folder.with_name(f"{folder.name}_first"))
        wrong += kill_the_one_that_runs(racers, folder)
        kept = committed(folder)
        counts["killed"] += 1
        counts["races"] += 1
    racers = start_together(STUDY, folder, 2, folder.with_name(f"{folder.name}_last"))
    wait_for_all(racers)
    counts["races"] += 1
    wrong += refusals(racers, (0, 5))
    counts["refused"] += sum(sweep.code == 5 for sweep in racers) + kill
    wrong += trained_twice(kept, committed(folder), folder) + differences(folder, reference) + strays(folder)
    if committed_members(folder) != committed_members(reference):
        wrong.append("the members that are committed are not those of an undisturbed run")
    return wrong


def kill_the_one_that_runs(racers: list[Forked], folder: Path) -> list[str]:
    """Wait until one of the sweeps is refused and the other trains, and kill that one; return what is wrong."""
    deadline = time.monotonic() + LONGEST
    while not (any(sweep.ended() for sweep in racers) and committed(folder)) and time.monotonic() < deadline:
        time.sleep(0.001)
    for sweep in racers:
        sweep.kill()
    return refusals(racers, (-9, 5))


def refusals(racers: list[Forked], codes: tuple[int, int]) -> list[str]:
    """Return what is wrong of how two sweeps ended, of which one had to run and the other to be refused."""
    first, second = sorted(racers, key=lambda sweep: sweep.code or 0)
    if (first.code, second.code) != codes:
        said = "\n".join(sweep.said() for sweep in racers)
        return [f"they ended with {first.code} and {second.code}, not with {codes[0]} and {codes[1]}:\n{said}"]
    named = HOLDER.search(second.said())
    if named is None or int(named[1]) != first.pid:
        return [f"the second did not say that process {first.pid} holds the folder, and since when:\n{second.said()}"]
    return []


if __name__ == "__main__":
    main()
