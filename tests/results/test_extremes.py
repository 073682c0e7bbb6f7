"""Studies at extremes: what scales scales, what does not matter changes nothing, what has no estimate says so."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from biasvar.api import load
from biasvar.data import SOURCES
from biasvar.data.distribution import Distribution
from biasvar.data.rows import Evaluation, Rows
from biasvar.results.build import build
from biasvar.results.results import QUANTITIES
from biasvar.results.stored.stored_cells import cells_of
from biasvar.settings import SettingsError, key
from biasvar.study.plan import plan
from biasvar.study.run import run
from tests.results.test_verification import Silent

SQUARES = ("risk", "noise", "bias_squared", "variance", "train_risk", "constant_risk")
ENDS = ("", "_low", "_high")


@dataclass(frozen=True, kw_only=True)
class Odd(Distribution):
    """y = times (x_1 + x_2^2 / 2 + noise_std e), of inputs that are moved, or stand beside constant or equal ones.

    Inputs are multiples of 2^-20, so that moving them by 1e6 rounds nothing.
    """

    kind: ClassVar[str] = "odd"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1

    n_train: int = key(12, "rows", at_least=1)
    n_eval: int = key(15, "points", at_least=1)
    noise_std: float = key(0.3, "standard deviation of the noise, in the unit of y")
    times: float = key(1.0, "the unit of y")
    move: float = key(0.0, "what is added to every input")
    columns: str = key("two", "which inputs there are", choices=("two", "constant", "twice", "one"))

    @property
    def shape(self):
        return ({"two": 2, "constant": 3, "twice": 4, "one": 1}[self.columns],)

    @property
    def noise_distribution(self):
        return "gaussian"

    def inputs(self, drawn_n2):
        x_n2 = np.round(drawn_n2 * 2**20) / 2**20
        beside = {
            "two": [],
            "constant": [np.full((len(x_n2), 1), 1e6 / 3)],
            "twice": [x_n2],
            "one": [],
        }[self.columns]
        return np.hstack([x_n2, *beside])[:, : self.shape[0]] + self.move

    def optimal(self, x_n2):
        return self.times * (x_n2[:, 0] + x_n2[:, 1] ** 2 / 2)

    def draw(self, inputs, noise, n):
        drawn_n2 = np.random.default_rng(inputs).standard_normal((n, 2))
        noise_n = self.times * self.noise_std * np.random.default_rng(noise).standard_normal(n)
        return Rows(self.inputs(drawn_n2), self.optimal(drawn_n2) + noise_n)

    def points(self, inputs, n):
        drawn_N2 = np.random.default_rng(inputs).standard_normal((n, 2))
        noise_N = np.full(n, (self.noise_std * self.times) ** 2)
        return Evaluation(self.inputs(drawn_N2), self.optimal(drawn_N2), noise_N)

    def evaluation(self, seed):
        return self.points(np.random.SeedSequence(seed), self.n_eval)


STUDY = {
    "name": "odd",
    "seed": 3,
    "replicates": 6,
    "data": {"kind": "odd"},
    "resampling": {"kind": "fresh"},
    "model": {"kind": "linear", "features": 2, "intercept": True},
    "training": {"kind": "exact"},
    "interval": {"resamples": 100},
}
CLASSES = STUDY | {
    "data": {"kind": "gaussian_classes", "classes": 3, "dimension": 2, "n_train": 20, "n_eval": 30},
    "model": {"kind": "random_features", "features": 6},
}


@pytest.fixture(autouse=True)
def odd(monkeypatch):
    monkeypatch.setitem(SOURCES, "odd", Odd)


@pytest.fixture
def results_of(tmp_path):
    """Return a function from changes of a study, a cell each, to what a report holds of it."""

    def made(*changes, of=STUDY):
        cells = []
        for number, change in enumerate(changes or ({},)):
            changed = {name: part for name, part in change.items() if isinstance(part, dict) and "kind" not in part}
            parts = change | {name: of[name] | part for name, part in changed.items()}
            cells.append(({"case": number}, of | parts))
        study_plan, folder = plan(cells), tmp_path / "study"
        outcome = run(folder, study_plan, 1, Silent())
        assert not outcome.reasons
        cells = cells_of(study_plan, folder)
        assert not cells.warnings
        results = build(folder, cells)
        assert not results.not_closed
        for row in results.table.to_dict("records"):
            said(row)
        return results

    return made


def said(row):
    """Assert that a row has numbers with intervals that hold them, or says why it has none."""
    assert row["status"] == "ok" or row["gaps"]
    estimated = [name for name in QUANTITIES if name in row and np.isfinite(row[name]) and f"{name}_low" in row]
    assert "risk" in estimated or row["status"] != "ok"
    for name in estimated:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        assert not np.isnan([low, high]).any(), f"{name} has no interval"
        assert low <= high and low <= row[name] + 1e-9 * abs(row[name])


def numbers(row, names=SQUARES, unit=1.0):
    return [row[name + end] / unit for name in names for end in ENDS if name + end in row]


@pytest.mark.parametrize("weight_decay", [0.0, 1e-18, 0.1])
@pytest.mark.parametrize("features", [{"kind": "polynomial", "degree": 2}, {"kind": "linear", "features": 2}])
def test_what_is_in_the_unit_of_y_scales_with_it(results_of, weight_decay, features):
    training = {"kind": "exact", "weight_decay": weight_decay}
    units = (1.0, 1e-8, 1e8)
    data = {"columns": "one" if features["kind"] == "polynomial" else "two"}
    rows = results_of(
        *({"data": data | {"times": unit}, "model": features, "training": training} for unit in units)
    ).table.to_dict("records")
    for row, unit in zip(rows, units, strict=True):
        assert numbers(row, unit=unit**2) == pytest.approx(numbers(rows[0]), rel=1e-7, abs=1e-9)
        assert row["resolution"] == rows[0]["resolution"] and row["status"] == "ok"


@pytest.mark.parametrize("weight_decay", [0.0, 1e-18, 0.1])
def test_inputs_that_are_moved_or_stand_beside_constant_ones_change_nothing(results_of, weight_decay):
    model, training = {"kind": "linear", "intercept": True}, {"kind": "exact", "weight_decay": weight_decay}
    data = ({}, {"move": 1e6}, {"columns": "constant"})
    sizes = (2, 2, 3)
    rows = results_of(
        *(
            {"data": one, "model": model | {"features": size}, "training": training}
            for one, size in zip(data, sizes, strict=True)
        )
    ).table.to_dict("records")
    for row in rows[1:]:
        assert numbers(row) == pytest.approx(numbers(rows[0]), rel=1e-6)


def test_inputs_that_come_twice_are_one_with_half_the_weight_decay(results_of):
    model = {"kind": "linear", "intercept": True}
    once, twice, *least = results_of(
        {"model": model | {"features": 2}, "training": {"kind": "exact", "weight_decay": 0.05}},
        {
            "data": {"columns": "twice"},
            "model": model | {"features": 4},
            "training": {"kind": "exact", "weight_decay": 0.1},
        },
        {"model": model | {"features": 2}},
        {"data": {"columns": "twice"}, "model": model | {"features": 4}},
    ).table.to_dict("records")
    assert numbers(twice) == pytest.approx(numbers(once), rel=1e-9)
    assert numbers(least[1]) == pytest.approx(numbers(least[0]), rel=1e-9)


@pytest.mark.parametrize("n_train", [1, 2, 3])
@pytest.mark.parametrize("resampling", ["fresh", "bootstrap"])
def test_a_few_rows_are_fitted_by_what_passes_through_them(results_of, n_train, resampling):
    scheme = {"kind": resampling}
    data = {"columns": "one", "n_train": n_train, "n_pool": 4}
    model = {"kind": "polynomial", "degree": 1}
    (row,) = results_of({"data": data, "model": model, "resampling": scheme, "replicates": 20}).table.to_dict("records")
    assert row["status"] == "ok" and row["n_distinct"] <= n_train
    if n_train == 1:
        assert row["train_risk"] == 0 and row["constant_risk"] == 0
        # A constant: the variance of the one label that was drawn, the same at every point.
        assert row["variance"] < 20 and row["n_distinct"] == 1
    if n_train == 2:
        assert row["train_risk"] < 1e-20


@pytest.mark.parametrize("kind", ["fresh", "bootstrap", "subsample", "disjoint"])
def test_one_point_and_two_replicates_are_enough_for_every_estimate(results_of, kind):
    scheme = {"kind": kind}
    one, two, both = results_of(
        {"data": {"n_eval": 1, "n_pool": 100}, "resampling": scheme},
        {"data": {"n_pool": 100}, "replicates": 2, "resampling": scheme},
        {"data": {"n_eval": 1, "n_pool": 100}, "replicates": 2, "resampling": scheme},
    ).table.to_dict("records")
    assert (one["n_ok"], two["n_ok"], both["n_ok"]) == (6, 2, 2)
    for row in (one, two, both):
        assert row["risk"] == pytest.approx(row["noise"] + row["bias_squared"] + row["variance"])
    assert two["variance_high"] > 3 * two["variance"], "two replicates say little of the variance"


@pytest.mark.parametrize("n_eval", [1, 2, 3])
@pytest.mark.parametrize("replicates", [2, 3])
def test_classes_at_few_points_have_an_estimate_under_every_loss(results_of, n_eval, replicates):
    change = {"data": {"n_eval": n_eval}, "replicates": replicates}
    if n_eval < 2:
        with pytest.raises(SettingsError, match=r"data\.n_eval = 1 is not allowed"):
            results_of(change, of=CLASSES)
        return
    table = results_of(change, of=CLASSES).table
    assert table["status"].eq("ok").all() and len(table) >= 2
    assert table.loc[table["loss"] == "zero_one", "risk"].between(0, 1).all()


def test_training_sets_that_lack_a_class_are_fitted_all_the_same(results_of):
    table = results_of(
        {"data": {"n_train": 2}, "replicates": 10}, {"data": {"n_train": 3}, "replicates": 10}, of=CLASSES
    ).table
    assert table["status"].eq("ok").all() and np.isfinite(table["risk"]).all()


@pytest.mark.parametrize("rate", [0.001, 0.02, 0.04])
def test_a_flip_rate_below_one_row_flips_its_share_on_average(results_of, rate):
    replicates = 100
    table = results_of({"data": {"label_noise": rate}, "replicates": replicates}, of=CLASSES).table
    found = float(table["label_noise_rate"].iloc[0])
    rows = 20
    assert found == pytest.approx(rate, abs=4 * np.sqrt(rate / rows / replicates))
    assert round(found * rows * replicates, 6) == round(found * rows * replicates), "whole rows are flipped"


def test_as_many_features_as_rows_with_an_intercept_and_degree_30(results_of):
    decays = (0.0, 1e-18, 1e-12)
    rows = results_of(
        *(
            {"data": data, "model": model, "training": {"kind": "exact", "weight_decay": decay}}
            for data, model in (
                ({"columns": "twice", "n_train": 4}, {"kind": "linear", "features": 4, "intercept": True}),
                ({"columns": "one", "n_train": 31, "move": 0.0}, {"kind": "polynomial", "degree": 30}),
            )
            for decay in decays
        )
    ).table.to_dict("records")
    for plain, *decayed in (rows[:3], rows[3:]):
        assert decayed[0]["degrees_of_freedom"] <= decayed[0]["n_distinct"] + 1e-9
        assert all(row["status"] == "ok" and np.isfinite(row["risk"]) for row in (plain, *decayed))
    assert numbers(rows[1]) == pytest.approx(numbers(rows[0]), rel=1e-6, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"data": {"times": 1e-8}},
        {"data": {"times": 1e8}},
        {"data": {"n_eval": 1}, "replicates": 2},
        {"data": {"n_train": 1}},
        {"data": {"columns": "constant", "move": 1e6}},
    ],
)
def test_every_figure_and_the_page_are_made_of_it(results_of, tmp_path, change):
    results_of(change)
    page = load(tmp_path / "study").write_report().read_text()
    assert ">nan<" not in page.lower() and ">inf<" not in page.lower()
