"""Kill sweeps again and again, give the same command again, and hold what comes out against an undisturbed run.

    python scripts/kill_and_resume.py [--kills 100] [--seed 0] [--engine thread] [--points]

SIGKILL goes to the whole process group, after delays drawn over the time that an undisturbed run takes. In the end
every table, figure and page must be the undisturbed run's byte for byte, no shard that was committed before a kill may
have been written again, no member may stand in two shards, nothing may be left aside, and no process may be left.
``--points`` kills at each single fsync and rename of a smaller study instead, as any of its threads and processes comes
to it, with strace. Two studies run side by side. Exit code 1 where
anything is not as it should be.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from faults.kill_points import FAMILIES, kill_at_every_point, why_not
from faults.random_kills import kill_and_resume, undisturbed
from faults.studies import LONG, SHORT, with_engine
from faults.tally import Tally

ENGINES = ("serial", "thread", "process", "auto")


def main() -> None:
    """Kill as asked for, and print a line for each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="how many random kills [100]")
    parser.add_argument("--seed", type=int, default=0, help="of the delays [0]")
    parser.add_argument("--engine", choices=ENGINES, help="where jobs run [thread; serial with --points]")
    parser.add_argument("--points", action="store_true", help="kill at every fsync and every rename instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        if options.points:
            tallies = points(Path(root), options.engine or "serial")
        else:
            tallies = [at_random(Path(root), options.engine or "thread", options.kills, options.seed)]
    wrong = [text for tally in tallies for text in tally.wrong]
    print("\n".join(wrong[:50]), file=sys.stderr, end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


def at_random(root: Path, engine: str, kills: int, seed: int) -> Tally:
    """Kill at random moments."""
    arguments = with_engine(LONG, engine)
    reference = undisturbed(arguments, root)
    tally = kill_and_resume(arguments, root, reference, kills, seed)
    print(tally.line(f"{engine}, kills over {reference.seconds:.1f} s"), flush=True)
    return tally


def points(root: Path, engine: str) -> list[Tally]:
    """Kill at every fsync, and at every rename."""
    if reason := why_not(root):
        sys.exit(f"--points needs strace: {reason}")
    arguments = with_engine(SHORT, engine)
    reference = undisturbed(arguments, root)
    tallies = []
    for family in FAMILIES:
        tallies.append(kill_at_every_point(arguments, family, root / family, reference))
        print(tallies[-1].line(f"{engine}, every {family}"), flush=True)
    return tallies


if __name__ == "__main__":
    main()
