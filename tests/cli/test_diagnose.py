"""`biasvar diagnose` as people call it."""

import shutil
from types import SimpleNamespace

import click
import pytest

from biasvar.cli.main import cli
from biasvar.settings import SettingsError
from tests.undrawn import undrawn

SMALL = ["study=u_curve", "model.degree=1,3", "data.n_train=40,80", "replicates=9", "data.n_eval=50"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diagnosed") / "s"
    undrawn(folder, *SMALL)
    return folder


def diagnose(*arguments):
    return cli.main(["diagnose", *map(str, arguments)], standalone_mode=False, obj=SimpleNamespace())


@pytest.mark.slow
@pytest.mark.ci
def test_the_cell_of_least_risk_is_diagnosed_and_any_other(folder, capsys):
    assert diagnose(folder) == 0
    text = capsys.readouterr().out
    assert text.startswith("The cell of least squared error: model.degree = ")
    for words in (
        "Squared error: ",
        "The chapter's rule (Section 7.1.1.1)",
        "Against high bias:",
        "paired by replicate",
    ):
        assert words in text
    for given in (
        ["--cell", "model.degree=1", "--cell", "data.n_train=40"],
        ["--cell", "model.degree=1", "data.n_train=40"],
    ):
        assert diagnose(folder, *given) == 0
        other = capsys.readouterr().out
        assert other.startswith("The cell model.degree = 1, data.n_train = 40, by its squared error.")
        assert "- More data: data.n_train = 80 " in other and "- A larger model: model.degree = 3 " in other
        assert "- More dropout: model=polynomial has no dropout." in other


@pytest.mark.slow
def test_what_is_no_cell_is_one_message_with_a_hint(folder):
    with pytest.raises(SettingsError) as error:
        diagnose(folder, "--cell", "model.degre=1", "--cell", "data.n_train=41")
    assert [one.hint for one in error.value.problems] == ["did you mean model.degree?", "did you mean data.n_train=40?"]


@pytest.mark.slow
def test_a_study_without_finished_cells_is_one_message(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "s")
    shutil.rmtree(tmp_path / "s" / "shards")
    with pytest.raises(SettingsError, match="no cell has an estimate"):
        diagnose(tmp_path / "s")


@pytest.mark.parametrize("given", [["--cell", "width"], ["--cell", "width="], ["--cell", "=3"], ["a=1", "a=2"], ["x"]])
def test_a_cell_that_cannot_be_read_is_refused_before_the_folder(tmp_path, given):
    with pytest.raises(click.UsageError, match="--cell"):
        diagnose(tmp_path / "nowhere", *given)


def test_a_folder_without_a_study_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="holds no study"):
        diagnose(tmp_path)


def test_help_needs_no_library(biasvar):
    done = biasvar("diagnose", "--help", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0 and "--cell KEY=VALUE" in done.stdout
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert not imported & {"torch", "numpy", "pandas", "hydra", "matplotlib"}
