"""Why replicates of a cell are not used: they diverged, failed, are not trained yet, or do not fill the grid."""

from collections import Counter
from collections.abc import Sequence

from biasvar.results.numbers import span
from biasvar.study.store.shard import Entry

MOST_LOSSES = 3  # are named: inf and nan, or some of which only the outputs were no numbers or too large


def gaps_of(entries: Sequence[Entry | None], used: int) -> str:
    """Return in words why only ``used`` of the planned members (None: not in the store) are used; empty if all are."""
    there = [entry for entry in entries if entry is not None]
    diverged = [entry for entry in there if entry.diverged_epoch and not entry.error]
    losses = " or ".join(sorted({entry.diverged_loss for entry in diverged if entry.diverged_loss})[:MOST_LOSSES])
    when = f"in epoch {span([entry.diverged_epoch for entry in diverged])}" if diverged else ""
    said = [f"{len(diverged)} diverged ({when}{f', loss {losses}' if losses else ''})"] if diverged else []
    failed = Counter(entry.error for entry in there if entry.error)
    said += [f"{count} failed ({error})" for error, count in failed.most_common()]
    absent, usable = len(entries) - len(there), sum(entry.ok for entry in there)
    said += [f"{absent} not trained yet"] if absent else []
    said += [f"{usable - used} left out with the gaps of the grid of seeds"] if usable > used else []
    return ", ".join(said)
