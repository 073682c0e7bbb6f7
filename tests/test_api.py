"""The Python API: what a notebook and a script get, and what the command line stands on."""

import re
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import biasvar
from biasvar.settings import SettingsError
from biasvar.study.errors import Busy
from biasvar.study.store.lock import locked

SMALL = ["study=u_curve", "model.degree=1,2,3", "replicates=4", "data.n_eval=50"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A small study of three cells, one of them asked for twice, and the warnings on it."""
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        asked = [SMALL[0], "model.degree=1,2,3,3", *SMALL[2:]]
        study = biasvar.sweep(asked, out=tmp_path_factory.mktemp("api") / "study")
    return study, [(one.category, str(one.message)) for one in given]


@pytest.fixture(scope="module")
def study(swept):
    """The study alone."""
    return swept[0]


def test_the_package_offers_these_names_only():
    offered = [
        "Decomposition",
        "__version__",
        "bias_variance",
        "compare",
        "decompose",
        "from_predictions",
        "load",
        "sweep",
    ]
    assert dir(biasvar) == sorted(biasvar.__all__) == offered
    for name in offered:
        assert getattr(biasvar, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'swep'"):
        _ = biasvar.swep


def test_the_names_load_nothing_until_they_are_used():
    code = "import sys, biasvar; dir(biasvar); print([m for m in ('numpy', 'torch', 'pandas') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_a_sweep_leaves_what_the_command_line_leaves_and_loads_again(study):
    assert {"results.csv", "results.json", "report.html", "figures"} <= {path.name for path in study.folder.iterdir()}
    again = biasvar.load(str(study.folder))
    pd.testing.assert_frame_equal(again.table, study.table, check_exact=True)
    read = pd.read_csv(study.folder / "results.csv")
    assert list(read) == list(study.table) and np.allclose(read["risk"], study.table["risk"], rtol=1e-12)
    assert study.curves.to_csv(index=False) == (study.folder / "curves.csv").read_text()
    assert len(study.points) == 3 * 50


def test_predictions_are_those_that_the_risk_is_of(study):
    rows = study.predictions(1)
    names = ["replicate", "point", "output", "prediction", "target", "noise"]
    constant = {"outputs_are": "values", "target_is": "values", "noise_distribution": "gaussian"}
    assert list(rows) == ["model.degree", *names, *constant] and len(rows) == 4 * 50
    assert all(set(rows[name]) == {value} for name, value in ({"model.degree": 2} | constant).items())
    pd.testing.assert_frame_equal(rows, study.predictions({"model.degree": 2}))
    predictions_RN = rows["prediction"].to_numpy().reshape(4, 50)
    variance = study.table.set_index("model.degree")["variance"][2]
    assert predictions_RN.var(axis=0, ddof=1).mean() == pytest.approx(variance)


@pytest.mark.parametrize("cell", [3, -1, 1.0, "0", True, {"model.degree": 9}, {"model.width": 1}, {}])
def test_a_cell_that_is_not_there_or_is_not_one_is_refused(study, cell):
    with pytest.raises(ValueError, match=r"meant by .*; the swept keys and their values are"):
        study.predictions(cell)


@pytest.mark.parametrize("overrides", ["study=u_curve", None, [3], [b"study=u_curve"], {"study": "u_curve"}])
def test_overrides_are_texts(overrides):
    with pytest.raises(TypeError, match="expected a list of texts"):
        biasvar.sweep(overrides)


def test_no_name_of_a_folder_is_not_the_current_one():
    for offer in (lambda: biasvar.sweep(SMALL, out=""), lambda: biasvar.load("")):
        with pytest.raises(SettingsError, match="is empty"):
            offer()


def test_a_figure_is_drawn_on_its_own_and_on_given_axes(study):
    display = study.plot("u_curve")
    assert display.ax_ is display.figure_.axes[0] and display.ax_.get_lines()
    assert display._repr_png_().startswith(b"\x89PNG") and repr(display).startswith("<UCurve u_curve_squared_error")
    ax = Figure().subplots()
    assert study.plot("u_curve_squared_error", ax).ax_ is ax and ax.get_lines()
    with pytest.raises(ValueError, match="has 1 panels, and was given 2 axes"):
        study.plot("u_curve", Figure().subplots(1, 2))
    with pytest.raises(ValueError, match="there is no figure 'u_turn'"):
        study.plot("u_turn")


def test_a_study_shows_itself_in_a_notebook(study):
    shown = replace(study, folder=study.folder.parent / "<b>" / "study")._repr_html_()
    assert "<b>" not in shown and "&lt;b&gt;" in shown and "3 cells, 12/12 models" in shown and "href" not in shown
    best = study.table.loc[study.table["risk"].idxmin()]
    cells = re.findall(r"<td>(.*?)</td>", study._repr_html_())
    assert cells[0] == "squared_error" and f"model.degree={best['model.degree']}" in cells[-1]
    assert f'<a href="{study.page.as_posix()}">report.html</a>' in study._repr_html_()


def test_a_study_and_a_decomposition_say_their_numbers(study):
    best = study.table.loc[study.table["risk"].idxmin()]
    assert f"study 'u_curve' in {study.folder}: 3 cells, 12/12 models" in repr(study)
    assert "squared_error: least risk " in repr(study) and f"model.degree={best['model.degree']}" in repr(study)
    parts = biasvar.decompose(np.array([[0.0, 1.0], [2.0, 3.0]]), np.zeros(2))
    assert repr(parts) == (
        "Decomposition(squared_error: risk=3.5, bias_squared_plus_noise=1.5, variance=2; 2 models, 2 points)"
    )


def test_a_table_becomes_a_data_set_where_xarray_is_installed(study, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match="to_xarray needs xarray: pip install xarray"):
        study.to_xarray()


def test_errors_are_those_that_the_command_line_makes_exit_codes_of(study, tmp_path):
    with pytest.raises(SettingsError, match=r"model\.degre is not a key of this configuration"):
        biasvar.sweep(["study=u_curve", "model.degre=3"], out=tmp_path / "new")
    with pytest.raises(SettingsError, match="holds no study"):
        biasvar.load(tmp_path)
    with pytest.raises(TypeError, match="expected a list of texts"):
        biasvar.sweep("study=u_curve", out=tmp_path / "new")
    with locked(study.folder, pytest.fail), pytest.raises(Busy):
        biasvar.sweep(SMALL, out=study.folder)
    assert not (tmp_path / "new").exists()


def test_no_signal_handler_is_installed_and_progress_is_told(tmp_path):
    class Told:
        def __init__(self):
            self.said = []

        def start(self, total, done):
            self.said.append((total, done))

        def advance(self, members):
            self.said.append(members)

        def warn(self, message):
            self.said.append(message)

    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    progress = Told()
    biasvar.sweep([SMALL[0], *SMALL[2:], "model.degree=1,1"], out=tmp_path, progress=progress)
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before
    assert "stand there more than once" in progress.said[0] and (4, 0) in progress.said
    assert sum(one for one in progress.said if isinstance(one, int)) == 4


def test_warnings_are_pythons_where_there_is_no_progress(swept):
    ((category, message),) = swept[1]
    assert category is UserWarning and "stand there more than once" in message


@pytest.mark.ci
@pytest.mark.slow
def test_a_script_without_a_main_guard_may_choose_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(f"""
        import biasvar
        print("once")
        study = biasvar.sweep({[*SMALL, "engine=process", "workers=2"]}, out="study")
        print(len(study.table), __file__ is not None)
        """)
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stdout) == (0, "once\n3 True\n"), done.stderr


def test_a_redraw_loads_none_of_the_libraries_that_train_or_estimate(study):
    verb = ["report", str(study.folder), "figure.width=3.25"]
    code = f"import sys; from biasvar.cli.main import cli; cli.main({verb!r}, standalone_mode=False)"
    heavy = (
        "scipy.special",
        "scipy.optimize",
        "scipy.sparse",
        "scipy.linalg",
        "torch",
        "numba",
        "sklearn",
        "hydra",
        "tqdm",
        "matplotlib.style.core",
    )
    code += f"; print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.endswith("[]\n"), done.stderr


def test_help_is_quick_and_loads_no_library():
    code = "import sys; from biasvar.cli.main import cli; cli.main(['--help'], standalone_mode=False)"
    code += "; print([name for name in ('numpy', 'torch') if name in sys.modules], file=sys.stderr)"
    started = time.process_time()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n" and time.process_time() - started < 1
