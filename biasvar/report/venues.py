"""Venues: the width of their columns and the size of their type, for figures that are set at their natural size."""

from collections.abc import Mapping
from dataclasses import dataclass

SIZES = ("font.size", "axes.labelsize", "axes.titlesize")
SMALL = ("xtick.labelsize", "ytick.labelsize", "legend.fontsize")


@dataclass(frozen=True)
class Venue:
    """The width of a column in inches, and the sizes of type in points: of names and titles, and of numbers."""

    width: float
    type_size: float
    small_size: float
    source: str

    @property
    def settings(self) -> Mapping[str, float]:
        """The sizes as matplotlib's parameters."""
        return dict.fromkeys(SIZES, self.type_size) | dict.fromkeys(SMALL, self.small_size)


VENUES = {
    "icml": Venue(3.25, 8, 7, "ICML's style: two columns of 3.25 inches, captions in 9 points"),
    "neurips": Venue(5.5, 9, 8, "NeurIPS' style: one column of 5.5 inches, text in 10 points"),
    "jmlr": Venue(6.0, 9, 8, "JMLR's style: text of 6 inches, in 11 points"),
    "nature": Venue(3.5, 7, 6, "Nature's guide to figures: one column of 89 mm, type of 5 to 7 points"),
}
"""By name. Widths are those of the venues' style files and guides; type is a point or two below their text's."""
