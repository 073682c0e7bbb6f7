"""The command line as people meet it: whole processes, their output, their exit codes, and what they leave."""

import os
import signal
import time

import click
import pandas as pd
import pytest
from filelock import FileLock

from biasvar import api
from biasvar.cli.main import cli

SMALL = ["study=u_curve", "model.degree=1,3,5", "replicates=5", "data.n_eval=50"]


def test_a_sweep_prints_the_path_of_its_report_and_leaves_table_and_figures(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "outputs/u_curve/report.html\n"
    assert "15 of 15 models" in done.stderr
    folder = tmp_path / "outputs" / "u_curve"
    empty = ["fixed", "gaps", "resolution"]  # texts that a csv reads back as missing
    table = pd.read_csv(folder / "results.csv").astype(dict.fromkeys(empty, object)).fillna(dict.fromkeys(empty, ""))
    assert table["model.degree"].tolist() == [1, 3, 5]
    assert (table["n_ok"] == 5).all()
    assert {"risk", "risk_low", "risk_high", "bias_squared", "variance", "noise", "residual"} <= set(table)
    assert {path.suffix for path in (folder / "figures").iterdir()} == {".pdf", ".svg", ".png"}
    parquet = pd.read_parquet(folder / "results.parquet")
    pd.testing.assert_frame_equal(table, parquet, check_dtype=False)


@pytest.mark.slow
def test_options_and_overrides_stand_in_any_order(biasvar, tmp_path):
    out = tmp_path / "with space ü"
    assert biasvar("sweep", "--out", out, "-m", *SMALL).returncode == 0
    again = biasvar("sweep", *SMALL, "--out", out, "-m")
    assert again.returncode == 0 and again.stdout.strip() == str(out / "report.html")


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL, "--dry-run")
    assert done.returncode == 0
    lines = (
        "cells       3",
        "replicates  5",
        "models      15 (0 done, 15 to train)",
        "MB a worker",
        "nothing was written",
    )
    for line in lines:
        assert line in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
@pytest.mark.parametrize("bad", ["model.degre=3", "replicates=1", "data.noise_std=-1", "model=mlp", "data=digits"])
def test_a_bad_configuration_is_exit_2_without_traceback_or_traces_and_never_waits_for_torch(
    biasvar, tmp_path, dry, bad
):
    started = time.monotonic()
    done = biasvar("sweep", *SMALL, bad, *dry, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 2
    assert time.monotonic() - started < 10
    lines = done.stderr.splitlines()
    imported = [line for line in lines if line.startswith("import time:")]
    assert not [line for line in imported if line.split("|")[-1].strip() in ("torch", "sklearn", "matplotlib", "numba")]
    said = "\n".join(line for line in lines if not line.startswith(("import time:", "warning: replicates stands")))
    assert said.startswith("error: ") and "Traceback" not in said
    assert said.endswith("nothing was written")
    assert not list(tmp_path.iterdir())


def test_help_needs_no_library(biasvar):
    done = biasvar("--help", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0 and "sweep" in done.stdout
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "biasvar" in imported and not imported & {"numpy", "torch", "hydra", "pandas"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["swep"], "did you mean sweep?"),
        ([], "Usage"),
        (["sweep", "--otu", "x"], "No such option"),
        (["report"], "Missing argument"),
        (["report", "nowhere"], "holds no study"),
    ],
)
def test_a_wrong_command_is_exit_2(biasvar, arguments, says):
    done = biasvar(*arguments)
    assert done.returncode == 2
    assert says in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_missing_images_are_exit_4_with_what_to_do_and_nothing_is_written(biasvar, tmp_path):
    done = biasvar("sweep", "study=cifar10_features")
    assert done.returncode == 4
    assert "no file test_batch in data/cifar-10-batches-py" in done.stderr
    assert "biasvar data prepare cifar10" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_device_that_is_not_here_is_exit_4_with_those_that_are(biasvar, tmp_path):
    done = biasvar("sweep", "model=mlp", "training=sgd", "device=cuda:99")
    assert done.returncode == 4
    assert "device = cuda:99 is not on this machine, which has cpu" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_model_larger_than_memory_is_exit_4_before_anything_is_drawn_or_written(biasvar, tmp_path, dry):
    done = biasvar(
        "sweep", "data=linear", "model=random_features", "model.features=20000", "data.n_train=10000000", *dry
    )
    assert done.returncode == 4
    assert "data.n_train = 10,000,000" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.data
def test_images_of_which_one_file_is_missing_are_exit_4_before_anything_is_written(biasvar, tmp_path, cifar10_root):
    from pathlib import Path

    folder = tmp_path / "images" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    (folder / "test_batch").symlink_to(Path(cifar10_root) / "cifar-10-batches-py" / "test_batch")
    done = biasvar("sweep", "study=cifar10_features", "data.root=images")
    assert done.returncode == 4 and "no file data_batch_1" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["images"]


