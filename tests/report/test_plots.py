"""Every named figure is there or says what it needs; styles change type and width, and what must not change stays."""

import dataclasses

import matplotlib
import pandas as pd
import pytest

from biasvar.report import style
from biasvar.report.drawing import styled, write_figures
from biasvar.report.figures import FIGURES
from biasvar.report.plots import PLOTS, figures_named, found_by, listed, selected
from biasvar.report.venues import VENUES
from biasvar.settings import SettingsError


def test_every_kind_of_figure_has_a_name():
    kinds = {"maps": "heat_map", "scatter": "points"}
    assert {kinds.get(name, name) for name in FIGURES} <= set(PLOTS)


@pytest.mark.parametrize("name", PLOTS)
def test_a_figure_is_found_or_its_needs_are_said(any_study, name):
    stems = dict(listed(any_study))[name]
    if stems.startswith("not in this study"):
        with pytest.raises(SettingsError, match="it needs"):
            figures_named(any_study, name)
    else:
        found = figures_named(any_study, name)
        assert {one.stem for one in found} <= set(stems.split(", "))
        assert found_by(any_study, found[0].stem)[0].stem == found[0].stem


@pytest.mark.parametrize("venue", VENUES)
def test_venues_set_type_and_width(studies, tmp_path, venue):
    with styled(venue) as width:
        (figure,) = figures_named(studies["u"](), "u_curve")
        write_figures([figure], tmp_path, ["svg"], width)
        assert figure.ax_.xaxis.label.get_size() == VENUES[venue].type_size
    assert figure.figure_.get_figwidth() == VENUES[venue].width
    assert style.value_of("font.size") == style.STYLE["font.size"]


def test_a_style_file_or_the_parameters_in_force_are_used_but_files_stay_readable(studies, tmp_path):
    path = tmp_path / "mine.mplstyle"
    path.write_text("lines.linewidth: 3.5\npdf.fonttype: 3\n")
    with styled(str(path)), style.context():
        assert matplotlib.rcParams["lines.linewidth"] == 3.5 and matplotlib.rcParams["pdf.fonttype"] == 42
    with matplotlib.rc_context({"lines.linewidth": 2.5}), styled("current"), style.context():
        assert matplotlib.rcParams["lines.linewidth"] == 2.5
    with matplotlib.rc_context({"lines.linewidth": 2.5}), style.context():
        assert matplotlib.rcParams["lines.linewidth"] == style.STYLE["lines.linewidth"]


def test_a_style_that_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "bad.mplstyle"
    for content in (b"\xff\xfe\x00", b"root:x:0:0:root\n", b"lines.no_such: 3\n", b"lines.linewidth: wide\n"):
        path.write_bytes(content)
        with pytest.raises(SettingsError), styled(str(path)):
            pass


def test_what_is_known_of_other_cells_alone_is_not_drawn(studies):
    results = studies["descent"]()
    key, cells = results.axes[0], results.table["cell"]
    own = pd.DataFrame({"cell": [cells.iloc[0]], "truth": [0.0]})
    results = dataclasses.replace(results, fits=own)
    values = results.table[key]
    assert selected(results, key, str(values.iloc[0])).fits is not None
    assert selected(results, key, str(values.iloc[-1])).fits is None


def test_selected_cells_are_those_of_every_table(studies):
    results = studies["descent"]()
    key = results.axes[0]
    value = results.table[key].iloc[0]
    some = selected(results, key, str(value))
    assert set(some.table[key]) == {value} and len(some.table) < len(results.table)
