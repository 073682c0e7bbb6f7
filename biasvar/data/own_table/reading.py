"""What determines how a table is read: its files, and the roles of columns."""

from dataclasses import dataclass, replace

from biasvar.data.own_table.files import Stamp, stamp_of


@dataclass(frozen=True)
class Reading:
    """The files and the roles of columns that determine a parsed table, with when the files were written."""

    path: str
    eval_path: str | None
    target: str
    drop: tuple[str, ...]
    missing: str
    group: str | None
    weight: str | None
    stamps: tuple[Stamp | None, Stamp | None] = (None, None)

    def now(self) -> "Reading":
        """Return this with the files' present times."""
        return replace(self, stamps=(stamp_of(self.path), stamp_of(self.eval_path) if self.eval_path else None))
