"""``python -m biasvar`` is the command line, also where Python leaves assertions out."""

import os
import subprocess
import sys

import pytest

SWEEP = ["sweep", "study=u_curve", "model.degree=sort(range(1,4,2),reverse=true)", "replicates=3", "data.n_eval=20"]


def answer(tmp_path, *arguments, **environment):
    return subprocess.run([sys.executable, "-m", "biasvar", *arguments], cwd=tmp_path, capture_output=True, text=True,
                          timeout=120, check=False, env=os.environ | environment)  # fmt: skip


def test_the_package_runs_as_a_module(tmp_path):
    done = answer(tmp_path, "--help")
    assert done.returncode == 0 and done.stdout.startswith("Usage: biasvar ")


@pytest.mark.slow
@pytest.mark.ci
def test_a_sweep_without_assertions_reads_its_grammar_all_the_same(tmp_path):
    done = answer(tmp_path, *SWEEP, PYTHONOPTIMIZE="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "outputs/u_curve/report.html\n"
    rows = (tmp_path / "outputs" / "u_curve" / "results.csv").read_text().splitlines()
    assert [line.split(",")[rows[0].split(",").index("model.degree")] for line in rows[1:]] == ["3", "1"]
