"""Why replicates of a cell are not used: they diverged, failed, are not trained yet, or do not fill the grid."""

from collections import Counter
from collections.abc import Sequence

from biasvar.results.numbers import span
from biasvar.training.outcome import Outcome

MOST_LOSSES = 3  # are named: inf and nan, or some of which only the outputs were no numbers or too large


def gaps_of(outcomes: Sequence[Outcome | None], used: int) -> str:
    """Return in words why only ``used`` of the planned members (None: not in the store) are used; empty if all are."""
    there = [one for one in outcomes if one is not None]
    diverged = [one for one in there if one.diverged_epoch and not one.error]
    losses = " or ".join(sorted({one.diverged_loss for one in diverged if one.diverged_loss})[:MOST_LOSSES])
    when = f"in epoch {span([one.diverged_epoch for one in diverged])}" if diverged else ""
    reasons = [f"{len(diverged)} diverged ({when}{f', loss {losses}' if losses else ''})"] if diverged else []
    failed = Counter(one.error for one in there if one.error)
    reasons += [f"{count} failed ({error})" for error, count in failed.most_common()]
    absent, usable = len(outcomes) - len(there), sum(one.ok for one in there)
    reasons += [f"{absent} not trained yet"] if absent else []
    reasons += [f"{usable - used} left out with the gaps of the grid of seeds"] if usable > used else []
    return ", ".join(reasons)
