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
        super().__init__("; ".join(f"{p.what} (needs {p.needs})" if p.needs else p.what for p in self.problems))
