"""Results on disk: read back as they were, kept while they are current, and made anew where they are not."""

import json
import shutil
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from biasvar.api import load
from biasvar.report.figures.double_descent import DoubleDescent
from biasvar.results import ensembles
from biasvar.results.build import build
from biasvar.results.saved import FILE, TABLES, fingerprint, is_current, results_of, save, with_points
from biasvar.results.saved import load as read_back
from biasvar.results.shapes import evidence_table
from biasvar.results.stored.stored_cells import cells_in, cells_of
from biasvar.settings import SettingsError
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.files import sha256_of_file
from tests.results.test_verification import LINEAR, Silent

CLASSES = LINEAR | {
    "data": {"kind": "gaussian_classes", "n_train": 30, "n_eval": 60, "classes": 3, "dimension": 2},
    "model": {"kind": "random_features", "features": 8},
    "interval": {"resamples": 100},
}


def features(settings, *sizes):
    model = settings["model"]
    return plan([({"model.features": p}, settings | {"model": model | {"features": p}}) for p in sizes])


@pytest.fixture(params=[LINEAR, CLASSES], ids=["numbers", "classes"])
def folder(request, tmp_path):
    """A small study of numbers, or of classes and four losses."""
    run(tmp_path, features(request.param, 5, 12), 1, Silent())
    return tmp_path


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A small study whose tables are saved, to be copied."""
    folder = tmp_path_factory.mktemp("saved")
    run(folder, features(LINEAR, 5, 12), 1, Silent())
    load(folder)
    return folder


@pytest.fixture
def numbers(saved, tmp_path):
    """A small study whose tables are saved."""
    return shutil.copytree(saved, tmp_path / "numbers")


def test_what_is_saved_is_read_back_bit_by_bit(folder):
    cells = cells_in(folder)
    assert not cells.warnings
    built = build(folder, cells)
    save(built, folder, "these")
    built, back = with_points(built, folder, cells), read_back(folder, cells)
    for field in fields(built):
        one, other = getattr(built, field.name), getattr(back, field.name)
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other, check_exact=True)
        elif field.name == "replicate_risk":
            assert list(one) == list(other)
            for pair, same in zip(one.values(), other.values(), strict=True):
                assert all(np.array_equal(*both) for both in zip(pair, same, strict=True))
        else:
            assert one == other, field.name


def test_the_same_outputs_give_the_same_bytes(numbers):
    before = {name: (numbers / name).read_bytes() for name in (*TABLES, FILE)}
    (numbers / FILE).unlink()
    results_of(cells_in(numbers), numbers)
    assert {name: (numbers / name).read_bytes() for name in before} == before
    assert not {"time", "host", "seconds"} & json.loads(before[FILE]).keys()


def refuse(*_, **__):
    raise AssertionError("decomposed")


def test_a_redraw_with_another_width_decomposes_and_tests_nothing(numbers, monkeypatch):
    monkeypatch.setattr(ensembles, "decompose", refuse)
    monkeypatch.setattr(evidence_table, "statements", refuse)
    load(numbers).write_report()
    monkeypatch.setattr("biasvar.report.figures.FIGURES", {"double_descent": DoubleDescent})
    wide = (numbers / "figures/double_descent_squared_error.svg").read_text()
    load(numbers, ["figure.width=3.25", "figure.x=parameters"]).write_report()
    assert 'width="234pt"' in (numbers / "figures/double_descent_squared_error.svg").read_text() != wide


@pytest.mark.parametrize("override", ["replicates=3", "loss=zero_one", "figure.width", "figures.width=3"])
def test_other_overrides_than_those_of_figures_are_refused(numbers, override):
    with pytest.raises(SettingsError, match=r"cannot be set here \(needs figure.KEY=VALUE"):
        load(numbers, [override])


@pytest.mark.parametrize("override", ["figure.width=wide", "figure.width=0", "figure.x=depth", "figure.height=3"])
def test_values_of_figures_are_checked(numbers, override):
    with pytest.raises(SettingsError, match=override.split("=")[0]):
        load(numbers, [override])


@pytest.mark.parametrize("name", [*TABLES, FILE])
@pytest.mark.parametrize("damage", ["lost", "changed", "cut"])
def test_a_table_that_is_lost_or_changed_is_made_anew(numbers, name, damage):
    path = numbers / name
    before = path.read_bytes()
    path.write_bytes({"lost": b"", "changed": before[:-1] + b"?", "cut": before[: len(before) // 2]}[damage])
    if damage == "lost":
        path.unlink()
    results_of(cells_in(numbers), numbers)
    assert path.read_bytes() == before


def current(folder, study_plan):
    cells = cells_of(study_plan, folder)
    assert not cells.warnings
    return is_current(folder, fingerprint(cells))


@pytest.mark.faults
@pytest.mark.parametrize("name", ["results.parquet", "replicates.parquet", "points.parquet", "committee.csv"])
def test_a_table_that_no_report_has_written_is_made_anew_though_its_checksum_is_right(numbers, name):
    whole = (numbers / name).read_bytes()
    (numbers / name).write_bytes(b"PAR1" + bytes(40) + b"PAR1")
    about = json.loads((numbers / FILE).read_text())
    about["tables"][name] = sha256_of_file(numbers / name)
    (numbers / FILE).write_text(json.dumps(about))
    load(numbers)
    assert (numbers / name).read_bytes() == whole


def test_only_what_changes_an_estimate_makes_the_tables_stale(numbers):
    def with_settings(**changes):
        return features(LINEAR | changes, 5, 12)

    assert current(numbers, with_settings())
    for look in ({"figure": {"width": 3.25}}, {"engine": {"kind": "serial"}}, {"workers": 2}, {"name": "other"}):
        assert current(numbers, with_settings(**look)), look
    for changed in (
        {"loss": "absolute_error"},
        {"tolerance": 0.1},
        {"interval": {"level": 0.9}},
        {"interval": {"method": "bootstrap"}},
        {"interval": {"over": "replicates_and_points"}},
        {"interval": {"resamples": 200}},
        {"noise": {"reference": "labels"}},
        {"replicates": 4},
    ):
        assert not current(numbers, with_settings(**changed)), changed
    assert not current(numbers, features(LINEAR, 5))


def test_outputs_that_are_lost_and_more_models_make_the_tables_stale(numbers):
    more = features(LINEAR | {"replicates": LINEAR["replicates"] + 2}, 5, 12)
    run(numbers, more, 1, Silent())
    assert not current(numbers, more)
    assert set(results_of(cells_in(numbers), numbers).table["n_ok"]) == {LINEAR["replicates"] + 2}
    next((numbers / "shards").glob("*/*.npz")).write_bytes(b"damage")
    results = results_of(cells_in(numbers), numbers)
    assert results.warnings[0].startswith("shard ") and results.models[0] < results.models[1]
    again = results_of(cells_in(numbers), numbers)
    assert again is not results and again.warnings == results.warnings


def test_warnings_of_the_tables_are_said_again_on_a_redraw(numbers, monkeypatch):
    from biasvar.results import kept_cells

    monkeypatch.setattr(kept_cells, "MOST_CELLS", 1)
    (numbers / FILE).unlink()
    first = results_of(cells_in(numbers), numbers).warnings
    assert first == tuple(f"{name} holds 1 of 2 cells, evenly chosen" for name in ("committee.csv", "sensitivity.csv"))
    assert results_of(cells_in(numbers), numbers).warnings == first


def test_columns_of_names_keep_what_looks_like_nothing_or_a_number(numbers):
    from biasvar.results.tables import read_csv, write_csv

    table = pd.DataFrame({"name": ["NA", "", "1"], "value": [0.1 + 0.2, np.nan, np.inf], "cell": [1, 2, 3]})
    write_csv(numbers / "table.csv", table)
    pd.testing.assert_frame_equal(read_csv(numbers / "table.csv"), table, check_exact=True)
