"""The table as labelled arrays: every estimate is where its labels say, and netCDF takes the types."""

import numpy as np
import pytest

from biasvar.results.labelled import labelled_arrays
from tests.result_tables import STUDIES, study, u_rows


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
