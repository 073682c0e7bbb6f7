"""What a claim may expect, and what each expectation needs to be stated."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Expectation:
    """How a claim of one kind is written.

    ``at`` and ``compare`` are the fewest and the most cells that it lists there, (0, 0) where it takes none. It lists
    one of both. ``value`` and ``within`` say whether it needs that number: ``must``, ``may`` or ``never``.
    """

    meaning: str
    at: tuple[int, int] = (0, 0)
    compare: tuple[int, int] = (0, 0)
    value: str = "never"
    within: str = "never"


MANY = 1000
EXPECTATIONS: Mapping[str, Expectation] = {
    "rises": Expectation("the last cell less the first is above 0", at=(2, MANY)),
    "falls": Expectation("the last cell less the first is below 0", at=(2, MANY)),
    "greater": Expectation("the first cell less the second, or the cell itself, is above value", (1, 1), (2, 2), "may"),
    "less": Expectation("the first cell less the second, or the cell itself, is below value", (1, 1), (2, 2), "may"),
    "equals": Expectation(
        "the cell, or the first cell less the second, is value to within", (1, 1), (2, 2), "must", "must"
    ),
    "ratio": Expectation("the first cell over the second is value to within", (0, 0), (2, 2), "must", "must"),
    "closed_form": Expectation("the cell has the value of its closed form to within", (1, 1), within="must"),
    "smallest_at": Expectation("the cell is below every other", (1, 1)),
    "largest_at": Expectation("the cell is above every other", (1, 1)),
}
