"""Measure biasvar against the loops that it takes the place of, side by side on this machine.

    python scripts/benchmark.py [--only NAME] [--repeats 3]

NAME is a part of a row's name, or one of ``help``, ``tiny fits``, ``growth`` and ``readouts``. The tables are Markdown,
for the README.

(a) is the loop that people write: one model at a time, batches from a DataLoader, or scikit-learn's ``Ridge``, with
as many threads as cores and with one. (c) is the best that they can do with little more care: a process a core of one
thread each, which has been started before the clock, and batches by index. Both may train fewer models than ours:
rates are compared, of steps of one model's optimiser, of fits or of images. Ours is training as a sweep does it, from
drawing the rows to predictions at the evaluation points, once its jobs are planned. Gemm is torch's product of
matrices of 2,048 x 2,048 with as many threads as cores. MB are those of our process at most.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks import convnet, decomposition, growth, mlp, processes, readouts, ridge, workload
from benchmarks.machine import description
from benchmarks.table import markdown

Rows = list[list[str]]
FAMILIES = (mlp, ridge, convnet, decomposition)


def main() -> None:
    """Run what was asked for, and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="NAME", help="run only rows with this in their name")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="repetitions of everything [3]")
    options = parser.parse_args()
    tables: dict[tuple[str, ...], Rows] = {}
    for name, header, measure in parts():
        if options.only in name:
            print(name, file=sys.stderr, flush=True)
            rows = measure(options.repeats)
            print(markdown(header, rows), file=sys.stderr, flush=True)  # kept, should it be interrupted
            tables.setdefault(header, []).extend(rows)
    for header, rows in tables.items():
        print(markdown(header, rows), end="\n\n")
    print(description(options.repeats))


def parts() -> Iterator[tuple[str, tuple[str, ...], Callable[[int], Rows]]]:
    """Yield the name of everything that can be measured, the header of its table, and what gives rows of it."""
    for family in FAMILIES:
        for one in family.workloads():
            yield one.name, workload.HEADER, lambda repeats, one=one: [one.measure(repeats)]
    yield "help", processes.HEADER, lambda repeats: [processes.help_row(repeats)]
    yield "tiny fits", processes.HEADER, lambda repeats: [processes.tiny_fits_row(processes.TINY, repeats)]
    yield "growth", growth.HEADER, lambda repeats: growth.rows(growth.MEMBERS, growth.POINTS, repeats)
    yield "readouts", readouts.HEADER, lambda repeats: readouts.rows(readouts.STUDIES, repeats)


if __name__ == "__main__":
    main()
