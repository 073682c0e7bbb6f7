"""The threshold is where models interpolate and where parameters are counted, on whatever axis it is marked."""

import dataclasses
import math

import numpy as np
import pytest

from biasvar.report.words.thresholds import sentence_of
from biasvar.results.conditions import Condition
from biasvar.results.numbers import position
from biasvar.results.thresholds import classical_ends, threshold_of

EVERY = Condition((), "")


def with_table(results, table):
    """Return a study with another table."""
    return dataclasses.replace(results, table=table)


def test_the_nominal_threshold_is_counted_and_not_the_next_swept_capacity(studies):
    results = studies["plain_descent"]()
    coarse = with_table(results, results.table[results.table["capacity"] != 100])
    assert threshold_of(coarse, EVERY).nominal == pytest.approx(100)
    assert threshold_of(coarse, EVERY).measured == 110


def test_the_nominal_threshold_counts_distinct_rows(studies):
    results = studies["plain_descent"]()
    bootstrap = with_table(results, results.table.assign(n_distinct=63.2))
    assert threshold_of(bootstrap, EVERY).nominal == pytest.approx(63.2)
    assert "the nominal one is at 63.2" in sentence_of(threshold_of(bootstrap, EVERY))
    unknown = with_table(results, results.table.assign(n_distinct=np.nan))
    assert threshold_of(unknown, EVERY).nominal == 100


def test_the_nominal_threshold_counts_every_output(studies):
    results = studies["plain_descent"]()
    assert threshold_of(with_table(results, results.table.assign(outputs=3)), EVERY).nominal == pytest.approx(300)


@pytest.mark.parametrize(
    ("keep", "nominal", "words"), [(slice(0, 5), math.inf, "beyond"), (slice(8, 12), -math.inf, "below")]
)
def test_a_nominal_threshold_outside_the_sweep_is_said_to_be(studies, keep, nominal, words):
    results = studies["plain_descent"]()
    found = threshold_of(with_table(results, results.table.iloc[keep]), EVERY)
    assert found.nominal == nominal
    assert f"is {words} the sweep" in sentence_of(found)


def test_least_squares_interpolates_where_its_squared_error_vanishes(studies):
    results = studies["zero_one"]()
    training = results.table["train_risk"].where(results.table["loss"] == "zero_one", 0.5)
    training = training.mask((results.table["loss"] == "squared_error") & (results.table["capacity"] == 32), 0.0)
    for kind, loss, measured in (("exact", "squared_error", 32), ("sgd", "zero_one", 16)):
        found = threshold_of(with_table(results, results.table.assign(train_risk=training, training=kind)), EVERY)
        assert (found.loss, found.measured) == (loss, measured)


@pytest.mark.parametrize("unit", [1e-4, 1.0, 1e4])
def test_the_measured_threshold_does_not_depend_on_the_units_of_y(studies, unit):
    results = studies["plain_descent"]()
    risks = {name: results.table[name] * unit**2 for name in ("train_risk", "constant_risk")}
    found = threshold_of(with_table(results, results.table.assign(**risks)), EVERY)
    assert found.measured == 100
    assert "(mean training squared error below 0.001 of the best constant's)" in sentence_of(found)


def test_a_training_error_is_a_rate_as_it_stands(studies):
    results = studies["zero_one"]()
    for constant in (0.5, 0.01, np.nan):
        found = threshold_of(with_table(results, results.table.assign(constant_risk=constant)), EVERY)
        assert (found.loss, found.measured) == ("zero_one", 16)
        assert "(mean training zero-one loss below 0.001)" in sentence_of(found)


def test_no_threshold_is_measured_where_the_best_constant_is_not_known(studies):
    results = studies["plain_descent"]()
    found = threshold_of(with_table(results, results.table.assign(constant_risk=np.nan)), EVERY)
    assert found.measured is None and "none was measured" in sentence_of(found)


def test_thresholds_have_their_place_on_the_axis_that_stands_for_capacity(studies):
    results = studies["plain_descent"]()
    table = results.table.assign(n_distinct=63.2, parameters_per_label=results.table["parameters"] / 63.2)
    found = threshold_of(with_table(results, table), EVERY, "parameters_per_label")
    assert found.nominal_x == pytest.approx(1)
    assert found.measured_x == pytest.approx(100 / 63.2)
    assert "measured interpolation threshold is at capacity 100, 1.582 on the axis" in sentence_of(found)
    # In capacities as ever.
    assert (found.measured, found.nominal) == (100, pytest.approx(63.2))


def test_an_axis_that_stays_where_it_is_has_no_place_for_a_threshold(studies):
    results = studies["plain_descent"]()
    for most, place in ((100.0, None), (2000.0, 100)):
        table = results.table.assign(degrees_of_freedom=results.table["capacity"].clip(upper=most))
        found = threshold_of(with_table(results, table), EVERY, "degrees_of_freedom")
        assert (found.measured, found.measured_x, found.nominal_x) == (100, place, place)
        assert ("is at capacity 100 (" in sentence_of(found)) == (place is None)
        assert "never crossed" not in sentence_of(found)


def test_the_classical_regime_needs_enough_capacities_and_is_lent_to_conditions_without_one(studies):
    results = studies["plain_descent"]()
    crossing = threshold_of(results, EVERY)
    never = dataclasses.replace(crossing, measured=None)
    early = dataclasses.replace(crossing, measured=20)
    rows = [results.table] * 3
    assert classical_ends([crossing, never, early], rows) == [100, 100, 100]
    assert classical_ends([never, early], rows[:2]) == [None, None]


def test_positions_are_short_where_they_are_derived_and_whole_where_they_are_swept():
    assert position(12345) == "12,345"
    assert position(0.000125) == "0.000125"
    assert position(63.18333333) == "63.18"
    assert position(0.99999999999) == "1"
