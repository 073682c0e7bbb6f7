"""What is said of the curves of every preset is what its tables hold. Real sizes where training is exact and quick."""

import re
from pathlib import Path

import numpy as np
import pytest

from biasvar.report.words.summary import summary
from biasvar.results.conditions import conditions_of, horizontal, naming
from biasvar.results.numbers import position
from biasvar.results.shapes.turns import TURNS
from tests.undrawn import undrawn

IMAGES = ["data.n_eval=50", "model.width=1,2,3"]
FEW, SHORT = ["data.n_train=100"], ["training.epochs=1"]
TOY = {
    "dropout": ["training.epochs=2", "model.width=4,8", "model.dropout=0,0.2,0.4,0.6"],
    "cifar10_features": [*FEW, "data.n_eval=50", "model.features=20,50,80,95,100,105,150,300"],
    "cifar10_mlp": [*FEW, "data.n_eval=50", "training.epochs=2", "model.width=1,2,4,8"],
    "cifar10_convnet": [*IMAGES, *FEW, *SHORT],
    "cifar10_convnet_clean": [*IMAGES, *FEW, *SHORT],
    "cifar10_epochs": [*IMAGES, *FEW, "training.epochs=4", "training.evaluate_at=[1,2,4]"],
    "cifar10_samples": [*IMAGES, *SHORT, "data.n_train=60,80,100"],
}
"""Sizes at which training takes no time."""
REPLICATES = {
    "components": ["design.seeds=8"],
    "double_descent": ["replicates=20"],
    "u_curve": ["replicates=20"],
}
WITHOUT_CURVE = {"sklearn_bagging", "cifar10_components"}  # compare two estimators, or two widths
NAMES = {path.stem for path in (Path(__file__).parents[2] / "conf" / "study").glob("*.yaml")}
PRESETS = sorted(NAMES - WITHOUT_CURVE)


@pytest.fixture(scope="module", params=PRESETS)
def preset(request, tmp_path_factory):
    """A study of each preset, with few replicates."""
    name = request.param
    size = TOY.get(name, []) + REPLICATES.get(name, ["replicates=10"])
    if name.startswith("cifar10"):
        size.append(f"data.root={request.getfixturevalue('cifar10_root')}")
    return undrawn(tmp_path_factory.mktemp(name), f"study={name}", *size)


def curves_of(study):
    """Yield each curve's rows of ``results.csv`` by place, and its rows of ``curves.csv`` by statement."""
    results = study.results
    column = horizontal(results)
    for loss in results.losses:
        for condition in conditions_of(results, column):
            table = condition.rows(results.of_loss(loss)).set_index(naming(column)).sort_index()
            said = study.curves[(study.curves["loss"] == loss) & (study.curves["condition"] == condition.label)]
            said = said[said["axis"] == naming(column)]
            yield table, dict(list(said.groupby("statement")))


@pytest.mark.slow
@pytest.mark.ci
def test_every_named_place_is_the_largest_or_the_least_of_the_column_that_is_named(preset):
    statements = 0
    for table, said in curves_of(preset):
        for name, rows in said.items():
            (column,) = rows["column"].unique()
            values, at, minus_at = table[column], rows["at"].tolist(), rows["minus_at"].tolist()
            statements += 1
            if name == "minimum":
                assert (at[0], rows["estimate"].iloc[0]) == (values.idxmin(), values.min())
                assert set(minus_at[1:]) == {values.idxmin()} and set(at) == set(values.index)
            elif name == "U-shaped":
                assert at[0] == values.index[0] and set(minus_at) == {values.loc[at[0] : at[1]].iloc[1:-1].idxmin()}
            elif name in ("double descent", "rise between falls"):
                (peak,) = set(at)
                assert minus_at[0] == values[values.index < peak].idxmin()
                assert minus_at[1] == values[values.index > peak].idxmin()
                assert peak == values.loc[minus_at[0] : minus_at[1]].iloc[1:-1].idxmax()
            elif name in {turn.name for turn in TURNS}:
                higher, lower = rows[["at", "minus_at"]].to_numpy().T
                ends = [higher[0], *np.where(np.arange(len(rows)) % 2, higher, lower)]
                assert ends == sorted(ends)
                for before, end, after in zip([-np.inf, *ends], ends, [*ends[1:], np.inf], strict=False):
                    between = values[(values.index > before) & (values.index < after)]
                    assert end == (between.idxmax() if end in higher else between.idxmin())
            else:
                rise = {(a, b): values[b] - values[a] for a in values.index for b in values.index[values.index > a]}
                assert (minus_at[0], at[0]) == max(rise, key=rise.get)
    assert statements


@pytest.mark.slow
@pytest.mark.ci
def test_no_sentence_contradicts_a_table(preset):
    text = " ".join(summary(preset.results))
    for table, said in curves_of(preset):
        lowest = table["risk"].idxmin()
        assert f"= {position(lowest)}" in text
        if "minimum" not in said:
            continue
        minimum = said["minimum"].iloc[1:]
        alike, apart = (minimum[keep] for keep in (minimum["low"] <= 0, minimum["low"] > 0))
        column = minimum["column"].iloc[0]
        assert (table[column][apart["at"]] > table[column].min()).all()
        # What lies far above the minimum is not among the places that are not told apart from it.
        far = 5 * (table["risk_median_high"] - table["risk_median_low"])[lowest]
        assert (table["risk_median_low"][alike["at"]] < table["risk_median_high"][lowest] + far).all()


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(("preset", "peak"), [("double_descent", 100), ("default", 50)], indirect=["preset"])
def test_the_peak_is_at_the_threshold_where_no_mean_exists(preset, peak):
    rows = preset.curves[preset.curves["statement"] == "double descent"]
    assert rows["at"].tolist() == [peak, peak] and set(rows["average"]) == {"pseudo-median"}
    assert preset.table.set_index("capacity")["risk"].idxmax() == peak
    told = re.search(r"Double descent: .*?\.\s", summary(preset.results)[1] + " ")[0]
    assert told.count(f"the pseudo-median of risk({peak}) −") == 2
    minimum = preset.curves[preset.curves["statement"] == "minimum"]
    assert (minimum["low"][minimum["at"] == peak] > 0).all()


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("preset", ["u_curve"], indirect=True)
def test_the_textbook_u_is_told_at_20_replicates(preset):
    rows = preset.curves[preset.curves["statement"] == "U-shaped"]
    assert set(rows["verdict"]) == {"yes"} and np.isin(rows["at"], [0, 12]).all()
    assert "U-shaped: yes" in summary(preset.results)[1]
