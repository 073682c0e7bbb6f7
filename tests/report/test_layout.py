"""Every figure at every width of a venue: no two texts overlap, none leaves the figure, none is cut, none is alike."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

from biasvar.report import style
from biasvar.report.figures import FIGURES, displays
from biasvar.report.figures.arrangement import LEAST_AXES, LEAST_HEIGHT, ArrangedFigure
from biasvar.report.figures.lettering import distinct
from biasvar.report.figures.study_figure import render
from tests.result_tables import WIDTHS, parts, study

AXES = {
    1: {"model.features": (5, 10, 20, 40, 60, 80, 90, 100, 110, 200, 1000)},
    2: {"model.features": (5, 20, 50, 80, 100, 110, 1000), "training.weight_decay": (1e-5, 0.001, 0.01, 0.1, 1.0)},
    3: {"model.features": (50, 100, 200), "data.noise_std": (0.1, 0.5), "data.n_train": (20, 40, 80)},
}


def rows_of(axes):
    """Return the rows of a study over these axes, whose risk peaks at 100 features where the penalty is weak."""
    rows = []
    for values in itertools.product(*axes.values()):
        own = dict(zip(axes, values, strict=True))
        capacity, decay = own["model.features"], own.get("training.weight_decay", 0.0)
        noise, n_train = own.get("data.noise_std", 0.3) ** 2, own.get("data.n_train", 100)
        variance = 0.05 + 2.0 / (abs(capacity / 100 - 1) + 0.01 + 10 * decay)
        bias = -11.0 if variance > 100 else 3.0 / capacity - 0.004
        shares = {"variance_data": 0.5, "variance_init": 0.3, "variance_interaction": 0.2}
        row = own | parts(bias, variance, noise) | {name: share * variance for name, share in shares.items()}
        sizes = {"capacity": capacity, "parameters": capacity, "capacity_key": "model.features", "n_train": n_train}
        row |= sizes | {"design": "crossed", "vary": "data+label_noise × init", "loss": "squared_error"}
        rows.append(row | {"train_risk": max(0.6 - 0.006 * capacity, 1e-20) + decay})
    return rows


def complete(number, width):
    """Return a study over so many axes that has every table that a figure reads."""
    results = study(rows_of(AXES[number]), tuple(AXES[number]), width=width)
    generator = np.random.default_rng(0)
    committees, sensitivity, points = [], [], []
    for row in results.table.itertuples():
        about = {"cell": row.cell, "loss": row.loss, "shared": "data", "rho": 0.5, "limit": 0.4 * row.risk}
        for members in (1, 2, 5, 10, 20):
            size = row.risk * (0.4 + 0.6 / members)
            risk = {"members": members, "risk": size, "risk_low": 0.9 * size, "risk_high": 1.1 * size}
            committees.append(about | {"rule": "mean"} | risk)
            for name in ("bias_squared", "variance"):
                value = abs(getattr(row, name)) * (1 + 1 / members)
                estimates = {"at_replicates": members + 1, "plug_in": value, "corrected": 0.9 * value}
                sensitivity.append({"cell": row.cell, "loss": row.loss, "quantity": name} | estimates)
        places = {name: row.risk * generator.lognormal(sigma=2, size=20) for name in ("bias_squared", "variance")}
        points.append(pd.DataFrame({"cell": row.cell, "loss": row.loss} | places))
    names = [f"an image of class {number}" for number in range(16)]
    picture = {"picture": [np.zeros((8, 8), np.uint8)] * 16, "label": names, "main": names[::-1], "cell": 0}
    hardest = pd.DataFrame(picture | {"loss": "squared_error", "bias_squared": -0.0012, "variance": 123.4})
    x = np.linspace(-1, 1, 9)
    fits = [
        pd.DataFrame({"cell": cell, "fit": fit, "x": x, "y": np.sin(3 * x) + shift})
        for cell in results.table["cell"].unique()[:3]
        for fit, shift in {"replicate 0": 0.3, "replicate 1": -0.2, "mean": 0.05, "truth": 0.0}.items()
    ]
    return dataclasses.replace(
        results,
        fits=pd.concat(fits),
        committees=pd.DataFrame(committees),
        sensitivity=pd.DataFrame(sensitivity),
        points=pd.concat(points),
        hardest=hardest,
    )


@pytest.fixture
def drawn_texts(monkeypatch):
    """Draw a figure and return every text that was really drawn, with its box in pixels."""

    def texts_of(figure):
        found, own = [], Text.draw

        def draw(self, renderer):
            if self.get_visible() and self.get_text().strip() and self.get_text() != "▼":
                found.append((self, Text.get_window_extent(self, renderer)))
            own(self, renderer)

        with monkeypatch.context() as patch, style.context():
            patch.setattr(Text, "draw", draw)
            figure.canvas.draw()
        return found

    return texts_of


def check(display, figure, found):
    """Fail where something of a figure cannot be read."""
    inside = figure.bbox.padded(1)
    for text, box in found:
        assert inside.x0 <= box.x0 and box.x1 <= inside.x1, f"{display.stem}: {text.get_text()!r} leaves the figure"
        assert inside.y0 <= box.y0 and box.y1 <= inside.y1, f"{display.stem}: {text.get_text()!r} leaves the figure"
        assert display.stem.startswith("hardest") or "…" not in text.get_text(), f"{display.stem}: {text.get_text()!r}"
        assert to_hex(text.get_color()) in (style.INK, "#444444"), (display.stem, text.get_text())
    for (one, box), (other, beside) in itertools.combinations(found, 2):
        meets = box.padded(-1).overlaps(beside.padded(-1))
        assert not meets, f"{display.stem}: {one.get_text()!r} and {other.get_text()!r} overlap"
    if isinstance(figure, ArrangedFigure):
        titles = [ax.get_title(loc="left") for ax in figure.panels]
        assert len(set(titles)) == len(titles), display.stem
        for ax in figure.panels:
            size = ax.get_window_extent()
            assert size.width >= LEAST_AXES * figure.dpi - 1, display.stem
            assert size.height >= LEAST_HEIGHT * figure.dpi - 1, display.stem
        for key in figure.legends:
            entries = [text.get_text() for text in key.get_texts()]
            assert len(set(entries)) == len(entries), display.stem


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("width", style.WIDTHS)
@pytest.mark.parametrize("axes", AXES)
def test_every_figure_can_be_read_at_every_width(axes, width, drawn_texts):
    results = complete(axes, width)
    found = displays(results)
    absent = {1: {"penalty", "maps"}, 2: {"maps"}, 3: {"penalty"}}[axes]
    assert {type(display) for display in found} == {FIGURES[name] for name in set(FIGURES) - absent}
    for display in found:
        figure = render(display, width)
        check(display, figure, drawn_texts(figure))


@pytest.mark.parametrize("width", WIDTHS)
def test_curves_of_three_axes_can_be_read(width, drawn_texts):
    (display,) = FIGURES["double_descent"].from_results(complete(3, width), "squared_error")
    figure = render(display, width)
    check(display, figure, drawn_texts(figure))
    # Eight lines through three places would be no shapes.
    assert [len(panel.curves) for panel in display.panels] == [2, 2, 2, 2]


@pytest.mark.slow
@pytest.mark.parametrize("width", style.WIDTHS[::2])
def test_figures_of_any_study_can_be_read(any_study, width, drawn_texts):
    results = dataclasses.replace(any_study, figure_width=width)
    if "data.name" in results.axes and results.name != "example":
        pytest.skip("names of 500 letters are cut")
    for display in displays(results):
        figure = render(display, width)
        check(display, figure, drawn_texts(figure))


def linear_u(noises, keys=("model.degree", "data.noise_std")):
    """Return a study of U-shaped curves under several noises."""
    rows = []
    for noise, degree in itertools.product(noises, range(1, 9)):
        own = {"model.degree": degree, "data.noise_std": noise, "capacity": degree, "capacity_key": "model.degree"}
        bias, variance = 0.5 * 0.6**degree, 0.01 * degree
        row = own | parts(bias, variance, noise**2) | {"parameters": degree + 1, "loss": "squared_error"}
        rows.append(row | {"train_risk": bias + noise**2})
    return study([row for row in rows if keys != ("data.noise_std",) or row["model.degree"] == 4], keys)


def test_an_axis_of_noise_does_not_turn_others_logarithmic():
    apart = FIGURES["u_curve"].from_results(linear_u((0.1, 0.5, 4.0)), "squared_error")[0]
    axes = render(apart, 5.5).axes
    assert {ax.get_yscale() for ax in axes} == {"linear"}
    assert len({ax.get_ylim() for ax in axes}) == 3
    assert "Each panel has a vertical axis of its own." in apart.caption
    alike = FIGURES["u_curve"].from_results(linear_u((0.1, 0.2)), "squared_error")[0]
    assert len({ax.get_ylim() for ax in render(alike, 5.5).axes}) == 1
    along = FIGURES["u_curve"].from_results(linear_u((0.1, 0.5, 1.0, 4.0), ("data.noise_std",)), "squared_error")[0]
    assert render(along, 5.5).axes[0].get_yscale() == "linear"


def test_an_estimate_far_below_zero_is_cut_off_marked_and_said():
    display = FIGURES["parts"].from_results(complete(1, 5.5), "squared_error")[0]
    ax = render(display, 5.5).axes[0]
    assert -1 < ax.get_ylim()[0] < 0
    marks = [line for line in ax.lines if line.get_marker() == "v"]
    assert [list(mark.get_xdata()) for mark in marks] == [[100.0]]
    assert "Below the axis (▽), where an estimate is made of its own error: bias squared −11.0" in display.caption


@pytest.mark.ci
@pytest.mark.slow
def test_names_too_long_for_their_place_stay_different():
    found = distinct(["a long name " * 20 + end for end in "xyz"], 1.2)
    assert len(set(found)) == 3
    found = distinct(["x" * 500 + end + "x" * 500 for end in "abc"], 1.2)
    assert len(set(found)) == 3


def test_lines_that_end_in_one_point_have_a_key_of_their_dashes():
    (display,) = FIGURES["penalty"].from_results(complete(2, 5.5), "squared_error")
    figure = render(display, 5.5)
    (key,) = figure.legends
    names = [f"capacity {size}" for size in (5, 80, 100, 1000)]
    assert [text.get_text() for text in key.get_texts()] == names
    assert len({str(line._dash_pattern) for line in key.get_lines()}) == 4
    assert not any(ax.texts for ax in figure.axes)


def test_conditions_that_differ_in_what_is_left_out_of_their_names_are_distinct():
    rows = [row | {"data.name": f"{'x' * 60}{middle}{'x' * 60}"} for middle in "ab" for row in rows_of(AXES[1])]
    results = study(rows, ("model.features", "data.name"))
    display = FIGURES["u_curve"].from_results(results, "squared_error")[0]
    figure = render(display, 3.25)
    assert len({panel.title for panel in display.panels}) == 2
    assert len({ax.get_title(loc="left") for ax in figure.axes}) == 2
