"""`biasvar compare` as people call it."""

import io
import json
import shutil
from types import SimpleNamespace

import click
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy import stats

import biasvar
from biasvar.api.progress import Quiet
from biasvar.cli.main import cli
from biasvar.composition.compose import compose_study
from biasvar.settings import SettingsError
from biasvar.study.run import run
from tests.undrawn import undrawn

SMALL = ["study=u_curve", "replicates=9", "data.n_eval=50"]

pytestmark = [pytest.mark.slow, pytest.mark.ci]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Studies by name: two degrees, other penalties of them, and single ones."""
    base = tmp_path_factory.mktemp("compared")
    undrawn(base / "both", *SMALL, "model.degree=3,7")
    undrawn(base / "ridge", *SMALL, "model.degree=3,7,9", "training.weight_decay=0.01")
    undrawn(base / "nine_of_three", *SMALL, "model.degree=3")
    undrawn(base / "three", SMALL[0], SMALL[2], "model.degree=3", "replicates=6")
    undrawn(base / "one", *SMALL, "model.degree=1")
    undrawn(base / "elsewhere", *SMALL, "model.degree=3,7", "seed=1")
    return base


def compare(*arguments):
    return cli.main(["compare", *map(str, arguments)], standalone_mode=False, obj=SimpleNamespace())


def table_of(capsys, *arguments):
    assert compare(*arguments) == 0
    return pd.read_csv(io.StringIO(capsys.readouterr().out))


def test_cells_that_both_have_are_compared_and_paired(folders, capsys):
    table = table_of(capsys, folders / "both", folders / "ridge")
    assert list(table.columns[:3]) == ["model.degree", "cell_a", "cell_b"]
    assert set(table["model.degree"]) == {3, 7} and set(table["paired"]) == {"yes"}
    assert set(table["shared"]) == {"data+label_noise"} and set(table["n_a"]) == {9}
    assert {"risk", "noise", "bias_squared", "variance"} <= set(table["quantity"])
    assert table.loc[table["quantity"] == "risk", "p_a_better"].between(0, 1).all()


def test_a_study_against_itself_is_zero(folders, capsys):
    table = table_of(capsys, folders / "both", folders / "both")
    assert (table[["difference", "low", "high"]] == 0).all().all()
    assert set(table["p_a_better"].dropna()) == {0.5}


def test_the_interval_is_that_of_a_claim_on_the_same_cells(folders, tmp_path):
    names = ("risk", "bias_squared", "variance")
    claims = "".join(
        f"  - {{id: {name}, source: S7, text: It rises., quantity: {name}, expect: rises, "
        "at: [{model.degree: 3}, {model.degree: 1}]}\n"
        for name in names
    )
    (tmp_path / "study").mkdir()
    head = "# @package _global_\ndefaults:\n  - /study/u_curve\n  - _self_\nsweep:\n  model.degree: [1, 3]\n"
    (tmp_path / "study" / "mine.yaml").write_text(f"{head}claims:\n{claims}")
    _, plan = compose_study(["study=mine", *SMALL[1:]], Quiet().warn, tmp_path)
    run(tmp_path / "claims", plan, 1, Quiet())
    found = biasvar.compare(folders / "one", folders / "nine_of_three").table.set_index("quantity")
    judged = biasvar.load(tmp_path / "claims").claims.set_index("id")
    for name in names:
        row, claim = found.loc[name], judged.loc[name]
        assert row["difference"] == pytest.approx(claim["measured"], rel=1e-9)
        # Several claims share a level, which a comparison does not.
        wider = stats.t.ppf((1 + claim["level"]) / 2, 8) / stats.t.ppf(0.975, 8)
        assert (row["high"] - row["low"]) * wider == pytest.approx(claim["high"] - claim["low"], rel=1e-9)


def test_another_study_seed_has_independent_replicates(folders, capsys):
    table = table_of(capsys, folders / "both", folders / "elsewhere")
    assert set(table["paired"]) == {"no"} and table["note"].str.startswith("other study seeds, 0 and 1").all()


def test_replicates_that_only_one_study_has_are_left_out(folders, capsys):
    table = table_of(capsys, folders / "three", folders / "one")
    assert set(table["n_a"]) == set(table["n_b"]) == {6}
    assert set(table["note"]) == {"left out: 3 models of B that A lacks"}


def test_files_hold_what_is_printed_and_the_figure_has_the_same_bytes_again(folders, tmp_path, capsys):
    compare(folders / "both", folders / "ridge")
    printed = capsys.readouterr().out
    assert compare(folders / "both", folders / "ridge", "--out", tmp_path / "d.csv") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'd.csv'}\n" and (tmp_path / "d.csv").read_text() == printed
    for name in ("one.pdf", "two.pdf"):
        compare(folders / "both", folders / "ridge", "--out", tmp_path / "d.parquet", "--figure", tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    kept = pq.read_table(tmp_path / "d.parquet")
    assert "A - B" in json.loads(kept.schema.metadata[b"dictionary"])["difference"]
    pd.testing.assert_frame_equal(kept.to_pandas(), biasvar.compare(folders / "both", folders / "ridge").table)


def test_predictions_made_elsewhere_are_compared_with_a_study_unpaired(folders, tmp_path, capsys):
    for name in ("p.csv", "p.parquet"):
        done = cli.main(
            ["export", str(folders / "both"), "--predictions", "--out", str(tmp_path / name)],
            standalone_mode=False,
            obj=SimpleNamespace(),
        )
        assert done == 0
        capsys.readouterr()
        table = table_of(capsys, folders / "both", tmp_path / name)
        assert table["difference"].abs().max() < 1e-9 and set(table["paired"]) == {"no"}
        assert table["note"].str.startswith("the seeds of predictions made elsewhere are not known").all()
        assert (table.loc[table["quantity"] == "risk", ["p_a_better"]] == 0.5).all().all()


def test_what_cannot_be_compared_is_one_message(folders, tmp_path):
    undrawn(tmp_path / "points", SMALL[0], SMALL[1], "data.n_eval=60", "model.degree=3,7")
    with pytest.raises(SettingsError, match="cannot be compared: other evaluation points, 50 and 60"):
        compare(folders / "both", tmp_path / "points")
    undrawn(tmp_path / "function", *SMALL, "model.degree=3,7", "data.function=sine")
    with pytest.raises(SettingsError, match="cannot be compared: another target at the evaluation points"):
        compare(folders / "both", tmp_path / "function")
    undrawn(tmp_path / "degrees", *SMALL, "model.degree=2,4")
    with pytest.raises(SettingsError, match=r"no cell in common: model\.degree is 3, 7 and 2, 4"):
        compare(folders / "both", tmp_path / "degrees")
    with pytest.raises(SettingsError, match="holds no study"):
        compare(folders / "both", tmp_path)


def test_a_report_on_predictions_has_none_of_them(folders, tmp_path):
    study = biasvar.load(folders / "both")
    frame = pd.concat([study.predictions(0), study.predictions(1)])
    given = biasvar.from_predictions(frame, out=tmp_path / "given")
    with pytest.raises(SettingsError, match="holds a report on predictions made elsewhere"):
        compare(folders / "both", tmp_path / "given")
    found = biasvar.compare(given, given)
    assert (found.table["difference"] == 0).all() and set(found.table["paired"]) == {"yes"}
    assert repr(found).startswith("comparison of predictions and predictions: 2 pairs of cells, squared_error")


def test_nothing_is_written_into_the_folders(folders, tmp_path, capsys):
    for name in ("both", "ridge"):
        shutil.copytree(folders / name, tmp_path / name)
        for derived in ("results.csv", "results.json"):
            (tmp_path / name / derived).unlink()
    before = sorted(path for path in tmp_path.rglob("*"))
    table_of(capsys, tmp_path / "both", tmp_path / "ridge")
    assert sorted(path for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("given", [["--out", "table.txt"], ["--figure", "f.eps"], ["--out", "table"]])
def test_files_of_other_kinds_are_refused_before_anything_is_read(tmp_path, given):
    with pytest.raises(click.UsageError, match="needs a name that ends in"):
        compare(tmp_path / "a", tmp_path / "b", *given)
