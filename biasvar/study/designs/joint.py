"""All sources of randomness vary at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biasvar.settings import key
from biasvar.training.member import VARIED, Draws

if TYPE_CHECKING:
    from biasvar.study.config import Study


@dataclass(frozen=True)
class Joint:
    """Each replicate draws every source in ``vary`` anew; the others are held at their first draw.

    The variance is that of all of them together. The variance of a source that is held is not in it: it sits in bias
    squared.
    """

    kind: ClassVar[str] = "joint"
    sources: ClassVar[tuple[str, ...]] = ("replicate",)

    vary: tuple[str, ...] = key(
        VARIED, "sources of randomness that each replicate draws anew", choices=VARIED, joined=True
    )

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The sources that are drawn together: all that vary."""
        return (self.varied,)

    @property
    def varied(self) -> tuple[str, ...]:
        """Every source that is not held."""
        return tuple(source for entry in self.vary for source in entry.split("+"))

    def sizes(self, study: "Study") -> tuple[int, ...]:
        """Return the lengths of the leading axes of a cell's predictions: (R,)."""
        return (study.replicates,)

    def draws(self, study: "Study") -> list[Draws]:
        """Return the draws of each replicate, in order."""
        return [Draws.joint(replicate, self.varied) for replicate in range(study.replicates)]