def test_a_file_in_the_place_of_the_folder_is_an_error(biasvar, tmp_path):
    (tmp_path / "taken").write_text("mine")
    done = biasvar("sweep", *SMALL, "--out", "taken")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.slow
def test_failed_cells_are_exit_3(biasvar):
    done = biasvar(
        "sweep",
        "data=linear",
        "model=mlp",
        "training=sgd",
        "training.epochs=2",
        "training.lr=0.01,1e30",
        "replicates=3",
    )
    assert done.returncode == 3, done.stderr
    assert done.stdout.endswith("report.html\n")


@pytest.mark.ci
@pytest.mark.slow
def test_members_that_fail_are_said_with_their_reason_and_are_exit_3(tmp_path, monkeypatch, capsys):
    from tqdm import tqdm

    from biasvar.cli.signals import Stopping
    from biasvar.cli.sweep import sweep
    from biasvar.composition.compose import compose
    from biasvar.composition.planning import plan_of
    from biasvar.training.exact.trainer import ClosedForm

    monkeypatch.setattr(tqdm, "monitor_interval", 0)  # its thread would outlive the test
    fit = ClosedForm.fit

    def fails_for_one(self, *given):
        for member, fitted in fit(self, *given):
            if member.draws["data"] == 2:
                raise ArithmeticError("no such luck")
            yield member, fitted

    study = plan_of(*compose(SMALL, None, "config"))
    with monkeypatch.context() as patched:
        patched.setattr(ClosedForm, "fit", fails_for_one)
        assert sweep(study, tmp_path / "study", Stopping()) == 3
    assert "error: 3 members failed: ArithmeticError: no such luck" in capsys.readouterr().err
    assert sweep(study, tmp_path / "study", Stopping()) == 0, "the same command tries them again"


@pytest.mark.ci
@pytest.mark.slow
def test_fail_fast_stops_at_the_first_failure_and_the_same_command_resumes(biasvar, tmp_path):
    command = ["sweep", "model=mlp", "data=linear", "training.epochs=1", "training.lr=1e30,0.001,0.002", "replicates=5",
               "data.n_train=50,5000", "model.width=100", "--out", "study", "--fail-fast", "workers=1"]  # fmt: skip
    done = biasvar(*command)
    assert done.returncode == 3 and "stopped at the first failure" in done.stderr, done.stderr
    assert "partial: " in done.stderr and done.stdout == "study/report.html\n"
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "study").glob("shards/*/*.json")}
    again = biasvar(*command[:-2], "workers=1")
    assert again.returncode == 3 and "stopped at the first failure" not in again.stderr
    assert kept and all(path.stat().st_mtime_ns == then for path, then in kept.items())
    assert "partial: 20/30" in again.stderr, "those that diverge are not trained again"


@pytest.mark.slow
def test_a_crossed_design_leaves_a_table(biasvar, tmp_path):
    done = biasvar(
        "sweep",
        "study=default",
        "model.features=5,20",
        "design=crossed",
        "design.vary=[data,init]",
        "design.seeds=3",
        "data.n_eval=50",
    )
    assert done.returncode == 0, done.stderr
    assert "label_noise is fixed: its variance is part of bias squared" in done.stderr
    table = pd.read_csv(tmp_path / "outputs" / "default" / "results.csv")
    assert (table["n_ok"] == 9).all()


def test_cfg_job_prints_the_composed_configuration(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL, "--cfg", "job")
    assert done.returncode == 0
    assert "kind: polynomial" in done.stdout and "model.degree:\n  - 1\n  - 3\n  - 5" in done.stdout
    assert not list(tmp_path.iterdir())


def printed(capsys, *words):
    """Return what a command prints that is run in this process."""
    assert cli.main(list(words), standalone_mode=False) == 0
    return capsys.readouterr().out


def test_cfg_job_resolves_interpolations_but_those_that_differ_from_cell_to_cell(capsys):
    cfg = ["sweep", *SMALL, "seed=${replicates}", "data.n_pool=${data.n_train}", "data.n_train=50,60", "--cfg", "job"]
    plain, resolved = (printed(capsys, *cfg, *more) for more in ((), ("--resolve",)))
    assert "seed: ${replicates}" in plain and "n_pool: ${data.n_train}" in plain
    assert "seed: 5\n" in resolved and "n_pool: ${data.n_train}" in resolved
    with pytest.raises(click.UsageError, match="--resolve stands beside --cfg job"):
        printed(capsys, "sweep", *SMALL, "--resolve")


