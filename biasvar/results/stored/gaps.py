"""Why replicates of a cell are not used: they diverged, failed, are not trained yet, or leave the grid incomplete."""

from collections import Counter
from collections.abc import Sequence

from biasvar.results.numbers import span
from biasvar.training.outcome import Outcome

MOST_LOSSES = 3  # named in a message: inf, nan, or a finite loss whose outputs were too large or not numbers


def gaps_of(outcomes: Sequence[Outcome | None], used: int) -> str:
    """Return why only ``used`` of the planned members are used (an outcome is None if not stored); empty if all are."""
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
