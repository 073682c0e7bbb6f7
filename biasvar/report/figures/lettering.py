"""How wide words are in the house type, and how they are set to a width: in lines, and cut only where that fails."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from biasvar.report.style import drawable_only, value_of

LINE_HEIGHT = 1.3
"""Height of a line of type over its size."""

MOST_LINES = 3
HINTING = 1.03
"""Screens set letters at whole pixels: a line may be so many times as wide as the outlines of its letters."""


def width_of(text: str, size: float | None = None) -> float:
    """Return the width of the widest line of a text, in inches; by default in the style's size."""
    family = value_of("font.family")
    return width_in(text, family if isinstance(family, str) else tuple(family), size or value_of("font.size"))


@lru_cache(maxsize=4096)
def width_in(text: str, family: str | tuple[str, ...], size: float) -> float:
    """Return the width of the widest line of a text in a font, in inches."""
    font = FontProperties(family=family if isinstance(family, str) else list(family), size=size)
    widths = [text_to_path.get_text_width_height_descent(line, font, False)[0] for line in text.split("\n")]
    return HINTING * max(widths) / 72


def height_of(text: str, size: float | None = None) -> float:
    """Return the height of all lines of a text, in inches."""
    return (text.count("\n") + 1) * (size or value_of("font.size")) * LINE_HEIGHT / 72


def wrapped(text: str, inches: float, size: float | None = None, most: int = MOST_LINES) -> str:
    """Return a text in lines no wider than ``inches``, at most ``most`` of them for each that it has already.

    Lines break after commas if that does, else between words; what is left over ends in an ellipsis.
    """
    return "\n".join(line for own in text.split("\n") for line in lines_of(own, inches, size, most))


def lines_of(text: str, inches: float, size: float | None, most: int) -> list[str]:
    """Return the lines of a text without line breaks."""
    text = drawable_only(text)
    for pieces in (text.replace(", ", ",\n").split("\n"), text.split(" ")):
        lines = [pieces[0]]
        for piece in pieces[1:]:
            longer = f"{lines[-1]} {piece}"
            lines = [*lines[:-1], longer] if width_of(longer, size) <= inches else [*lines, piece]
        if len(lines) <= most and all(width_of(line, size) <= inches for line in lines):
            return lines
    rest = " ".join(lines[most - 1 :])
    return [cut(line, inches, size) for line in [*lines[: most - 1], *([rest] if rest else [])]]


def cut(text: str, inches: float, size: float | None = None) -> str:
    """Return a text on one line, with an ellipsis in place of the end that ``inches`` have no room for."""
    text = drawable_only(text)
    if len(text) <= 3 or width_of(text[:200], size) <= inches:
        return text[:200]
    fits = [length for length in range(2, min(len(text), 200)) if width_of(f"{text[:length]}…", size) <= inches]
    return f"{text[: max(fits, default=2)].rstrip()}…"


def distinct(names: Sequence[str], inches: float, size: float | None = None, most: int = MOST_LINES) -> list[str]:
    """Return names set to a width so that no two are alike: without what all begin with, or numbered, if need be."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    start = len(list(alike)) if len(set(names)) > 1 else 0
    endings = [f"…{name[start:]}" for name in names]
    for texts in (names, endings):
        found = [wrapped(text, inches, size, most) for text in texts]
        if len(set(found)) == len(set(names)):
            return found
    return [wrapped(f"({number}) {name}", inches, size, most) for number, name in enumerate(names, 1)]
