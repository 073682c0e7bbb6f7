"""Every draw of each source of randomness with every draw of the others, to attribute the variance to sources."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from biasvar.settings import key
from biasvar.training.member import Draws
from biasvar.training.sources import SOURCES_OF_VARIANCE


@dataclass(frozen=True)
class Crossed:
    """A member for each combination of ``seeds`` draws of each entry of ``vary``; sources not listed are fixed.

    An entry is a source, or several joined by ``+`` that are drawn together and named after the first. By default the
    sources that make a training set are crossed with the other sources. A random-effects analysis (Searle, Casella,
    McCulloch 1992) splits the variance by source and by interactions of sources. With three entries a cell has seeds^3
    members.
    """

    kind: ClassVar[str] = "crossed"

    vary: tuple[str, ...] = key(
        ("data+label_noise", "init+batch_order+dropout+augmentation"),
        "sources of variance that are crossed, the slowest first; those joined by + are drawn together",
        choices=SOURCES_OF_VARIANCE,
        joined=True,
    )
    seeds: int = key(
        10,
        "draws of each crossed source, in place of replicates",
        at_least=2,
        hint="variance needs at least 2 of each",
    )

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the leading axes of a cell's predictions: the first source of each entry."""
        return tuple(group[0] for group in self.groups)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The sources that are drawn together, one tuple per axis."""
        return tuple(tuple(entry.split("+")) for entry in self.vary)

    @property
    def varied(self) -> tuple[str, ...]:
        """Every source that is not fixed."""
        return tuple(source for group in self.groups for source in group)

    def sizes(self, replicates: int) -> tuple[int, ...]:
        """Return the lengths of the leading axes of a cell's predictions: (I, J, ...)."""
        return (self.seeds,) * len(self.vary)

    def draws(self, replicates: int, active: Collection[str]) -> list[Draws]:
        """Return the draws of each member in C order of the axes: the last source varies fastest.

        An inactive source keeps its first draw.
        """
        groups = [[source for source in group if source in active] for group in self.groups]
        found = []
        for numbers in product(range(self.seeds), repeat=len(self.vary)):
            pairs = zip(groups, numbers, strict=True)
            found.append(Draws(**{source: number for group, number in pairs for source in group}))
        return found
