"""Predictions that cannot be used: each with one clear error, before anything is written."""

import numpy as np
import pandas as pd
import pytest

import biasvar
from biasvar.api.predictions import report_from_file
from biasvar.settings import SettingsError
from tests.results.test_verification import Silent

GENERATOR = np.random.default_rng(0)
NUMBERS = GENERATOR.standard_normal((4, 6))
PROBABILITIES = GENERATOR.dirichlet(np.ones(3), (4, 6))
LABELS = np.array([0, 1, 2, 0, 1, 2])


def tidy(**changes):
    """A table of two cells, four replicates and six points."""
    rows = [
        {"width": width, "replicate": r, "point": n, "prediction": width * value, "target": 0.5}
        for width in (1, 2)
        for (r, n), value in np.ndenumerate(NUMBERS)
    ]
    return pd.DataFrame(rows).assign(**changes)


def with_cell(table, row, name, value):
    """Return a table with one other value."""
    table = table.astype({name: object}) if isinstance(value, str) else table.copy()
    table.loc[row, name] = value
    return table


def arrays(predictions=NUMBERS, target=np.zeros(6), **options):  # noqa: B008
    return lambda out: biasvar.from_predictions(predictions, target, out=out, **options)


def table(frame, **options):
    return lambda out: biasvar.from_predictions(frame, out=out, **options)


