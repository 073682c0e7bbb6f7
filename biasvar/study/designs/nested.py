"""Several resamples inside each of several fresh outer sets, to tell what a resample cannot show."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from biasvar.settings import key
from biasvar.training.member import POOL, Draws

MOST_INNER = 10_000  # also the distance between the numbers of two outer sets' first draws of the other sources


@dataclass(frozen=True)
class Nested:
    """``inner`` training sets are drawn by the resampling scheme from each of ``replicates`` fresh outer sets.

    An outer set is a pool of ``data.n_pool`` rows of the distribution, with its labels. The variance is then the
    variance between outer sets, which a resampling of one pool counts as bias, and that of resamples within one. Every
    other source of variance is drawn anew in each model. The first outer set is the pool that other designs have.
    """

    kind: ClassVar[str] = "nested"
    sources: ClassVar[tuple[str, ...]] = ("outer", "inner")
    groups: ClassVar[tuple[tuple[str, ...], ...]] = (
        (POOL, "label_noise"),
        ("data", "init", "batch_order", "dropout", "augmentation"),
    )

    inner: int = key(
        10,
        "training sets drawn from each of the fresh outer sets, of which there are replicates",
        at_least=2,
        at_most=MOST_INNER,
        hint="the variance within an outer set needs at least 2",
    )

    @property
    def varied(self) -> tuple[str, ...]:
        """Every source that is not fixed: all."""
        return tuple(source for group in self.groups for source in group)

    def sizes(self, replicates: int) -> tuple[int, ...]:
        """Return the lengths of the leading axes of a cell's predictions: (outer sets, training sets in each)."""
        return replicates, self.inner

    def draws(self, replicates: int, active: Collection[str]) -> list[Draws]:
        """Return the draws of each member, outer set by outer set; an inactive source keeps its first draw.

        They do not depend on how many there are of either.
        """
        others = [source for source in self.groups[1] if source in active and source != "data"]
        return [
            Draws(data=inner, **{POOL: outer}, **dict.fromkeys(others, outer * MOST_INNER + inner))
            for outer in range(replicates)
            for inner in range(self.inner)
        ]
