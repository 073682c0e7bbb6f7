"""How far axes go, and where their ticks stand: numbers that were drawn, at the sizes of the venues."""

import numpy as np
import pytest

from biasvar.report import style
from biasvar.report.figures.components import Components
from biasvar.report.figures.scales import scale_of_x
from biasvar.report.figures.study_figure import render
from biasvar.report.figures.vertical import ends_of, vertical_in_words, vertical_of
from biasvar.results.curves import Curve, Panel

X = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0])


def curve_of(y, reach, quantity="variance"):
    """A curve over X whose band reaches so far above, and below by a tenth of that."""
    y, nowhere = np.asarray(y, dtype=float), np.zeros(len(X), dtype=bool)
    return Curve(quantity, "", X, y, y - 0.1 * reach, y + reach, nowhere, nowhere)


def figure_of(*curves):
    """Components of one panel."""
    return Components("components", "title", (Panel("", curves),), "width", "variance", "caption", "alt")


@pytest.mark.parametrize("width", style.WIDTHS)
def test_bands_of_two_seeds_leave_the_axis_to_the_estimates(width):
    y = np.linspace(1, 3, len(X))
    wide = figure_of(curve_of(y, 200.0), curve_of(y / 3, 60.0, "variance_init"))
    ax = render(wide, width).axes[0]
    low, high = ax.get_ylim()
    assert low >= -3 and 3 < high <= 6, "estimates from 0 to 3 have a third of the axis or more"
    assert "Bands go on beyond the axis." in vertical_in_words(wide.panels)
    narrow = figure_of(curve_of(y, 1.0))
    assert render(narrow, width).axes[0].get_ylim()[1] > 4, "a band that has room is shown to its end"
    assert not vertical_in_words(narrow.panels)


@pytest.mark.parametrize("peak", [1.0, 1e4])
def test_bands_take_no_more_of_an_axis_than_estimates_whatever_its_scale(peak):
    panel = Panel("", (curve_of([1, 2, peak, 2, 1, 1], 1e9),))
    vertical = vertical_of([panel])
    assert vertical.scale.kind == ("linear" if peak == 1 else "symlog")
    (low, high), scale = vertical.ends[0], vertical.scale
    places = scale.positions(np.array([low, 0.0, max(peak, 2.0), high]))
    assert np.diff(places) == pytest.approx(np.full(3, places[2] - places[1]))


def test_without_estimates_or_a_spread_of_them_bands_have_their_room():
    for y in (np.full(len(X), np.nan), np.zeros(len(X))):
        panel = Panel("", (curve_of(y, 5.0),))
        assert ends_of(panel.curves, vertical_of([panel]).scale) == (-np.inf, np.inf)


@pytest.mark.parametrize("width", style.WIDTHS)
@pytest.mark.parametrize("x", [X, np.array([16.0, 64.0, 256.0]), np.array([0.0, 0.001, 0.01, 0.1, 1.0])])
def test_a_logarithmic_axis_of_few_places_has_its_ticks_there(width, x):
    y, nowhere = np.ones(len(x)), np.zeros(len(x), dtype=bool)
    display = figure_of(Curve("variance", "", x, y, y, y, nowhere, nowhere))
    ax = render(display, width).axes[0]
    ticks = ax.xaxis.get_majorticklocs()
    assert scale_of_x(x).kind != "linear" and ticks[0] == x[0] and np.isin(ticks, x).all() and len(ticks) >= 2
    assert set(ax.xaxis.get_minorticklocs()) <= set(x)
