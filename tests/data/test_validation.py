"""What is no number, and a label of no class, are found before a study trains on them."""

from abc import update_abstractmethods
from dataclasses import dataclass, replace

import numpy as np
import pytest

from biasvar.data import PUBLISHED, SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.rows import Evaluation, Rows
from biasvar.data.shipped_table import ShippedTable, checksum
from biasvar.data.source import classes_left_out
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.data.validation import not_finite, outside


def table(task, x, y, outputs=1):
    """Return a source whose rows are these, with the right checksum."""

    @dataclass(frozen=True, kw_only=True)
    class Own(ShippedTable):
        kind = "own"
        n_eval: int = 4

        @staticmethod
        def load():
            return Rows(x, y)

    Own.task, Own.outputs, Own.shape, Own.total = task, outputs, x.shape[1:], len(y)
    Own.sha256 = checksum(Rows(x, y))
    return update_abstractmethods(Own)()


X, Y = np.arange(40.0).reshape(20, 2), np.arange(20) % 3


def changed(values, place, value):
    values = np.array(values, dtype=float if isinstance(value, float) else None)
    values[place] = value
    return values


@pytest.mark.parametrize("label", [3, -1, 255])
def test_a_label_of_no_class_is_named_with_its_row_wherever_it_is(label):
    row = 7
    data = table("classification", X, changed(Y, row, label), outputs=3)
    with pytest.raises(OSError, match=rf"of data=own: 1 label is out of range, the first \({label}\) in row \d+; "):
        (pool_of(data, 0), evaluation_of(data, 0))


def test_targets_and_noise_that_are_not_one_for_each_input_are_refused():
    class Uneven:
        kind, task, outputs = "uneven", "regression", 1
        has_holes, at_training_inputs = False, False

        def __init__(self, targets, noise=3):
            self.points = Evaluation(np.zeros((3, 2)), np.zeros(targets), np.zeros(noise))

        def pool(self, seed):
            return Rows(self.points.x_ND, self.points.target)

        def evaluation(self, seed):
            return self.points

    assert len(pool_of(Uneven(3), 0).y_n) == len(evaluation_of(Uneven(3), 0).target) == 3
    for read in (pool_of, evaluation_of):
        with pytest.raises(OSError, match="of data=uneven: 3 inputs and 4 targets; expected one for each"):
            read(Uneven(4), 0)
    with pytest.raises(OSError, match="noise of the evaluation points of data=uneven: 3 inputs and 2 targets"):
        evaluation_of(Uneven(3, noise=2), 0)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_counted_and_the_first_is_named(value):
    data = table("classification", changed(X, (slice(None), 1), value), Y, outputs=3)
    with pytest.raises(
        OSError, match=rf"pool of data=own: 16 values are not finite, the first \({value}\) at \(0, 1\)"
    ):
        pool_of(data, 0)
    with pytest.raises(OSError, match="the evaluation points of data=own: 4 values are not finite"):
        evaluation_of(data, 0)
    with pytest.raises(OSError, match=r"the pool of data=own: 16 values are not finite, the first .* at \(0,\)"):
        pool_of(table("regression", X, np.full(20, value)), 0)


@pytest.mark.parametrize("kind", [kind for kind in SOURCES if kind not in PUBLISHED and not SOURCES[kind].names_own])
def test_sources_are_sound(kind):
    data = SOURCES[kind]().resampled_by(SCHEMES["disjoint"]())
    assert len(pool_of(data, 0).y_n) == data.available()
    assert len(evaluation_of(replace(data, n_eval=150), 0).x_ND) == 150


def test_bytes_are_finite_and_numbers_of_classes_are_in_range():
    assert not_finite(np.zeros((3, 2), np.uint8)) == "" and not_finite(np.zeros((3, 2))) == ""
    assert outside(np.array([0, 1, 9]), 10) == ""
    assert outside(np.array([0, 1, 9]), 9).startswith("1 label is out of range, the first (9) in row 2")
    assert outside(np.array([np.nan, 1.0]), 9).startswith("1 label is out of range, the first (nan) in row 0")


@pytest.mark.parametrize(("rows", "classes"), [(10, 10), (30, 10), (20, 3)])
def test_training_sets_that_lack_a_class_are_warned_of_as_often_as_they_occur(rows, classes):
    draws = np.random.default_rng(0).integers(classes, size=(4000, rows))
    share = 100 * np.mean([len(set(draw)) < classes for draw in draws.tolist()])
    said = classes_left_out(SOURCES["gaussian_classes"](n_train=rows, classes=classes))
    if share < 5:
        assert said == ""
    else:
        found = int(said.split("about ")[1].split(" %")[0])
        assert abs(found - share) < 8
        assert said.startswith(f"data.n_train = {rows} rows of {classes} classes") and "stratifies" in said


def test_a_rare_class_is_lacking_as_often_as_its_prior_says():
    data = SOURCES["gaussian_classes"](n_train=50, priors=(0.5, 0.48, 0.02))
    assert "about 36 % of training sets lack a class" in classes_left_out(data)  # 0.98^50
    assert classes_left_out(SOURCES["gaussian_classes"](n_train=50)) == ""


def test_nothing_is_said_of_classes_where_all_are_there_or_there_are_none():
    for data in (SOURCES["digits"](n_train=200), SOURCES["diabetes"](n_train=2)):
        assert classes_left_out(data) == ""
