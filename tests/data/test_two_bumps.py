"""``data=two_bumps`` is the data of scikit-learn's example, and its evaluation points are the example's own."""

import numpy as np
import pytest

import biasvar
from biasvar import seeds
from biasvar.data import SOURCES


def test_the_points_are_those_that_the_example_draws():
    np.random.seed(0)  # noqa: NPY002  as the example does
    before = np.random.get_state()  # noqa: NPY002
    for rows in [50] * 50:
        np.sort(np.random.rand(rows) * 10 - 5)  # noqa: NPY002
        np.random.normal(0.0, 0.1, rows)  # noqa: NPY002
    expected_N = np.sort(np.random.rand(1000) * 10 - 5)  # noqa: NPY002
    np.random.set_state(before)  # noqa: NPY002
    found = SOURCES["two_bumps"]().evaluation(7)
    assert np.array_equal(found.x_ND[:, 0], expected_N)
    assert np.allclose(found.target, np.exp(-(expected_N**2)) + 1.5 * np.exp(-((expected_N - 2) ** 2)))
    assert (found.noise_N == 0.1**2).all()
    assert np.array_equal(np.random.get_state()[1], before[1])  # noqa: NPY002


def test_rows_are_uniform_with_the_noise_of_the_example():
    data = SOURCES["two_bumps"]()
    rows = data.draw(seeds.sequence(0, "rows", 0), seeds.sequence(0, "label_noise", 0), 20_000)
    known = data.points(seeds.sequence(0, "rows", 0), 20_000)
    assert np.array_equal(rows.x_nD, known.x_ND) and -5 <= rows.x_nD.min() < -4.99 and 4.99 < rows.x_nD.max() <= 5
    assert np.std(rows.y_n - known.target) == pytest.approx(0.1, abs=0.002)


@pytest.mark.slow
@pytest.mark.ci
def test_bagging_trades_variance_for_little_bias_as_in_the_example(tmp_path):
    # Of 1,200 fits each drawn by other code: tree 0.00008 and 0.0148, bagging 0.00040 and 0.0092.
    table = biasvar.sweep(["study=sklearn_bagging"], out=tmp_path / "study").table.set_index("model.name")
    for name, bias, variance in (("DecisionTreeRegressor", 8e-5, 0.0148), ("BaggingRegressor", 4e-4, 0.0092)):
        row = table.loc[name]
        assert row["bias_squared_low"] < bias < row["bias_squared_high"]
        assert row["variance"] == pytest.approx(variance, abs=0.0003)
