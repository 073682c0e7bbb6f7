"""Tables of studies that were never run: their curves are closed forms, so a figure's lines are known beforehand."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from biasvar.data.resampling import SCHEMES
from biasvar.report import style
from biasvar.results.results import QUANTITIES, Results

WORDS = {"design": "joint", "vary": "data+init", "fixed": "", "interval_method": "gaussian"}
WORDS |= {
    "resampling": "fresh",
    "variance_means": SCHEMES["fresh"].variance_means,
    "reference": "distribution",
    "outputs": 1,
    "n_eval": 1000,
    "n_train": 100,
    "n_distinct": 100.0,
    "constant_risk": 1.0,
}
COUNTS = {"n_ok": 50, "n_planned": 50, "status": "ok", "capacity_key": "model.degree"}
WIDTHS = [
    style.WIDTHS[0],
    *(pytest.param(width, marks=[pytest.mark.slow, pytest.mark.ci]) for width in style.WIDTHS[1:]),
]
"""The widths of venues: what is legible in one column is seldom illegible in two."""

ODD = "a$x_1$ 50% & \\frac{1}{2} {b_} 🎲 <script>alert(1)</script>"


def with_intervals(rows: list[dict], width: float = 0.1) -> pd.DataFrame:
    """Return the rows as a table with every quantity and an interval about each of ``width`` times its size."""
    table = pd.DataFrame([WORDS | COUNTS | {"cell": number} | row for number, row in enumerate(rows)])
    table["risk_median"] = table["risk"]
    for name in (*QUANTITIES, "risk_median"):
        values = table[name] if name in table else pd.Series(np.nan, index=table.index)
        table[name] = values.astype(float)
        table[f"{name}_low"], table[f"{name}_high"] = values - width * values.abs(), values + width * values.abs()
    return table


def study(rows: list[dict], axes: tuple[str, ...], name: str = "example", width: float = 5.5) -> Results:
    """Return a study of these rows."""
    return Results(name, with_intervals(rows), axes, level=0.95, tolerance=1e-3, resamples=2000, figure_width=width)


def parts(bias: float, variance: float, noise: float = 0.1) -> dict:
    """Return the squared error's quantities, which add up."""
    return {
        "risk": bias + variance + noise,
        "bias_squared": bias,
        "variance": variance,
        "noise": noise,
        "residual": 0.0,
    }


def u_rows() -> list[dict]:
    """Polynomials of degree 1 to 12: bias falls, variance grows, the last bias estimates are negative."""
    rows = []
    for degree in range(1, 13):
        bias = 0.9 * 0.5**degree - (0.004 if degree > 8 else 0.0)
        sizes = {"model.degree": degree, "capacity": degree, "parameters": degree + 1, "loss": "squared_error"}
        rows.append(sizes | parts(bias, 0.004 * degree**1.7) | {"train_risk": 0.9 * 0.5**degree + 0.05})
    return rows


def descent_rows(decays=(0.0, 0.001, 0.1)) -> list[dict]:
    """Random features with n = 100: the risk peaks at 100 unless weight decay is strong."""
    rows = []
    for decay in decays:
        for capacity in (5, 10, 20, 40, 60, 80, 90, 100, 110, 130, 200, 500, 1000):
            variance = 0.05 + 2.0 / (abs(capacity / 100 - 1) + 0.01 + 10 * decay)
            sizes = {"model.features": capacity, "training.weight_decay": decay, "capacity": capacity}
            training = max(0.6 - 0.006 * capacity, 1e-20) + decay
            words = {"parameters": capacity, "loss": "squared_error", "capacity_key": "model.features"}
            rows.append(sizes | words | parts(3.0 / capacity - 0.004, variance) | {"train_risk": training})
    return rows


def zero_one_rows() -> list[dict]:
    """Two losses a cell, as a classifier has, over width."""
    rows = []
    for cell, width in enumerate((1, 2, 4, 8, 16, 32)):
        sizes = {"model.width": width, "capacity": width, "capacity_key": "model.width", "cell": cell}
        sizes |= {"parameters": 40 * width, "outputs": 10, "n_ok": 10, "n_planned": 10, "resampling": "bootstrap"}
        sizes |= {"n_distinct": 63.2}
        bias, variance = 0.4 / width, 0.05 + 0.1 / width
        error = {"loss": "zero_one", "risk": 0.05 + bias + 0.8 * variance, "noise": 0.05, "bias": bias, "residual": 0.0}
        error |= {
            "variance": variance,
            "net_variance": 0.8 * variance,
            "train_risk": 0.3 / width if width < 16 else 0.0,
        }
        squared = {
            "loss": "squared_error",
            "reference": "labels",
            "train_risk": 0.5 / width,
            "variance": 0.2,
            "residual": 0.0,
        }
        squared |= {"bias_squared_plus_noise": 0.3 / width + 0.1, "risk": 0.3 / width + 0.3}
        rows += [sizes | error, sizes | squared]
    return rows


