"""Compare every exact result with fresh sweeps, as ``biasvar verify --theory`` does, and write docs/theory.md.

    python scripts/theory.py

Takes about three minutes on two cores.
"""

import platform
from itertools import groupby
from pathlib import Path

import numpy as np

from biasvar.api.theory import Number, theory_numbers
from biasvar.version import __version__

PAGE = Path(__file__).resolve().parent.parent / "docs" / "theory.md"
HEAD = """# Theory

`biasvar verify --theory` (or `make theory`) trains the studies `theory/NAME` and compares what they measure with exact
results of the field. It needs no data, and about three minutes on two cores. A number agrees if it lies in the interval
of its estimate, and if that interval is narrow: its half-width is at most 3% of the value. Asymptotic results
have an allowance for finite sizes, of at most 3% too. Intervals are simultaneous: with the probability 0.99
all of them hold the truth. The tests multiply every formula by 1.1 and by 0.9, and some number catches it each time.

`biasvar verify DIR` makes the same comparisons for a study of your own, where a closed form applies. To try another
setting, change `study=theory/NAME` on the command line.
"""


class Printed:
    """A progress that prints warnings alone."""

    def start(self, total: int, done: int) -> None:
        """Begin."""

    def advance(self, members: int) -> None:
        """Do nothing."""

    def warn(self, message: str) -> None:
        """Print a warning."""
        print(message, flush=True)


def main() -> None:
    """Write the page."""
    text, count, agree = [HEAD], 0, 0
    for family, numbers in groupby(theory_numbers(Printed()), key=lambda number: number.family):
        found = list(numbers)
        print(family.form, flush=True)
        text += [f"## {family.form}", "", f"{family.source}. `study=theory/{family.study}`", ""]
        text += ["| cell | quantity | theory | measured | half-width | allowance | |", "|---|---|---|---|---|---|---|"]
        text += [*map(row_of, found), ""]
        count, agree = count + len(found), agree + sum(number.agrees for number in found)
    versions = f"biasvar {__version__}, Python {platform.python_version()}, numpy {np.__version__}"
    text.append(f"{count} numbers, {agree} agree ({versions}).")
    PAGE.write_text("\n".join(text) + "\n")


def row_of(number: Number) -> str:
    """Return a number's row."""
    one = number.comparison
    width, allowance = (f"{share / abs(one.truth):.1%}" for share in (one.half_width, one.error))
    verdict = "agrees" if number.agrees else "differs" if number.precise else "not precise"
    allowed = "exact" if one.exact else allowance
    return f"| {one.cell} | {one.term} | {one.truth:.5g} | {one.measured:.5g} | {width} | {allowed} | {verdict} |"


if __name__ == "__main__":
    main()
