"""All sources of variance vary at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from biasvar.settings import key
from biasvar.training.member import Draws
from biasvar.training.sources import SOURCES_OF_VARIANCE


@dataclass(frozen=True)
class Joint:
    """Each replicate draws every source in ``vary`` anew; the others are fixed at their first draw.

    The variance is that of all of them together. It does not include the variance of a fixed source, which is part of
    bias squared.
    """

    kind: ClassVar[str] = "joint"
    sources: ClassVar[tuple[str, ...]] = ("replicate",)

    vary: tuple[str, ...] = key(
        tuple(SOURCES_OF_VARIANCE),
        "sources of variance that each replicate draws anew",
        choices=SOURCES_OF_VARIANCE,
        joined=True,
    )

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The sources that are drawn together: all that vary."""
        return (self.varied,)

    @property
    def varied(self) -> tuple[str, ...]:
        """Every source that is not fixed."""
        return tuple(source for entry in self.vary for source in entry.split("+"))

    def sizes(self, replicates: int) -> tuple[int, ...]:
        """Return the lengths of the leading axes of a cell's predictions: (R,)."""
        return (replicates,)

    def draws(self, replicates: int, active: Collection[str]) -> list[Draws]:
        """Return the draws of each replicate, in order; an inactive source keeps its first draw."""
        varied = [source for source in self.varied if source in active]
        return [Draws.joint(replicate, varied) for replicate in range(replicates)]
