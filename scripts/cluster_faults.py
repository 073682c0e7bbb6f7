"""Disturb a study on a real SLURM and on a real Ray, and hold what comes out against an undisturbed serial run.

    python scripts/cluster_faults.py [--engine slurm|ray|both] [--accounting]

On SLURM the driver is killed in the middle, so that its tasks are left to themselves; the same command is given again,
and while that runs, one of its tasks is cancelled and another requeued. On a Ray of two nodes one node is taken away
while both are at a job. In the end every table, figure and page must be the serial run's byte for byte, no shard that
was committed before a fault may have been written again, and every member must stand in one shard, without an error.
Both clusters are started for this, on loopback, and ended. SLURM needs root (see slurm_cluster.sh). Exit code 1 where
anything is not as it should be.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from faults.clusters import SLOW, Faults
from faults.ray_faults import disturb_on_ray, ray_of_two_nodes
from faults.slurm_faults import disturb_on_slurm, slurm
from faults.sweeps import run_sweep


def main() -> None:
    """Disturb as asked for, and print a line for each engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("slurm", "ray", "both"), default="both", help="which cluster [both]")
    parser.add_argument("--accounting", action="store_true", help="a SLURM that keeps accounts")
    options = parser.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as root:
        reference = Path(root) / "reference"
        run_sweep((*SLOW, "engine=serial"), reference, reference.with_suffix(".log"))
        if options.engine != "ray":
            wrong += told("slurm", on_slurm(Path(root), reference, options.accounting))
        if options.engine != "slurm":
            wrong += told("ray", on_ray(Path(root), reference))
    print("\n".join(wrong[:50]), file=sys.stderr, end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


def on_slurm(root: Path, reference: Path, accounting: bool) -> Faults:
    """Disturb the study on SLURM."""
    with slurm(root / "cluster", accounting):
        return disturb_on_slurm(SLOW, reference, root / "slurm")


def on_ray(root: Path, reference: Path) -> Faults:
    """Disturb the study on Ray."""
    with ray_of_two_nodes() as cluster:
        return disturb_on_ray(SLOW, reference, root / "ray", cluster)


def told(engine: str, faults: Faults) -> list[str]:
    """Print the summary, and return what is wrong."""
    print(faults.line(engine), flush=True)
    return faults.wrong


if __name__ == "__main__":
    main()
