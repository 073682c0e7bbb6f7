"""A study and its results: tables, predictions and figures."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biasvar.study.folder import PAGE

# Tables and their libraries are loaded on demand, so that problems of a study are reported first.
if TYPE_CHECKING:
    import pandas as pd

    from biasvar.report.figures.study_figure import StudyFigure
    from biasvar.results.cells import Cells
    from biasvar.results.diagnosis.diagnosis import Diagnosis
    from biasvar.results.results import Results


@dataclass(frozen=True, repr=False, eq=False)
class StudyResults:
    """The results of a study, or of predictions made elsewhere; see ``sweep``, ``load`` and ``from_predictions``.

    ``table`` has one row per cell and loss.
    """

    folder: Path
    made_of: "Cells"
    results: "Results"

    @property
    def table(self) -> "pd.DataFrame":
        """The content of ``results.csv``: the swept keys, and every quantity with the ends of its interval."""
        return self.results.table

    @property
    def curves(self) -> "pd.DataFrame | None":
        """The content of ``curves.csv``: statements on the shape of each risk curve, with their differences."""
        return self.results.curves

    @property
    def spread(self) -> "pd.DataFrame | None":
        """The content of ``spread.csv``: the spread of accuracy over models, and how often two of them disagree."""
        return self.results.spread

    @property
    def outliers(self) -> "pd.DataFrame | None":
        """The content of ``outliers.csv``: seeds whose risk is far from that of the others."""
        return self.results.outliers

    @property
    def claims(self) -> "pd.DataFrame | None":
        """The content of ``claims.csv``: the verdict on each claim of the study, with its interval."""
        return self.results.claims

    @property
    def contributions(self) -> "pd.DataFrame | None":
        """The content of ``contributions.csv``: what each replicate contributes to the quantities of the claims."""
        return self.results.contributions

    @cached_property
    def points(self) -> "pd.DataFrame":
        """The content of ``points.parquet``: every quantity at single evaluation points."""
        from biasvar.results.points.points import FILE
        from biasvar.results.tables import read_parquet

        return read_parquet(self.folder / FILE)

    @cached_property
    def cells(self) -> list[dict[str, Any]]:
        """The values of the swept keys in each cell, by its number."""
        return [dict(values) for values in self.made_of.values]

    def predictions(self, cell: int | Mapping[str, Any]) -> "pd.DataFrame":
        """Return the prediction of each model of a cell at each point, one row per model, point and output.

        The columns are the swept keys, replicate, point, output, prediction, target, noise where it is known, and in
        every row outputs_are, target_is and noise_distribution: all that ``from_predictions`` needs. ``cell`` is its
        number, or values of swept keys that identify it. Models that diverged or failed are left out. In a crossed
        design replicates number all combinations of seeds, the last source fastest, and the columns seed_data,
        seed_init, ... have the seed of each source. Predictions are in standardised units if the target is, and logits
        for classes.

        Raises
        ------
        ValueError
            If no cell or more than one matches.
        """
        return self.made_of.predictions(self.number_of(cell), warnings.warn)

    def number_of(self, cell: int | Mapping[str, Any]) -> int:
        """Return the number of a cell, which may be given by values of swept keys."""
        if isinstance(cell, Mapping):
            found = [number for number, axes in enumerate(self.cells) if axes | dict(cell) == axes]
        else:
            is_number = isinstance(cell, Integral) and not isinstance(cell, bool)
            found = [int(cell)] if is_number and 0 <= cell < len(self.cells) else []
        if len(found) != 1:
            what = f"cells {', '.join(map(str, found))} are" if found else "no cell is"
            values = {key: dict.fromkeys(str(axes[key]) for axes in self.cells) for key in self.cells[0]}
            swept = "; ".join(f"{key}: {', '.join(values[key])}" for key in values) or "nothing was swept"
            raise ValueError(f"{what} meant by {cell!r}; the swept keys and their values are {swept}")
        return found[0]

    def diagnosis(self, cell: int | Mapping[str, Any] | None = None) -> "Diagnosis":
        """Return what limits a cell, noise, bias or variance, with the chapter's rule and remedies: ``.regime``.

        ``cell`` is its number, or values of swept keys, of whose cells it is that of least risk; by default that of
        all. Nothing is decomposed anew.

        Raises
        ------
        SettingsError
            For keys and values that the study does not have, and if no such cell has an estimate.
        """
        from biasvar.results.diagnosis.diagnosis import diagnose

        where = cell if isinstance(cell, Mapping) or cell is None else self.cells[self.number_of(cell)]
        return diagnose(self.results, self.made_of, where)

    def plot(
        self,
        name: str,
        ax: Any = None,
        *,
        width: float | None = None,
        loss: str | None = None,
        panel: str | None = None,
        select: Mapping[str, Any] | None = None,
        style: str | None = None,
    ) -> "StudyFigure":
        """Draw a figure, on ``ax`` (axes, or one per panel) or on its own; return it with the drawn artists.

        ``name`` is one of ``biasvar plot DIR --list`` (``double_descent``), of which the first figure is drawn, or a
        file name below figures/ without its ending (``double_descent_zero_one``). ``width`` is in inches. ``loss`` is
        by default the first that has the figure. ``panel`` is a swept key, of which each value gets a panel; ``select``
        has swept keys with the value whose cells are drawn. ``style`` is a venue (``icml``), a style file of
        matplotlib, or ``current``, for the parameters in force. The figure has ``figure_`` and ``ax_``.

        Raises
        ------
        ValueError
            For a figure, key, value or style that does not exist, with what does.
        """
        from biasvar.report.drawing import checked, styled
        from biasvar.report.plots import found_by, with_cells

        figure = found_by(with_cells(self.results, select or {}), name, loss, panel)[0]
        with styled(style) as column:
            return figure.plot(ax, checked(column or self.results.figure_width if width is None else width))

    def to_latex(self, digits: int = 2, columns: Sequence[str] | None = None) -> str:
        """Return the table for LaTeX with booktabs, a row for each cell and loss, each estimate with its interval.

        An interval's half-width has ``digits`` significant digits. ``columns`` are those of ``table``, by default the
        axes and the risk and its parts.

        Raises
        ------
        SettingsError
            For columns that the table does not have, and digits beyond 1 to 9.
        """
        from biasvar.report.latex import latex

        return latex(self.results, columns, digits)

    def to_xarray(self, predictions: bool = False) -> Any:
        """Return the table as an ``xarray.Dataset`` over the loss and the swept keys, which ``to_netcdf`` can write.

        Combinations that are no cell hold NaN, and in texts nothing. Each variable has its meaning as an attribute.
        With ``predictions`` it has those in its place, over cell, replicate (or the seed of each source), point and
        output, with the swept keys as coordinates of the cells; all of them are in memory.

        Raises
        ------
        ImportError
            If xarray is not installed.
        """
        try:
            import xarray
        except ImportError as error:
            raise ImportError("to_xarray needs xarray: pip install xarray") from error
        from biasvar.results.labelled import labelled_arrays, labelled_predictions

        found = labelled_predictions(self.made_of, warnings.warn) if predictions else labelled_arrays(self.results)
        return xarray.Dataset(*found)

    @property
    def page(self) -> Path:
        """The path of the study's page, once it is written."""
        return self.folder / PAGE

    def write_report(self) -> Path:
        """Write figures and page into the study's folder; return the page's path."""
        from biasvar.report import write_report

        return write_report(self.results, self.folder, self.made_of)

    def _repr_html_(self) -> str:
        """Return the same for notebooks, as a table with a link to the page."""
        from html import escape

        head = "".join(f"<th>{name}</th>" for name in ("loss", "least risk", "models", "at"))
        rows = ["".join(f"<td>{escape(str(text))}</td>" for text in row) for row in least_risks(self.results)]
        body = "".join(f"<tr>{row}</tr>" for row in [head, *rows])
        link = f'<p><a href="{escape(self.page.as_posix())}">{escape(self.page.name)}</a></p>'
        return f"<table><caption>{escape(headline(self))}</caption>{body}</table>{link if self.page.exists() else ''}"

    def __repr__(self) -> str:
        """Return the main numbers: cells, replicates, and for each loss the smallest risk and its cell."""
        lines = [
            f"  {loss}: least risk {least}, over {models} models{f', at {where}' * bool(where)}"
            for loss, least, models, where in least_risks(self.results)
        ]
        return "\n".join([headline(self), *lines])


def headline(study: StudyResults) -> str:
    """Return a study's name and folder, and the numbers of its cells and models."""
    used, planned = study.results.models
    return f"study {study.results.name!r} in {study.folder}: {len(study.cells)} cells, {used:,}/{planned:,} models"


def least_risks(results: "Results") -> Iterator[tuple[str, str, int, str]]:
    """Yield each loss with its least risk as a text, the number of models that it rests on, and its cell."""
    from biasvar.results.numbers import interval, plain

    for loss in results.losses:
        rows = results.of_loss(loss).dropna(subset="risk")
        if len(rows):
            best = rows.iloc[int(rows["risk"].argmin())]
            where = ", ".join(f"{key}={plain(best[key])}" for key in results.axes)
            yield loss, interval(best["risk"], best["risk_low"], best["risk_high"]), int(best["n_ok"]), where
