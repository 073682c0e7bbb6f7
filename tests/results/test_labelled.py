"""The table as labelled arrays: every estimate is where its labels say, and netCDF takes the types."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from biasvar.results.labelled import labelled_arrays, labelled_predictions
from tests.result_tables import STUDIES, study, u_rows
from tests.undrawn import undrawn

DESIGNS = [["replicates=4"], ["design=crossed", "design.vary=[data,label_noise]", "design.seeds=3"]]


@pytest.mark.parametrize("name", ["u", "descent", "zero_one", "gaps", "words", "odd"])
def test_every_estimate_is_at_its_labels(name):
    results = STUDIES[name]()
    variables, coordinates, about = labelled_arrays(results)
    axes, risk, attributes = variables["risk"]
    assert axes == ("loss", *results.axes) and about["level"] == 0.95 and "long_name" in attributes
    labels = [list(coordinates[axis][1]) for axis in axes]
    for _, row in results.table.iterrows():
        place = tuple(values.index(row[axis]) for axis, values in zip(axes, labels, strict=True))
        assert risk[place] == row["risk"] or (np.isnan(risk[place]) and np.isnan(row["risk"]))
    assert np.isfinite(risk).sum() == results.table["risk"].notna().sum()
    for _, values, _ in (*variables.values(), *coordinates.values()):
        assert values.dtype == float or {type(one) for one in values.ravel()} == {str}


def test_axes_of_numbers_are_sorted_and_no_value_has_a_label():
    rows = [row | {"model.depth": depth} for row, depth in zip(u_rows()[:3], (4, None, 2), strict=True)]
    variables, coordinates, _ = labelled_arrays(study(rows, ("model.depth",)))
    depths = coordinates["model.depth"][1]
    assert list(depths[:2]) == [2, 4] and np.isnan(depths[2])
    np.testing.assert_array_equal(variables["risk"][1][0], [rows[2]["risk"], rows[0]["risk"], rows[1]["risk"]])


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(
    "design", [["replicates=4"], ["design=crossed", "design.vary=[data,label_noise]", "design.seeds=3"]]
)
def test_every_prediction_is_at_its_labels(tmp_path, design):
    study = undrawn(tmp_path / "s", "study=u_curve", "model.degree=1,3", "data.n_eval=7", *design)
    variables, coordinates, _ = labelled_predictions(study.made_of, pytest.fail)
    axes, values, _ = variables["prediction"]
    assert list(coordinates["model.degree"][1]) == [1, 3] and axes[0] == "cell" and not np.isnan(values).any()
    frames = [study.predictions(cell).assign(cell=cell) for cell in range(2)]
    assert values.size == sum(map(len, frames))
    for frame in frames:
        found = values[tuple(frame[axis].to_numpy() for axis in axes)]
        np.testing.assert_array_equal(found, frame["prediction"])
        of_points = variables["target"][1][tuple(frame[axis].to_numpy() for axis in variables["target"][0])]
        np.testing.assert_array_equal(of_points, frame["target"])


@pytest.mark.slow
def test_xarray_is_given_both(tmp_path, monkeypatch):
    study = undrawn(tmp_path / "s", "study=u_curve", "model.degree=1,3", "data.n_eval=7", "replicates=3")
    monkeypatch.setitem(sys.modules, "xarray", SimpleNamespace(Dataset=lambda *parts: parts))
    (table, labels, _), (predictions, _, _) = study.to_xarray(), study.to_xarray(predictions=True)
    assert table["risk"][0] == ("loss", "model.degree") and list(labels["loss"][1]) == ["squared_error"]
    assert predictions["prediction"][0] == ("cell", "replicate", "point", "output")
