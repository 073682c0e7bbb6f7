"""Changing one setting is a study of its own, in a folder of its own, that the same command finds again."""

import json

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.ci]

SMALL = ["sweep", "study=u_curve", "model.degree=1,3", "replicates=3", "data.n_eval=20"]


def test_the_first_experiment_of_everyone_needs_no_out(biasvar, tmp_path):
    assert biasvar(*SMALL).stdout == "outputs/u_curve/report.html\n"
    dry = biasvar(*SMALL, "data.noise_std=0.5", "--dry-run")
    assert "folder      outputs/u_curve-2\n" in dry.stdout
    line = "outputs/u_curve (data.noise_std: 0.4 -> 0.5) holds another study: this one is in outputs/u_curve-2\n"
    assert line in dry.stderr and not (tmp_path / "outputs" / "u_curve-2").exists()
    for _ in range(2):
        done = biasvar(*SMALL, "data.noise_std=0.5")
        assert done.returncode == 0 and done.stdout == "outputs/u_curve-2/report.html\n" and line in done.stderr
    assert biasvar(*SMALL).stdout == "outputs/u_curve/report.html\n"
    told = biasvar(*SMALL, "seed=7", "--out", "outputs/u_curve")
    assert told.returncode == 2
    assert "error: outputs/u_curve holds another study\n  seed: 0 -> 7\n" in told.stderr


def test_studies_that_begin_at_the_same_moment_take_folders_of_their_own(start, tmp_path):
    seeds = range(4)
    for _ in range(2):
        running = [start(*SMALL, f"seed={seed}") for seed in seeds]
        said = [process.communicate(timeout=200) for process in running]
        assert [process.returncode for process in running] == [0] * 4, said
        folders = [(tmp_path / out.strip()).parent for out, _ in said]
        assert [json.loads((folder / "study.json").read_text())["settings"]["seed"] for folder in folders] == [*seeds]
        assert sorted(folder.name for folder in folders) == ["u_curve", "u_curve-2", "u_curve-3", "u_curve-4"]
