"""Numbers of every size that float64 has, beside ordinary ones: words, scales, figures and pages bear them."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from biasvar.report.figures import draw_figures
from biasvar.report.figures.cloud import Cloud
from biasvar.report.figures.scatter import Scatter
from biasvar.report.figures.study_figure import render
from biasvar.report.page.html import write_page
from biasvar.results.conditions import horizontal
from biasvar.results.numbers import plain
from biasvar.results.results import QUANTITIES
from biasvar.results.shapes.evidence_table import curves_table
from biasvar.results.tables import write_csv, write_tables

HUGE = 1e150
ENDS = ("", "_low", "_high")


def with_huge(results, cells, factor=HUGE):
    """Return a study some of whose cells have estimates so many times as large."""
    table = results.table.copy()
    columns = [name + end for name in QUANTITIES for end in ENDS if name != "residual"]
    table.loc[table["cell"].isin(cells), columns] *= factor
    return dataclasses.replace(results, table=table)


@pytest.mark.slow
@pytest.mark.parametrize("study", ["u", "zero_one", "gaps", "words", "decay"])
def test_every_figure_and_word_of_a_study_with_a_huge_cell_is_made(studies, with_replicates, tmp_path, study):
    known = studies[study]()
    results = with_replicates(with_huge(known, [known.table["cell"].max()]))
    figures = draw_figures(results, tmp_path)
    write_tables(results, tmp_path)
    write_csv(tmp_path / "curves.csv", curves_table(results))
    page = write_page(results, figures, tmp_path).read_text()
    assert figures and "10¹" in page
    assert "inf" not in (tmp_path / "results.csv").read_text() + (tmp_path / "curves.csv").read_text()
    again = pd.read_csv(tmp_path / "results.csv")
    assert again["risk"].to_numpy() == pytest.approx(results.table["risk"].to_numpy(), nan_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "rates", [(0.05, 2.0, 1e30, 1e100), (1e-300, 0.05, 1.0, 1e300), (0.05, 1.7e308), (5e-324, 1, 2)]
)
def test_a_rate_of_any_size_has_a_place(studies, tmp_path, rates):
    table = studies["u"]().table.head(len(rates)).assign(**{"training.lr": rates, "capacity": 3})
    results = dataclasses.replace(studies["u"](), table=table, axes=("training.lr",))
    ((figure, _, _),) = draw_figures(results, tmp_path)
    assert horizontal(results) == ("training.lr" if max(rates) == 1e100 else None)
    assert plain(max(rates)) in figure.alt


@pytest.mark.parametrize("size", [1e-150, 1.0, 1e36, 1e150])
def test_a_cloud_of_points_of_any_size_is_drawn(size):
    generator = np.random.default_rng(0)
    known = Cloud("known", generator.random(50), generator.random(50), 4)
    other = Cloud("huge", size * generator.lognormal(0, 3, 50) - size / 9, size * generator.lognormal(0, 3, 50), 4)
    figure = Scatter("stem", "title", (known, other), "x", "y", "", "")
    render(figure, 6.75).canvas.draw()
    assert set(figure.marks_) == {(title, part) for title in ("known", "huge") for part in ("bias", "variance")}
