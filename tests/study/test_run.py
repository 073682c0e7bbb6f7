import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from filelock import FileLock
from threadpoolctl import threadpool_info

from biasvar.results.closure import NotClosed, require_closure
from biasvar.results.stored.stored_cells import cells_of
from biasvar.results.table import build_results
from biasvar.results.tables import write_tables
from biasvar.settings import SettingsError
from biasvar.study import worker_task as work_module
from biasvar.study.errors import Busy
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.events import read_events
from biasvar.study.store.lock import locked
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store
from biasvar.training.exact.trainer import ClosedForm


def results_of(folder, study_plan):
    results = build_results(cells_of(study_plan, folder))
    write_tables(results, folder)
    return (folder / "results.csv").read_bytes()


def test_a_second_run_trains_nothing_and_changes_no_byte(tmp_path, small_plan, progress):
    study = small_plan()
    assert run(tmp_path, study, 2, progress).trained == 12
    first = results_of(tmp_path, study)
    assert run(tmp_path, study, 2, progress).trained == 0
    assert results_of(tmp_path, study) == first
    assert progress.done == progress.total == 12


def test_more_replicates_and_more_cells_train_only_what_is_missing(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    assert run(tmp_path, small_plan(replicates=7), 2, progress).trained == 9
    assert run(tmp_path, small_plan((3, 5, 8, 12), replicates=7), 2, progress).trained == 7


def test_results_do_not_depend_on_engine_workers_or_the_order_of_work(tmp_path, small_plan, progress):
    tables = []
    for name, engine, workers in (("a", "serial", 1), ("b", "thread", 1), ("c", "thread", 3), ("e", "process", 2)):
        study = small_plan((1, 4, 12), replicates=40, engine={"kind": engine})
        run(tmp_path / name, study, workers, progress)
        tables.append(results_of(tmp_path / name, study))
    # A study in steps packs its members into other jobs.
    run(tmp_path / "d", small_plan((12,), replicates=13), 2, progress)
    study = small_plan((1, 4, 12), replicates=40)
    run(tmp_path / "d", study, 2, progress)
    tables.append(results_of(tmp_path / "d", study))
    assert len(set(tables)) == 1


def test_shards_are_byte_equal_under_every_engine_and_any_number_of_workers(tmp_path, settings, progress):
    decays = [0.0, 0.01, 0.1, 1.0]
    shards = []
    for engine, workers in (("serial", 1), ("thread", 1), ("thread", 2), ("process", 2)):
        cells = [
            ({"w": w}, settings(replicates=200, engine={"kind": engine}, training={"kind": "exact", "weight_decay": w}))
            for w in decays
        ]
        folder = tmp_path / f"{engine}{workers}"
        run(folder, plan(cells), workers, progress)
        shards.append({path.name: path.read_bytes() for path in (folder / "shards").glob("*/*.npz")})
    assert len(shards[0]) > 2
    assert all(one == shards[0] for one in shards)


def damaged(shard, how):
    if how == "missing":
        shard.unlink()
    elif how == "empty":
        shard.write_bytes(b"")
    elif how == "truncated":
        shard.write_bytes(shard.read_bytes()[:-10])
    elif how == "flipped":
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1
        shard.write_bytes(content)


@pytest.mark.parametrize(
    "how",
    [
        "missing",
        "flipped",
        *(pytest.param(how, marks=[pytest.mark.slow, pytest.mark.ci]) for how in ("empty", "truncated")),
    ],
)
def test_a_damaged_shard_costs_its_members_only_is_named_and_is_trained_again(tmp_path, small_plan, progress, how):
    study = small_plan(replicates=200)
    run(tmp_path, study, 2, progress)
    first = results_of(tmp_path, study)
    shard = sorted((tmp_path / "shards").glob("*/*.npz"))[0]
    held = len(json.loads(shard.with_suffix(".json").read_text())["members"])
    damaged(shard, how)
    assert held < 600
    assert run(tmp_path, study, 2, progress).trained == held
    assert any(shard.stem in warning for warning in progress.warnings)
    assert results_of(tmp_path, study) == first
    assert not build_warnings(tmp_path, study), "what was damaged is gone"


def build_warnings(folder, study_plan):
    cells = cells_of(study_plan, folder)
    build_results(cells)
    return cells.warnings


def test_a_report_names_a_damaged_shard_and_leaves_it_out_and_there(tmp_path, small_plan, progress):
    study = small_plan(replicates=200)
    run(tmp_path, study, 2, progress)
    shard = sorted((tmp_path / "shards").glob("*/*.npz"))[0]
    damaged(shard, "flipped")
    assert any(shard.stem in warning for warning in build_warnings(tmp_path, study))
    assert shard.exists()


def test_what_a_kill_left_behind_is_removed(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    shards, name = tmp_path / "shards" / "aa", "a" * 32
    gone = subprocess.Popen(["true"])
    gone.wait()
    own = tmp_path / f".page.html.{os.getpid()}-0123abcd.tmp"
    own.write_bytes(b"a report is at work on it")
    strays = [tmp_path / f".study.json.{gone.pid}-0123abcd.tmp", shards / f".{name}.npz.99.tmp", shards / f"{name}.npz"]
    shards.mkdir(exist_ok=True)
    for stray in strays:
        stray.write_bytes(b"half")
    run(tmp_path, small_plan(), 2, progress)
    assert not [stray for stray in strays if stray.exists()]
    assert own.exists()


def test_a_job_that_fails_is_tried_again_member_by_member_and_one_that_fails_twice_costs_no_other(
    tmp_path, small_plan, progress, monkeypatch
):
    def fails_for_one(members, *rest):
        if any(member.model.features == 12 and member.draws["data"] == 0 for member in members):
            raise ArithmeticError("no such luck")
        return train(members, *rest)

    train = work_module.train
    monkeypatch.setattr(work_module, "train", fails_for_one)
    study = small_plan(replicates=300)
    outcome = run(tmp_path, study, 2, progress)
    assert outcome.reasons == {"ArithmeticError: no such luck": 1} and outcome.trained == 899
    table = build_results(cells_of(study, tmp_path)).table
    assert table["n_ok"].tolist() == [300, 300, 299] and table["status"].tolist() == ["ok", "ok", "partial"]
    told = [event for event in read_events(tmp_path) if event["event"] in ("retried", "failed")]
    assert [event["event"] for event in told] == ["retried", "failed"]
    assert all("fails_for_one" in event["traceback"] for event in told)
    assert run(tmp_path, study, 2, progress).reasons == outcome.reasons, "it is tried in every run"
    monkeypatch.undo()
    assert run(tmp_path, study, 2, progress).trained == 1


def test_a_folder_in_use_is_left_alone(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    with FileLock(tmp_path / "lock"), pytest.raises(Busy, match="in use"):
        run(tmp_path, small_plan(replicates=9), 2, progress)


def test_the_manifest_gives_back_the_plan(tmp_path, small_plan, progress):
    study = small_plan()
    run(tmp_path, study, 2, progress)
    again = read_manifest(tmp_path)
    assert list(again.members) == list(study.members)
    assert [dict(cell.axes) for cell in again.cells] == [dict(cell.axes) for cell in study.cells]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1}'])
def test_a_manifest_that_cannot_be_read_is_an_error_that_names_it(tmp_path, content):
    (tmp_path / "study.json").write_bytes(content)
    with pytest.raises(SettingsError, match=r"study\.json"):
        read_manifest(tmp_path)


def test_nothing_temporary_is_left_and_no_environment_is_written(tmp_path, small_plan, progress, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2canary")
    run(tmp_path, small_plan(), 2, progress)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if path.name.endswith(".tmp")]
    assert not [path for path in files if b"hunter2canary" in path.read_bytes()]


def test_a_file_where_the_disk_is_full_leaves_nothing_behind(tmp_path):
    from biasvar.study.store.files import write_whole

    def full(stream):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    (tmp_path / "results.csv").write_bytes(b"old")
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "results.csv", full)
    assert [path.name for path in tmp_path.iterdir()] == ["results.csv"]
    assert (tmp_path / "results.csv").read_bytes() == b"old"


def test_one_blas_thread_while_jobs_run(tmp_path, small_plan, progress, monkeypatch):
    seen = []
    train = work_module.train

    def watched(members, *rest):
        seen.extend((library["user_api"], library["num_threads"]) for library in threadpool_info())
        return train(members, *rest)

    monkeypatch.setattr(work_module, "train", watched)
    run(tmp_path, small_plan(), 1, progress)
    blas = [threads for kind, threads in seen if kind == "blas"]
    assert blas and set(blas) == {1}


def test_a_member_that_fails_is_recorded_tried_again_and_costs_no_other(tmp_path, small_plan, progress, monkeypatch):
    fit = ClosedForm.fit

    def fails_for_one(self, *given):
        for member, fitted in fit(self, *given):
            if member.model.features == 12 and member.draws["data"] == 2:
                raise ArithmeticError("no such luck")
            yield member, fitted

    study = small_plan()
    monkeypatch.setattr(ClosedForm, "fit", fails_for_one)
    for trained in (11, 0):
        outcome = run(tmp_path, study, 2, progress)
        assert outcome.trained == trained
        assert outcome.reasons == {"ArithmeticError: no such luck": 1}
    index = Store(tmp_path).index(lambda message: None)
    assert len(index) == 12
    assert [entry.outcome.error for entry in index.values() if not entry.outcome.ok] == [
        "ArithmeticError: no such luck"
    ]
    table = build_results(cells_of(study, tmp_path)).table
    assert table["n_ok"].tolist() == [4, 4, 3] and table["status"].tolist() == ["ok", "ok", "partial"]
    monkeypatch.undo()
    assert run(tmp_path, study, 2, progress).trained == 1
    whole = small_plan()
    run(tmp_path / "undisturbed", whole, 2, progress)
    assert results_of(tmp_path, study) == results_of(tmp_path / "undisturbed", whole)


def test_degrees_of_freedom_are_kept(tmp_path, small_plan, progress):
    study = small_plan()
    run(tmp_path, study, 2, progress)
    index = Store(tmp_path).index(lambda message: None)
    for cell in study.cells:
        entries = [index[member.id] for member in cell.members]
        assert all(
            entry.outcome.measures["degrees_of_freedom"] == pytest.approx(cell.study.model.features)
            for entry in entries
        )
        assert all(entry.outcome.measures["effective_parameters"] > 0 for entry in entries)


def test_the_lock_is_taken_once_and_let_go_once_also_after_an_error(tmp_path):
    notes = []
    for _ in range(2):
        with pytest.raises(ArithmeticError), locked(tmp_path / "new", notes.append):
            with pytest.raises(Busy), locked(tmp_path / "new", notes.append):
                pass
            raise ArithmeticError
    assert notes == []
    with FileLock(tmp_path / "new" / "lock", timeout=0):
        pass


def test_diverged_members_are_counted_flagged_and_not_averaged(tmp_path, settings, progress):
    from biasvar.study.plan import plan

    sgd = {"kind": "sgd", "epochs": 2, "batch_size": 10}
    mlp = {"kind": "mlp", "width": 4}
    cells = [({"training.lr": lr}, settings(model=mlp, training=sgd | {"lr": lr})) for lr in (0.01, 1e30)]
    study = plan(cells)
    assert run(tmp_path, study, 2, progress).trained == 8
    good, bad = build_results(cells_of(study, tmp_path)).table.to_dict("records")
    assert (good["status"], good["n_ok"]) == ("ok", 4)
    assert (bad["status"], bad["n_ok"], bad["n_planned"]) == ("missing", 0, 4)
    assert np.isnan(bad["risk"]) and np.isfinite(good["risk"])


def test_a_decomposition_that_does_not_close_fails_loudly(small_plan):
    from biasvar.decomposition import decompose

    parts = decompose(np.ones((3, 4)), np.zeros(4), noise=0.1)
    axes = small_plan().cells[0].axes
    require_closure(axes, parts)
    parts.points["residual"][2] = 1e-3
    with pytest.raises(NotClosed, match=r"residual is 0\.001"):
        require_closure(axes, parts)


@pytest.mark.slow
def test_a_report_needs_nothing_but_the_folder(tmp_path, settings, progress):
    from biasvar.api import load
    from biasvar.study.plan import plan

    data = {"kind": "digits", "n_train": 50}
    study = plan([({}, settings(data=data, resampling={"kind": "bootstrap"}))])
    run(tmp_path / "here", study, 2, progress)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert load(tmp_path / "there").write_report().name == "report.html"
    files = {path: path.read_bytes() for path in (tmp_path / "there").rglob("*") if path.is_file()}
    load(tmp_path / "there").write_report()
    assert all(path.read_bytes() == content for path, content in files.items())


@pytest.mark.parametrize(("kind", "module"), [("slurm", "submitit"), ("ray", "ray")])
def test_an_engine_that_is_not_installed_is_named_before_anything_is_written(
    tmp_path, small_plan, progress, monkeypatch, kind, module
):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(f"biasvar.engines.{kind}.find_spec", lambda name: None)
    with pytest.raises(OSError, match=rf"engine={kind} needs {module}: pip install 'biasvar\[{kind}\]'"):
        run(tmp_path / "new", small_plan(engine={"kind": kind}), 2, progress)
    assert not (tmp_path / "new").exists()
