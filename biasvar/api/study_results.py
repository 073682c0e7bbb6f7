"""A study and what it found: its tables, predictions and figures."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasvar.study.folder import PAGE
from biasvar.study.plan import Plan
from biasvar.study.store.store import Store

# Tables and their libraries are loaded where they are needed: what is wrong with a study is said before.
if TYPE_CHECKING:
    import pandas as pd

    from biasvar.report.figures.study_figure import StudyFigure
    from biasvar.results.results import Results


@dataclass(frozen=True, repr=False, eq=False)
class StudyResults:
    """A study and what it found; see ``sweep`` and ``load``. ``table`` has one row a cell and loss."""

    folder: Path
    study_plan: Plan
    results: "Results"

    @property
    def table(self) -> "pd.DataFrame":
        """What ``results.csv`` holds: the swept keys, and every quantity with the ends of its interval."""
        return self.results.table

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """What ``curves.csv`` holds: statements on the shape of each risk curve, with the differences they rest on."""
        from biasvar.results.shapes.evidence_table import curves_table

        return curves_table(self.results)

    @cached_property
    def points(self) -> "pd.DataFrame":
        """What ``points.parquet`` holds: every quantity at single evaluation points."""
        from biasvar.results.points.points import FILE
        from biasvar.results.tables import read_parquet

        return read_parquet(self.folder / FILE)

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The values of the swept keys in each cell, by its number."""
        return [dict(cell.axes) for cell in self.study_plan.cells]

    def predictions(self, cell: int | Mapping[str, Any]) -> "pd.DataFrame":
        """Return what each model of a cell predicts at each point: replicate, point, output, prediction.

        ``cell`` is its number, or the values of swept keys that only it has. Models that diverged or failed are not
        there. In a crossed design replicates number all combinations of seeds, the last source fastest. Predictions
        are in standardised units where the target is, and logits where there are classes.

        Raises
        ------
        ValueError
            Where no cell or more than one is meant.
        """
        from biasvar.results.predictions import predictions_table

        return predictions_table(self.study_plan.cells[self.number_of(cell)], Store(self.folder), warnings.warn)

    def number_of(self, cell: int | Mapping[str, Any]) -> int:
        """Return the number of a cell, which may be named by the values of swept keys."""
        if isinstance(cell, Mapping):
            found = [number for number, axes in enumerate(self.cells) if axes | dict(cell) == axes]
        else:
            is_number = isinstance(cell, Integral) and not isinstance(cell, bool)
            found = [int(cell)] if is_number and 0 <= cell < len(self.cells) else []
        if len(found) != 1:
            what = f"cells {', '.join(map(str, found))} are" if found else "no cell is"
            raise ValueError(f"{what} meant by {cell!r}: of {len(self.cells)} cells the first is {self.cells[0]}")
        return found[0]

    def plot(self, name: str, ax: Any = None) -> "StudyFigure":
        """Draw a figure, on ``ax`` (axes, or as many as it has panels) or on its own; return it with what it drew.

        ``name`` is a kind (``double_descent``), of which the first figure is drawn, or that of a file below figures/
        without its ending (``double_descent_zero_one``). The figure has ``figure_`` and ``ax_``.

        Raises
        ------
        ValueError
            For a figure that the study has not, with those that it has.
        """
        from biasvar.report.figures import FIGURES, displays

        found = displays(self.results)
        named = [one for one in found if name == one.stem or type(one) is FIGURES.get(name)]
        if not named:
            raise ValueError(f"there is no figure {name!r}; this study has {', '.join(one.stem for one in found)}")
        return named[0].plot(ax, self.results.figure_width)

    def to_xarray(self) -> Any:
        """Return the table as an ``xarray.Dataset`` over the loss and the swept keys.

        Raises
        ------
        ImportError
            Where xarray is not installed.
        """
        try:
            import xarray
        except ImportError as error:
            raise ImportError("to_xarray needs xarray: pip install xarray") from error
        return xarray.Dataset.from_dataframe(self.table.set_index(["loss", *self.results.axes]))

    @property
    def page(self) -> Path:
        """Where the study's page is, once it is written."""
        return self.folder / PAGE

    def write_report(self) -> Path:
        """Write figures and page into the study's folder; return the page's path."""
        from biasvar.report import write_report

        return write_report(self.results, self.folder, self.study_plan)

    def __repr__(self) -> str:
        """Say the numbers: cells, replicates, and for each loss the least risk and where it is."""
        from biasvar.results.numbers import interval, plain

        used, planned = self.results.models
        lines = [f"study {self.results.name!r} in {self.folder}: {len(self.cells)} cells, {used:,}/{planned:,} models"]
        for loss in self.results.losses:
            rows = self.results.of_loss(loss).dropna(subset="risk")
            if len(rows):
                best = rows.iloc[int(rows["risk"].argmin())]
                where = ", ".join(f"{key}={plain(best[key])}" for key in self.results.axes)
                least = interval(best["risk"], best["risk_low"], best["risk_high"])
                lines.append(f"  {loss}: least risk {least}, over {best['n_ok']} models{f', at {where}' * bool(where)}")
        return "\n".join(lines)