def gap_rows() -> list[dict]:
    """The U-shaped study with a partial cell (degree 4) and a missing one (degree 7)."""
    rows = u_rows()
    rows[3] |= {"n_ok": 35, "status": "partial"}
    nothing = dict.fromkeys(("risk", "bias_squared", "variance", "noise", "train_risk", "residual"), np.nan)
    rows[6] |= {"n_ok": 0, "status": "missing"} | nothing
    return rows


def odd_rows() -> list[dict]:
    """Conditions whose names are hostile to mathtext, TeX and HTML."""
    return [row | {"data.name": name} for name in (ODD, "plain", "x" * 500) for row in u_rows()[:4]]


def along_rows(axis: str, places: Sequence[float], widths: Sequence[int]) -> list[dict]:
    """Networks with 10 parameters a unit, along epochs or training set sizes: wide ones fit at once, and small sets.

    The training risk vanishes from epoch 128 / width on, or up to 3.2 rows a unit.
    """
    rows = []
    for width in widths:
        for place in places:
            epoch, size = (place, 100) if axis == "epoch" else (128, place)
            fitted = epoch * width >= 128 if axis == "epoch" else size <= 3.2 * width
            sizes = {"model.width": width, axis: place, "capacity": width, "parameters": 10 * width, "n_train": size}
            sizes |= {"capacity_key": "model.width", "loss": "squared_error", "n_distinct": float(size)}
            bias, variance = 1 / (1 + epoch), 0.02 * epoch / width * 100 / size
            rows.append(sizes | parts(bias, variance) | {"train_risk": 0.0 if fitted else bias + 0.1})
    return rows


def replicated(results: Results, replicates: int = 40) -> Results:
    """Return a study that knows each replicate's risk: that of the table, times what the replicate has everywhere."""
    generator = np.random.default_rng(0)
    everywhere_R = 1 + 0.2 * generator.standard_normal(replicates)
    risks = {}
    for row in results.table[results.table["risk"].notna()].itertuples():
        own_R = 0.02 * generator.standard_normal(replicates)
        risks[row.cell, row.loss] = (np.arange(replicates), row.risk * (everywhere_R + own_R))
    return dataclasses.replace(results, replicate_risk=risks)


STUDIES = {
    "u": lambda: study(u_rows(), ("model.degree",)),
    "descent": lambda: study(descent_rows(), ("model.features", "training.weight_decay")),
    "plain_descent": lambda: study(descent_rows((0.0,)), ("model.features",)),
    "narrow": lambda: study(descent_rows(), ("model.features", "training.weight_decay"), width=3.25),
    "many": lambda: study(descent_rows((0.0, 1e-4, 1e-3, 0.01, 0.1, 1.0)), ("model.features", "training.weight_decay")),
    "zero_one": lambda: study(zero_one_rows(), ("model.width",)),
    "gaps": lambda: study(gap_rows(), ("model.degree",)),
    "one": lambda: study(u_rows()[:1], ("model.degree",)),
    "words": lambda: study(
        [row | {"data.name": name} for row, name in zip(u_rows()[:3], ("iris", "wine", "digits"), strict=True)],
        ("data.name",),
    ),
    "decay": lambda: study(
        [
            row | {"training.weight_decay": decay}
            for row, decay in zip(u_rows()[:6], (0, 1e-4, 1e-3, 0.01, 0.1, 1.0), strict=True)
        ],
        ("training.weight_decay",),
    ),
    "odd": lambda: study(odd_rows(), ("model.degree", "data.name"), name=ODD),
}


@pytest.fixture
def studies():
    """Every synthetic study by name, as a function that makes it."""
    return STUDIES


@pytest.fixture
def with_replicates():
    """Give a study the risk of each replicate."""
    return replicated


LARGE = ("many", "descent", "zero_one", "plain_descent", "odd", "narrow")


@pytest.fixture(
    params=[pytest.param(name, marks=[pytest.mark.slow, pytest.mark.ci] if name in LARGE else ()) for name in STUDIES]
)
def any_study(request):
    """Each synthetic study in turn."""
    return STUDIES[request.param]()
