"""``biasvar plot``: figures by name, at a width, in a style, of some cells, in panels; all of them for LaTeX."""

import shutil
import subprocess

import pytest

import biasvar as package

FAST = ["replicates=6", "interval.resamples=200"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A small study with two axes."""
    texts = ["study=u_curve", "model.degree=1,3,9", "data.n_train=20,40", *FAST]
    return package.sweep(texts, out=tmp_path_factory.mktemp("plot") / "study").folder


def test_a_figure_is_written_at_a_width_and_its_path_printed(biasvar, study, tmp_path):
    arguments = ("plot", study, "--figure", "u_curve", "--width", "3.25", "--format", "svg", "--out", tmp_path)
    done = biasvar(*arguments)
    path = tmp_path / "u_curve_squared_error.svg"
    assert (done.returncode, done.stdout) == (0, f"{path}\n")
    first = path.read_bytes()
    assert b'width="234pt"' in first
    biasvar(*arguments)
    assert path.read_bytes() == first


def test_a_list_says_what_there_is_and_what_the_others_need(biasvar, study):
    done = biasvar("plot", study, "--list")
    lines = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert lines["heat_map"] == "maps_data_n_train_squared_error"
    assert lines["components"] == "not in this study: needs design=crossed or design=nested"
    assert "biasvar compare A B" in lines["difference"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--figure", "u_curv"], "did you mean u_curve?"),
        (["--figure", "components"], "it needs design=crossed"),
        (["--figure", "u_curve", "--select", "n_train=30"], "no cell has data.n_train = 30"),
        (["--figure", "u_curve", "--select", "n_trian=30"], "does not sweep n_trian"),
        (["--figure", "u_curve", "--panel", "width"], "does not sweep width"),
        (["--figure", "heat_map", "--panel", "n_train"], "--select KEY=VALUE"),
        (["--figure", "u_curve", "--style", "icmll"], "neither a venue nor a file"),
        (["--figure", "u_curve", "--loss", "zero_one"], "no loss 'zero_one'"),
        (["--figure", "u_curve", "--width", "nan"], "width = nan is not allowed"),
        (["--figure", "u_curve", "--width", "0.1"], "needs  1.5 to 20"),
        ([], "give one of --figure NAME, --all and --list"),
        (["--all", "--panel", "n_train"], "--panel goes with --figure"),
        (["--figure", "u_curve", "--select", "n_train"], "needs KEY=VALUE"),
    ],
)
def test_what_does_not_exist_is_said_and_nothing_is_written(biasvar, study, tmp_path, arguments, said):
    done = biasvar("plot", study, *arguments, "--out", tmp_path / "out")
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()


def test_panels_and_selections(study):
    loaded = package.load(study)
    both = loaded.plot("double_descent", panel="n_train")
    assert [panel.title for panel in both.panels] == ["n train = 20", "n train = 40"]
    assert "n = 20" not in both.x_label
    one = loaded.plot("u_curve", select={"data.n_train": "40.0"})
    risk = loaded.table[loaded.table["data.n_train"] == 40]["risk"]
    assert [list(curve.y) for curve in one.panels[0].curves if curve.quantity == "risk"] == [list(risk)]


@pytest.mark.slow
@pytest.mark.ci
def test_every_figure_is_in_a_document_that_latex_sets(biasvar, study, tmp_path):
    done = biasvar("plot", study, "--all", "--style", "icml", "--out", tmp_path)
    written = done.stdout.split()
    assert done.returncode == 0 and written[-1] == str(tmp_path / "figures.tex") and len(written) > 5
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "figures.tex"]
    typeset = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert typeset.returncode == 0, typeset.stdout[-2000:]
