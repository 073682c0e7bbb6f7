"""`biasvar export` as people call it."""

import io
import shutil
import subprocess
from types import SimpleNamespace

import click
import pandas as pd
import pyarrow.parquet as pq
import pytest

import biasvar
from biasvar.cli.main import cli
from biasvar.results import exported
from biasvar.settings import SettingsError
from tests.undrawn import undrawn

SMALL = ["study=u_curve", "model.degree=1,3", "replicates=5", "data.n_eval=30"]
DOCUMENT = "\\documentclass{article}\n\\usepackage{booktabs}\n"
DOCUMENT += "\\begin{document}\n%s\\end{document}\n"

pytestmark = [pytest.mark.slow, pytest.mark.ci]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return undrawn(tmp_path_factory.mktemp("exported") / "s", *SMALL)


def export(*arguments):
    return cli.main(["export", *map(str, arguments)], standalone_mode=False, obj=SimpleNamespace())


def printed(capsys, *arguments):
    assert export(*arguments) == 0
    return capsys.readouterr().out


def test_csv_is_the_table_of_the_study(study, capsys):
    assert printed(capsys, study.folder) == (study.folder / "results.csv").read_text()


def test_parquet_is_that_of_the_study(study, tmp_path, capsys):
    assert printed(capsys, study.folder, "--out", tmp_path / "t.parquet") == f"{tmp_path / 't.parquet'}\n"
    assert pq.read_table(tmp_path / "t.parquet").equals(pq.read_table(study.folder / "results.parquet"), True)
    with pytest.raises(click.UsageError, match="needs --out FILE"):
        export(study.folder, "--format", "parquet")


def test_columns_are_chosen_by_name(study, capsys):
    table = pd.read_csv(io.StringIO(printed(capsys, study.folder, "--columns", "model.degree, risk")))
    assert list(table) == ["model.degree", "risk"]
    for kind in ("csv", "latex"):
        with pytest.raises(SettingsError, match=r"no column risc \(did you mean risk\?\)"):
            export(study.folder, "--format", kind, "--columns", "risc")


def test_latex_is_what_the_api_gives_and_compiles(study, tmp_path, capsys):
    text = printed(capsys, study.folder, "--format", "latex", "--digits", "1")
    assert text == study.to_latex(digits=1) and text != study.to_latex()
    assert printed(capsys, study.folder, "--out", tmp_path / "t.tex") == f"{tmp_path / 't.tex'}\n"
    assert (tmp_path / "t.tex").read_text() == study.to_latex()
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    (tmp_path / "d.tex").write_text(DOCUMENT % "\\input{t.tex}\n")
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "d.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0 and (tmp_path / "d.pdf").stat().st_size > 1000, done.stdout[-2000:]


def test_predictions_are_those_of_every_cell_and_are_read_again(study, tmp_path, capsys):
    expected = pd.concat([study.predictions(0), study.predictions(1)], ignore_index=True)
    text = printed(capsys, study.folder, "--predictions")
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(text)), expected, check_dtype=False)
    assert list(expected.columns[:5]) == ["model.degree", "replicate", "point", "output", "prediction"]
    export(study.folder, "--predictions", "--out", tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(pq.read_table(tmp_path / "p.parquet").to_pandas(), expected, check_dtype=False)
    again = biasvar.from_predictions(pq.read_table(tmp_path / "p.parquet").to_pandas(), out=tmp_path / "again")
    columns = ["risk", "bias_squared", "variance", "noise"]
    pd.testing.assert_frame_equal(again.table[columns], study.table[columns], rtol=1e-9)


def test_few_rows_are_in_memory_at_a_time(study, tmp_path, monkeypatch, capsys):
    whole = pd.read_csv(io.StringIO(printed(capsys, study.folder, "--predictions")))
    monkeypatch.setattr(exported, "MOST_ROWS", 40)
    parts = list(exported.Predictions.of(study.made_of).parts())
    assert max(map(len, parts)) == 40 and len(parts) == 2 * 4
    order = ["model.degree", "replicate", "point"]
    found = pd.concat(parts).sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(found, whole.sort_values(order, ignore_index=True), check_dtype=False)
    export(study.folder, "--predictions", "--out", tmp_path / "p.parquet")
    assert pq.ParquetFile(tmp_path / "p.parquet").num_row_groups == 8


def test_cells_with_other_columns_share_a_table(tmp_path, capsys):
    words = ["data=linear,diabetes", "model=linear", "resampling=bootstrap", "data.n_train=40", "replicates=4"]
    mixed = undrawn(tmp_path / "m", *words)
    table = pd.read_csv(io.StringIO(printed(capsys, mixed.folder, "--predictions")))
    assert table["noise"].isna().any() and table["noise"].notna().any()
    export(mixed.folder, "--predictions", "--out", tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(pq.read_table(tmp_path / "p.parquet").to_pandas(), table, check_dtype=False)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--predictions", "--format", "latex"], "exclude each other"),
        (["--predictions", "--columns", "risk"], "exclude each other"),
        (["--digits", "2"], "--digits goes with --format latex"),
        (["--format", "latex", "--digits", "0"], "not in the range"),
        (["--format", "excel"], "is not one of"),
    ],
)
def test_what_does_not_go_together_is_refused_before_the_folder(tmp_path, given, why):
    with pytest.raises(click.UsageError, match=why):
        export(tmp_path / "nowhere", *given)


def test_a_folder_without_a_study_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="holds no study"):
        export(tmp_path)
