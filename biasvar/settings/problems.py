"""Problems of a configuration."""

import dataclasses
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Problem:
    """One problem of a configuration: ``what`` was found at ``key``, what is needed instead, and a hint."""

    key: str
    what: str
    needs: str = ""
    hint: str = ""
    origin: str = ""


class SettingsError(ValueError):
    """An invalid configuration; carries every :class:`Problem` found."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("; ".join(map(in_a_line, self.problems)))


def in_a_line(problem: Problem) -> str:
    """Return a problem in one line, with what is needed and the hint, for where nothing else shows them."""
    beside = "; ".join(filter(None, (problem.needs and f"needs {problem.needs}", problem.hint)))
    return f"{problem.what} ({beside})" if beside else problem.what