BAD = {
    "one replicate": (arrays(NUMBERS[:1]), "predictions hold 1 replicate"),
    "one axis": (arrays(NUMBERS[0]), r"predictions have shape \(6,\); expected \[R, N\]"),
    "another number of points": (arrays(target=np.zeros(5)), r"target has shape \(5,\)"),
    "another number of outputs": (arrays(PROBABILITIES, LABELS[:, None] + [0, 1], outputs_are="values"), "has 2 out"),
    "not a number": (arrays(np.where(NUMBERS > 1, np.nan, NUMBERS)), "predictions: .* values are not finite"),
    "target is not a number": (arrays(target=np.full(6, np.nan)), "target: 6 values are not finite"),
    "negative noise": (arrays(noise=-1.0), "noise is a variance and cannot be negative"),
    "no target": (arrays(target=None), "give a target, or counts"),
    "target and counts": (arrays(PROBABILITIES, LABELS, counts=np.full((6, 3), 2)), "not both"),
    "fractions of votes": (arrays(PROBABILITIES, None, counts=np.full((6, 3), 1.5)), "expected whole numbers"),
    "whole numbers": (arrays((NUMBERS > 0) * 1, LABELS), "outputs_are='labels' says that they are classes"),
    "scores or logits": (arrays(3 * PROBABILITIES, LABELS), "say whether they are"),
    "no probabilities": (arrays(2 * PROBABILITIES, LABELS, outputs_are="probabilities"), "sum to 2"),
    "an unknown class": (arrays(PROBABILITIES, LABELS + 1), "label 3 at point 2 is not among the 3 classes"),
    "texts beside numbers": (arrays(NUMBERS.astype(str), LABELS), "labels of different types"),
    "keys without axes": (arrays({1: NUMBERS}), "expected a list of names"),
    "no cell": (arrays({}), "predictions hold no cell"),
    "unknown capacity": (arrays({1: NUMBERS}, axes=["width"], capacity="widht"), r"no axis .* did you mean width"),
    "unfit loss": (arrays(loss="zero_one"), "loss = zero_one does not fit predictions that are values"),
    "unknown kind": (arrays(outputs_are="numbers"), "outputs_are = numbers is not allowed"),
    "unknown override": (arrays(overrides=["figure.high=3"]), "figure.high"),
    "no distribution": (arrays(noise=0.1, loss="absolute_error"), "needs the distribution of the noise"),
    "an empty table": (table(tidy()[:0]), "has no rows"),
    "no column": (table(tidy().rename(columns={"target": "targets"})), r"no column target\. did you mean targets"),
    "a missing value": (table(with_cell(tidy(), 7, "prediction", np.nan)), "1 values are missing, .* row 8"),
    "a row twice": (table(pd.concat([tidy(), tidy()[5:6]])), "more than one row of replicate 0, point 5"),
    "a row short": (table(tidy().drop(index=30)), r"cell \{'width': 2\}: no row of replicate 1, point 0"),
    "another target": (table(with_cell(tidy(), 9, "target", 0.6)), "target differs .* at 1 points, the first 3"),
    "another noise": (table(with_cell(tidy(noise=0.1), 9, "noise", 0.6)), "noise differs between replicates"),
    "named replicates": (table(tidy(replicate=[f"r{n}" for n in tidy()["replicate"]])), "column replicate holds 'r0'"),
    "outputs from 1": (table(tidy(output=1)), r"column output holds \[1\]; expected numbers from 0"),
    "two kinds": (table(tidy(outputs_are=["values"] * 24 + ["logits"] * 24)), "outputs_are holds values, logits"),
    "one replicate a cell": (table(tidy()[tidy()["replicate"] == 0]), "no cell has 2 replicates"),
    "beside a table": (table(tidy(), noise=0.1), "noise beside a tidy table"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_one_clear_error_and_nothing_is_written(tmp_path, what):
    made, message = BAD[what]
    with pytest.raises(SettingsError, match=message) as caught:
        made(tmp_path / "out")
    assert len(caught.value.problems) == 1 and not (tmp_path / "out").exists()


def npz(**named):
    return lambda path: np.savez(path, **named)


FILES = {
    "empty.npz": (lambda path: path.write_bytes(b""), "is empty"),
    "empty.csv": (lambda path: path.write_bytes(b""), "is empty"),
    "header.csv": (lambda path: path.write_text("replicate,point,prediction,target\n"), "has no rows"),
    "other.csv": (lambda path: path.write_text("a,b\n1,2\n"), "no column replicate and point and prediction"),
    "no.parquet": (lambda path: path.write_bytes(b"PAR1 no"), "cannot be read"),
    "no.npz": (lambda path: path.write_bytes(b"no archive"), "cannot be read"),
    "no.pickle": (lambda path: path.write_bytes(b"no"), "no file of predictions by its name; expected .npz"),
    "pickled.npz": (npz(predictions=np.array([{}, None], dtype=object), target=np.zeros(2)), "allow_pickle=False"),
    "misnamed.npz": (npz(predictions=NUMBERS, targets=np.zeros(6)), "holds targets; .* did you mean target"),
    "nothing.npz": (npz(target=np.zeros(6)), "no array predictions"),
    "shape.npz": (npz(predictions=NUMBERS, target=np.zeros(5)), "target has shape"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used_is_named_and_nothing_is_written(tmp_path, name):
    write, message = FILES[name]
    write(tmp_path / name)
    with pytest.raises(SettingsError, match=message):
        report_from_file(tmp_path / name, tmp_path / "out", [], Silent())
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_missing_and_a_folder_in_its_place_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.npz is not there"):
        report_from_file(tmp_path / "none.npz", tmp_path / "out", [], Silent())
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder; expected a file"):
        report_from_file(tmp_path / "folder.npz", tmp_path / "out", [], Silent())


@pytest.mark.slow
@pytest.mark.ci
def test_a_folder_of_something_else_is_left_as_it_is(tmp_path):
    biasvar.from_predictions(NUMBERS, np.zeros(6), out=tmp_path, name="first")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with pytest.raises(SettingsError, match="holds no report on predictions named second"):
        biasvar.from_predictions(NUMBERS + 1, np.zeros(6), out=tmp_path, name="second")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    again = biasvar.from_predictions(NUMBERS + 1, np.zeros(6), out=tmp_path, name="first")
    assert again.table["risk"][0] == pytest.approx(np.mean((NUMBERS + 1) ** 2))
    (tmp_path / "results.json").unlink()
    with pytest.raises(SettingsError, match="holds no report"):
        biasvar.from_predictions(NUMBERS, np.zeros(6), out=tmp_path, name="first")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "study.json").write_text("{}")
    with pytest.raises(SettingsError, match="holds a study"):
        biasvar.from_predictions(NUMBERS, np.zeros(6), out=tmp_path / "other")
