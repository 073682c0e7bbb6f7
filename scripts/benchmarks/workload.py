"""A workload: one row of the table, in which ours and the baselines do the same work."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.contenders import Contender, median_rates, take_turns

HEADER = (
    "workload", "unit", "ours, unit/s", "(a)", "(a) 1 thread", "(c)",
    "ours/(a)", "ours/(c)", "GFLOP/s", "% of gemm", "peak MB",
)  # fmt: skip


@dataclass(frozen=True)
class Workload:
    """What is done, in which units, how many floating-point operations each takes (0: not counted), and by whom.

    Contenders are named ``ours``, ``a`` (one model at a time), ``a1`` (on one thread), ``c`` (a process a core) and
    ``peak`` (the limit of matrix products).
    """

    name: str
    unit: str
    flops: float
    contenders: Sequence[Contender]

    def measure(self, repeats: int) -> list[str]:
        """Return the row of the table: medians of repeats, and the better of (a) with all threads and with one."""
        turns = take_turns(self.contenders, repeats)
        rate = median_rates(turns)
        serial = max((rate[name] for name in ("a", "a1") if name in rate), default=0.0)
        work = rate["ours"] * self.flops
        # The limit is the best that was seen.
        limit = max((turn.rate for turn in turns.get("peak", ())), default=0.0)
        return [
            self.name,
            self.unit,
            *(shown(rate.get(name, 0.0)) for name in ("ours", "a", "a1", "c")),
            shown(rate["ours"] / serial if serial else 0.0),
            shown(rate["ours"] / rate["c"] if "c" in rate else 0.0),
            shown(work / 1e9),
            shown(100 * work / limit if limit else 0.0),
            shown(turns["ours"][-1].memory_peak),
        ]


def shown(value: float) -> str:
    """Return a number to three digits, a dash for what was not measured."""
    if not value:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
