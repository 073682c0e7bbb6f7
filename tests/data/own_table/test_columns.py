"""Columns: what they are taken for, and which are no inputs."""

import datetime

import numpy as np
import pandas as pd
import pytest

from biasvar.data.own_table.columns import as_input, column_of

MANY = 60


def column(values, **options):
    return column_of("x", pd.Series(values, **options))


def test_numbers_truth_values_and_categories_are_told_apart():
    assert column([1, 2, 3]).values_n.tolist() == [1, 2, 3]
    assert column([1, None, 3], dtype="Int64").holes_n.tolist() == [False, True, False]
    assert column([True, False]).truth and column([True, None, False], dtype=object).truth
    assert column(["b", "a", None, "b"]).labels == ("a", "b")
    assert column(["b", "a", None, "b"]).values_n[[0, 1, 3]].tolist() == [1, 0, 1]


def test_categories_of_pandas_keep_their_order_and_are_no_numbers():
    ordered = pd.Categorical(["low", "high", "low"], categories=["low", "mid", "high"], ordered=True)
    assert column(ordered).labels == ("low", "high") and column(ordered).values_n.tolist() == [0, 1, 0]
    assert column(pd.Categorical([10, 2, 10])).labels == ("2", "10")


def test_texts_of_numbers_are_numbers():
    found = column(["1,234", "12", " 5.5 ", "?", ""])
    assert found.values_n[:3].tolist() == [1234, 12, 5.5] and found.holes_n.tolist() == [False] * 3 + [True] * 2
    assert found.note == "column x: commas are taken for separators of thousands, as in 1,234"
    assert column(["1", "2"]).note == "" and not column(["1", "2"]).labels
    assert column(["1,23", "4"]).labels, "no separator of thousands"


@pytest.mark.parametrize("as_given", [int, str])
def test_whole_numbers_that_floats_do_not_tell_apart_are_names(as_given):
    assert column(list(map(as_given, [2**53 + 1, 2**53, 2**53]))).values_n.tolist() == [1, 0, 0]
    assert column(list(map(as_given, [2**60, 0]))).values_n.tolist() == [2.0**60, 0], "these two are told apart"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (pd.date_range("2024-01-01", periods=MANY), "has dates or durations"),
        ([datetime.date(2024, 1, 1 + day % 28) for day in range(MANY)], "has dates (2024-01-01, ...)"),
        ([f"2024-01-{1 + day % 28:02}" for day in range(MANY)], "has dates (2024-01-01, ...)"),
        ([f"{1 + day % 28}/3/24" for day in range(MANY)], "has dates (1/3/24, ...)"),
        ([f"a long story, part {part}" for part in range(MANY)], "has 60 different texts in 60 rows"),
        ([*map(str, range(MANY)), "n.a."], "has numbers and 1 other texts, such as 'n.a.'"),
        ([1.0, np.inf, -np.inf], "is not finite in 2 of 3 rows, the first of them (inf) row 2"),
        (["1,000", "inf"], "is not finite in 1 of 2 rows, the first of them (inf) row 2"),
        (["1,000", "9" * 400], "is not finite in 1 of 2 rows, the first of them (inf) row 2"),
        (2**60 + np.arange(MANY), "has 60 different texts in 60 rows"),
        ([str(10**30 + row) for row in range(MANY)], "has 60 different texts in 60 rows"),
        ([1j, 2.0], "has complex numbers"),
        ([[1], [2]], "has a list in each row"),
        (np.arange(MANY), "numbers the rows"),
        (1 + np.arange(MANY), "numbers the rows"),
    ],
)
def test_what_is_no_input_is_said(values, fault):
    assert as_input(column(values)).fault.startswith(fault)


def test_few_texts_are_categories_in_however_few_rows():
    assert not column(["a", "b", "c"]).fault and not column([*"12345", "3A"]).fault
