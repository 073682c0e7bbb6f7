"""Two studies side by side."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasvar.api.study_results import StudyResults
from biasvar.settings import Problem, SettingsError

# Tables and their libraries are loaded on demand, so that problems are reported first.
if TYPE_CHECKING:
    import pandas as pd

    from biasvar.report.difference import Difference
    from biasvar.results.cells import Cells
    from biasvar.results.comparison.differences import Differences
    from biasvar.study.scheduler import Progress

Comparable = StudyResults | str | PathLike


@dataclass(frozen=True, repr=False, eq=False)
class Comparison:
    """The differences between two studies, A - B; see ``compare``."""

    differences: "Differences"

    @property
    def table(self) -> "pd.DataFrame":
        """One row per pair of cells, loss and quantity: A - B with its interval, and P(A better) beside the risk."""
        return self.differences.table

    def plot(self, ax: Any = None, loss: str | None = None) -> "Difference":
        """Draw the differences of the risk and its parts against the axis that both have; return the figure.

        ``ax`` are axes, one per panel, or none for a figure of its own. ``loss`` is the first of the table by default.

        Raises
        ------
        ValueError
            For a loss that the table does not have.
        """
        from biasvar.report.difference import Difference

        losses = self.differences.losses
        if loss not in (None, *losses):
            raise ValueError(f"there is no loss {loss!r}; this comparison has {', '.join(losses)}")
        return Difference.of(self.differences, loss or losses[0]).plot(ax, self.differences.width)

    def as_csv(self) -> str:
        """Return the table as CSV."""
        from biasvar.results.exported import as_csv

        return as_csv(self.table)

    def write(self, path: Path, kind: str) -> None:
        """Write the table as ``kind``, csv or parquet."""
        from biasvar.results.comparison.differences import COLUMNS
        from biasvar.results.exported import write_table

        write_table(path, kind, self.table, COLUMNS)

    def draw(self, path: Path, kind: str) -> None:
        """Write the figure as ``kind``, pdf, svg or png."""
        from biasvar.report import style
        from biasvar.study.store.files import write_whole

        with style.context():
            picture = style.pictures_of(self.plot().figure_)[kind]
        write_whole(path, lambda stream: stream.write(picture))

    def __repr__(self) -> str:
        """Return what is compared."""
        one, other = self.differences.names
        pairs = len(self.table[["cell_a", "cell_b"]].drop_duplicates())
        return f"comparison of {one} and {other}: {pairs} pairs of cells, {', '.join(self.differences.losses)}"


def compare(a: Comparable, b: Comparable, *, progress: "Progress | None" = None) -> Comparison:
    """Return the differences of risk and parts between two studies, A - B, in the cells that both have.

    ``a`` and ``b`` are results, folders of studies, or files of predictions as ``biasvar report --from`` reads them.
    Cells belong together that have the same values on all axes that both studies have. Replicates are paired by their
    number where they share random numbers, else they are taken as independent; every row says which.

    Raises
    ------
    SettingsError
        For studies that cannot be compared: no cells in common, or other points, targets, outputs or losses; and for a
        folder without a study.
    OSError
        If a file cannot be read.
    """
    from biasvar.api.progress import Quiet
    from biasvar.results.comparison.differences import compare as compared

    progress, cells = progress or Quiet(), (cells_of(a), cells_of(b))
    found = compared(cells, (name_of(a, cells[0]), name_of(b, cells[1])))
    for warning in (*cells[0].warnings, *cells[1].warnings, *found.left_out):
        progress.warn(warning)
    return Comparison(found)


def cells_of(given: Comparable) -> "Cells":
    """Return the cells of results, of the study in a folder, or of a file of predictions."""
    if isinstance(given, StudyResults):
        return given.made_of
    path = Path(given)
    if path.is_file():
        from biasvar.api.predictions import cells_from_file

        return cells_from_file(path, ())
    from biasvar.api import folder_of
    from biasvar.results.given.folder import name_in
    from biasvar.results.stored.stored_cells import cells_in

    folder = folder_of("folder", given)
    if name_in(folder) is not None:
        what = f"{folder} holds a report on predictions made elsewhere, and not the predictions"
        raise SettingsError([Problem("DIR", what, "the file that it was made from")])
    return cells_in(folder)


def name_of(given: Comparable, cells: "Cells") -> str:
    """Return what messages call one side."""
    return cells.head.name if isinstance(given, StudyResults) else str(given)