@pytest.mark.ci
@pytest.mark.slow
def test_cfg_job_refuses_what_a_sweep_refuses(biasvar, tmp_path):
    for wrong in ("replicates=1", "model=mlp", "data.n_train=-3"):
        sweep, cfg = (biasvar("sweep", *SMALL, wrong, *options) for options in ((), ("--cfg", "job")))
        assert (cfg.returncode, cfg.stdout, cfg.stderr) == (2, "", sweep.stderr)
    assert not list(tmp_path.iterdir())


@pytest.mark.ci
@pytest.mark.slow
def test_the_seed_is_said_also_where_nobody_gave_one(biasvar):
    said = {seed: biasvar("sweep", *SMALL, *seed, "--dry-run").stdout for seed in ((), ("seed=7",), ("seed=1,2",))}
    assert [line for out in said.values() for line in out.splitlines() if line.startswith("seed ")] == [
        "seed        0",
        "seed        7",
        "seed        1, 2",
    ]


def test_config_lists_every_group_and_key(capsys):
    listed = printed(capsys, "config")
    for words in ("data=cifar10", "model.width = 16", "int, at least 1", "training=exact", "study=NAME", "u_curve"):
        assert words in listed


@pytest.mark.slow
def test_a_name_that_leads_out_of_the_folder_stays_below_outputs(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL, "name=../../evil")
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["outputs"]
    assert done.stdout.startswith("outputs/_.._evil-") and not (tmp_path.parent / "evil").exists()


LONG = ["study=double_descent", "replicates=60", "name=long"]
KILLED = ["study=u_curve", "model.degree=1,3,5", "replicates=250", "loss=squared_error", "name=killed"]


def wait_for_shards(folder, process, count):
    deadline = time.monotonic() + 60
    while len(list(folder.glob("shards/*/*.json"))) < count:
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("kills", [(1,), pytest.param((1, 5), marks=[pytest.mark.slow, pytest.mark.ci])])
def test_killed_and_given_again_the_table_is_that_of_an_undisturbed_run(biasvar, start, tmp_path, kills):
    api.sweep([*KILLED, "workers=1"], out=tmp_path / "whole")
    for shards in kills:
        process = start("sweep", *KILLED, "--out", "killed")
        wait_for_shards(tmp_path / "killed", process, shards)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not (tmp_path / "killed" / "results.csv").exists()
    committed = {path: path.stat().st_mtime_ns for path in (tmp_path / "killed").glob("shards/*/*")}
    done = biasvar("sweep", *KILLED, "--out", "killed")
    assert done.returncode == 0, done.stderr
    for name in ("results.csv", "results.parquet", "report.html"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    kept = {path: time_ for path, time_ in committed.items() if path.suffix == ".json"}
    assert all(path.stat().st_mtime_ns == time_ for path, time_ in kept.items()), (
        "a committed shard is not written again"
    )


@pytest.mark.ci
@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished_and_is_exit_130(biasvar, start, tmp_path):
    process = start("sweep", *LONG, "--out", "stopped")
    wait_for_shards(tmp_path / "stopped", process, 1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "To resume:\n  biasvar sweep study=double_descent replicates=60 name=long --out stopped" in said
    assert "Traceback" not in said
    assert biasvar("sweep", *LONG, "--out", "stopped").returncode == 0


@pytest.mark.slow
def test_a_folder_in_use_is_exit_5(biasvar, tmp_path):
    assert biasvar("sweep", *SMALL, "--out", "shared").returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "shared").rglob("*") if path.name != "lock"}
    with FileLock(tmp_path / "shared" / "lock"):
        done = biasvar("sweep", *SMALL, "replicates=6", "--out", "shared")
    assert done.returncode == 5 and "in use" in done.stderr and "Traceback" not in done.stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.ci
@pytest.mark.data
@pytest.mark.slow
def test_random_features_on_the_real_images_peak_at_the_threshold_and_weight_decay_removes_the_peak(
    biasvar, tmp_path, cifar10_root
):
    done = biasvar(
        "sweep",
        "study=cifar10_features",
        f"data.root={cifar10_root}",
        "data.n_train=200",
        "data.n_eval=300",
        "model.features=20,100,200,400,1600",
        "replicates=8",
        "--out",
        "images",
    )
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "images" / "results.csv")
    squared = table[table["loss"] == "squared_error"]
    risk = {w: rows.set_index("model.features")["risk"] for w, rows in squared.groupby("training.weight_decay")}
    assert risk[0.0].idxmax() == 200
    assert risk[0.0][200] > 5 * max(risk[0.0][100], risk[0.0][1600])
    assert risk[0.01].max() < 1.1 * risk[0.01].min()
    assert (squared["bias_squared"].isna() & squared["bias_squared_plus_noise"].notna()).all()
