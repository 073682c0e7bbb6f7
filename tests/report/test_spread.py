"""What the page says of the spread of accuracy, of disagreement and of outlying seeds: the tables' own numbers."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from biasvar.report.page.columns import spread_columns
from biasvar.report.words.notes import notes_of
from biasvar.report.words.spread import MOST_NAMED, outliers_in_words, spread_in_words
from biasvar.report.words.summary import summary
from biasvar.results.spread.outlying import COLUMNS as OF_OUTLIERS
from biasvar.results.spread.spreads import COLUMNS


def spread_of(results, kinds=("all",), **changes):
    """Return rows of spread.csv for every cell of a study."""
    axis = results.axes[0]
    cells = results.table.drop_duplicates("cell")
    values = dict.fromkeys(COLUMNS, 0.25) | {"sd": 0.0123, "of_points": 1e-4, "calibrated_sd": np.nan} | changes
    rows = [
        values | {axis: value, "cell": cell, "loss": "zero_one", "differ": kind}
        for cell, value in zip(cells["cell"], cells[axis], strict=True)
        for kind in kinds
    ]
    return pd.DataFrame(rows, columns=[axis, *COLUMNS])


def outlier(cell, seed, distance, source="replicate", loss="zero_one"):
    row = {"cell": cell, "loss": loss, "source": source, "seed": seed, "risk": 0.7, "median": 0.2}
    return row | {"distance": distance}


@pytest.fixture
def classes(studies):
    """A study of classes, and a function that gives it tables."""
    results = studies["zero_one"]()
    return results, lambda **tables: dataclasses.replace(results, **tables)


def test_the_summary_has_the_spread_of_the_cell_of_least_risk(classes):
    results, with_tables = classes
    (text,) = spread_in_words(with_tables(spread=spread_of(results)))
    assert text in summary(with_tables(spread=spread_of(results)))
    best = results.table.loc[results.of_loss("zero_one")["risk"].idxmin(), results.axes[0]]
    assert f" = {best:g}: standard deviation 0.0123 over models, of which" in text
    assert "the finite set of points alone gives 0.0100; the variance over the distribution" in text
    assert "Two models that share no seed disagree on a share of 0.250 (0.250 to 0.250) of the points" in text
    assert "calibrated" not in text


def test_two_classes_have_the_calibrated_spread_beside_it(classes):
    results, with_tables = classes
    (text,) = spread_in_words(with_tables(spread=spread_of(results, calibrated_sd=0.0099)))
    assert "(calibrated votes at independent points: 0.00990)" in text


def test_each_way_to_differ_has_its_disagreement(classes):
    results, with_tables = classes
    spread = spread_of(results, ("init", "data", "data+init", "all"))
    table = results.table.assign(design="crossed", vary="data+label_noise × init × batch_order")
    (text,) = spread_in_words(with_tables(spread=spread, table=table))
    assert "that differ only in init disagree" in text
    assert "that differ only in data and label noise disagree" in text, "which are drawn together"
    assert "that share no seed disagree" in text and "data, label noise and init" not in text, "the table has it"


def test_models_without_errors_have_no_correlation(classes):
    results, with_tables = classes
    (text,) = spread_in_words(with_tables(spread=spread_of(results, correlation=np.nan)))
    assert "correlation" not in text
    assert "correlation" not in {
        one.heading for one in spread_columns(with_tables(spread=spread_of(results, correlation=np.nan)))
    }


def test_a_study_of_numbers_says_nothing(classes):
    _, with_tables = classes
    for spread in (None, pd.DataFrame([], columns=list(COLUMNS))):
        assert spread_in_words(with_tables(spread=spread)) == []
        assert spread_columns(with_tables(spread=spread)) == []


def test_the_page_has_the_table(classes):
    results, with_tables = classes
    columns = {one.heading: one for one in spread_columns(with_tables(spread=spread_of(results)))}
    assert columns["models differ in"].cells[0] == "all"
    assert columns["disagreement"].cells[0] == "0.250 (0.250 to 0.250)"
    assert columns["sd"].cells[0] == "0.0123"
    assert "calibrated sd" not in columns


def test_outlying_seeds_are_named_with_the_farthest_first(classes):
    _, with_tables = classes
    rows = [outlier(0, 5, 4.0), outlier(1, 2, np.inf, "init", "cross_entropy"), outlier(2, 1, 3.5, "outer")]
    results = with_tables(outliers=pd.DataFrame(rows, columns=list(OF_OUTLIERS)))
    (note,) = outliers_in_words(results)
    assert note in notes_of(results)
    first, second, third = (note.index(name) for name in ("init seed 2", "replicate 5", "outer set 1"))
    assert first < second < third
    assert "cell 1, cross-entropy (nats): init seed 2 at 0.700, the median being 0.200" in note
    assert "part of every number" in note


def test_many_outlying_seeds_are_counted(classes):
    _, with_tables = classes
    rows = [outlier(cell, 0, 4.0) for cell in range(MOST_NAMED + 5)]
    (note,) = outliers_in_words(with_tables(outliers=pd.DataFrame(rows)))
    assert "; and 5 more in outliers.csv" in note


def test_without_outlying_seeds_there_is_no_note(classes):
    _, with_tables = classes
    assert outliers_in_words(with_tables(outliers=pd.DataFrame([], columns=list(OF_OUTLIERS)))) == []
