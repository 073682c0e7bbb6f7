"""``biasvar verify``: whether a study's numbers, or biasvar's own, can be trusted."""

import math
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say, say_warning

if TYPE_CHECKING:
    from biasvar.api.theory import Number
    from biasvar.results.verification.comparisons import Comparison
    from biasvar.theory.known_studies.check import Check

VERDICTS = {True: "holds", False: "FAILS", None: "not tested"}


@click.command(name="verify")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--self", "own", is_flag=True, help="Check the estimators themselves on generated studies.")
@click.option("--theory", is_flag=True, help="Compare exact results of the field with fresh sweeps (three minutes).")
def command(folder: Path | None, own: bool, theory: bool) -> int:
    """Verify the study in DIR: checksums, members, closure, table, and closed forms where there are some.

    With --self, every estimator is checked against generated studies whose truth is known, and estimators known to be
    wrong must be seen to be. With --theory, about a hundred exact results of the field are compared with sweeps that
    are run for it. Exit code 0 says that all holds, 3 that something does not.
    """
    if folder is None and not own and not theory:
        raise click.UsageError("nothing to verify: give the DIR of a study, --self or --theory")
    verdicts = [verify_self()] if own else []
    verdicts += [verify_theory()] if theory else []
    if folder is not None:
        verdicts.append(verify_folder(folder))
    return COMPLETE if all(verdicts) else FAILED_CELLS


def verify_self() -> bool:
    """Print every check on generated studies; return whether all passed."""
    from biasvar.theory.self_check import self_check

    started = time.perf_counter()
    checks = self_check()
    print_table(("check", "loss", "truth", "measured", "distance", "verdict"), map(row_of_check, checks))
    wrong, controls = sum(not check.passed for check in checks), sum(check.control for check in checks)
    outcome = f"{wrong} of which fail" if wrong else "all hold"
    seconds = time.perf_counter() - started
    say(f"{len(checks) - controls} checks and {controls} controls, {outcome}, in {seconds:.1f} s")
    return wrong == 0


def row_of_check(check: "Check") -> tuple[str, ...]:
    """Return a check's line; the distance is in standard errors, or ``exact`` to rounding."""
    if check.standard_error > 0:
        distance = f"{(check.measured - check.truth) / check.standard_error:+.1f} se"
    else:
        distance = "exact" if abs(check.measured - check.truth) <= check.tolerance else "not exact"
    verdict = ("is caught" if check.passed else "NOT CAUGHT") if check.control else VERDICTS[check.passed]
    return (check.name, check.loss, f"{check.truth:.5f}", f"{check.measured:.5f}", distance, verdict)


def verify_theory() -> bool:
    """Print every number of the theory beside its estimate, study by study; return whether all agree."""
    from biasvar.api.theory import theory_numbers

    started, count, agree = time.perf_counter(), 0, 0
    for family, numbers in groupby(theory_numbers(Unseen()), key=lambda number: number.family):
        found = list(numbers)
        say(f"{family.form}: {family.source}; study=theory/{family.study}")
        print_table(("", "", "theory", "measured", "distance", "interval", "allowed", ""), map(row_of_number, found))
        count, agree = count + len(found), agree + sum(number.agrees for number in found)
    say(f"level 0.99 for all together, {time.perf_counter() - started:.0f} s")
    say(f"{count} numbers, {agree} agree")
    return agree == count


class Unseen:
    """A progress that shows warnings alone."""

    def start(self, total: int, done: int) -> None:
        """Begin."""

    def advance(self, members: int) -> None:
        """Do nothing."""

    def warn(self, message: str) -> None:
        """Show a warning."""
        say_warning(message)


def row_of_number(number: "Number") -> tuple[str, ...]:
    """Return a number's line: half-width and allowance are shares of its value."""
    one = number.comparison
    verdict = "agrees" if number.agrees else "DIFFERS" if number.precise else "NOT PRECISE ENOUGH"
    width, allowed = (f"+-{share / abs(one.truth):.1%}" for share in (one.half_width, one.error))
    about = (one.cell, one.term, f"{one.truth:.5f}", f"{one.measured:.5f}", f"{one.distance:+.1f} se")
    return (*about, width, "exact" if one.exact else allowed, verdict)


def verify_folder(folder: Path) -> bool:
    """Print the findings on a study; return whether everything holds."""
    from biasvar.results.verification.verification import verify_study

    found = verify_study(folder)
    for finding in found.findings:
        say(f"{VERDICTS[finding.holds]:<10}  {finding.subject}: {finding.text}")
    if found.comparisons:
        headers = ("cell", "loss", "term", "measured", "closed form", "distance", "verdict", "")
        print_table(headers, map(row_of_comparison, found.comparisons))
    else:
        say(f"{VERDICTS[None]:<10}  closed forms: none is known for this study")
    untested = found.untested + (not found.comparisons)
    say(f"{found.right} hold, {untested} are not tested, {found.wrong} fail")
    return found.wrong == 0


def row_of_comparison(one: "Comparison") -> tuple[str, ...]:
    """Return a comparison's line: an inexact truth is labelled asymptotic, with the allowed error."""
    truth = "infinite" if math.isinf(one.truth) else f"{one.truth:.5f}"
    distance = "" if math.isnan(one.distance) or one.why else f"{one.distance:+.1f} se"
    note = f"{one.source}, {'exact' if one.exact else 'asymptotic'}"
    if one.why:
        note += f"; {one.why}"
    elif not one.exact:
        note += f", +-{one.error:.2g} allowed"
    return (one.cell, one.loss, one.term, f"{one.measured:.5f}", truth, distance, VERDICTS[one.holds], note)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in columns as wide as their widest entry."""
    lines = [tuple(headers), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        say("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
