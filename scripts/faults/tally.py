"""What came of killing sweeps."""

from collections import Counter
from dataclasses import dataclass, field

PHASES = ("starting", "training", "reporting")


@dataclass
class Tally:
    """Counts, and a text for everything that should not be."""

    kills: Counter[str] = field(default_factory=Counter)
    studies: int = 0
    twice: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Add what came of others."""
        self.kills += other.kills
        self.studies += other.studies
        for name in ("twice", "differences", "strays", "left"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def wrong(self) -> list[str]:
        """Everything that should not be."""
        return [*self.twice, *self.differences, *self.strays, *self.left]

    def line(self, name: str) -> str:
        """Return the summary in a line."""
        phases = ", ".join(f"{self.kills[phase]} {phase}" for phase in PHASES)
        return (
            f"{name}: {self.kills.total()} kills ({phases}), {self.studies} studies finished, "
            f"{len(self.twice)} members trained twice, {len(self.differences)} files that differ, "
            f"{len(self.strays)} stray files, {len(self.left)} processes left"
        )
