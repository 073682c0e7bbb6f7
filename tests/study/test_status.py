import json
import time
from contextlib import closing

import pytest

from biasvar.settings import SettingsError
from biasvar.study import status as status_module
from biasvar.study.run import run
from biasvar.study.status import status_of
from biasvar.study.store.events import Events, read_events
from biasvar.study.store.lock import locked


def numbers(status):
    return [(cell.done, cell.running, cell.failed, cell.left) for cell in status.cells]


def shard(folder, job):
    (folder / "shards" / job[:2]).mkdir(parents=True, exist_ok=True)
    for ending in ("json", "npz"):
        (folder / "shards" / job[:2] / f"{job}.{ending}").write_text("{}")


@pytest.fixture
def start():
    """Return a function that writes the first event of a sweep and returns its events."""
    opened = []

    def begin(folder, jobs, cells=(("p=1", 10), ("p=2", 10))):
        folder.mkdir(exist_ok=True)
        opened.append(Events(folder, lambda message: None))
        opened[-1].record("started", name="n", engine="thread", workers=2, cells=cells, jobs=jobs)
        return opened[-1]

    yield begin
    for events in opened:
        events.close()


def test_a_finished_study_is_done_in_every_cell(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    found = status_of(tmp_path)
    assert found.holder is None and found.last["event"] == "finished" and found.seconds_left is None
    assert [cell.label for cell in found.cells] == ["model.features=3", "model.features=5", "model.features=12"]
    assert numbers(found) == [(4, 0, 0, 0)] * 3


def test_an_extended_study_starts_from_what_is_there(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    run(tmp_path, small_plan(replicates=6), 2, progress, stop=lambda: True)
    found = status_of(tmp_path)
    assert found.last["event"] == "stopped"
    assert all(cell.members == 6 and cell.done >= 4 and cell.running == 0 for cell in found.cells)


def test_jobs_that_run_are_told_from_those_that_wait_while_a_sweep_is_at_work(start, tmp_path):
    with locked(tmp_path / "s", lambda note: None):
        events = start(tmp_path / "s", {"a" * 32: {0: 4, 1: 1}, "b" * 32: {0: 3}, "c" * 32: {1: 2}})
        events.record("begun", job="a" * 32)
        events.record("begun", job="b" * 32)
        shard(tmp_path / "s", "b" * 32)
        found = status_of(tmp_path / "s")
    assert numbers(found) == [(6, 4, 0, 0), (7, 1, 0, 2)]
    assert found.holder is not None
    assert numbers(status_of(tmp_path / "s")) == [(6, 0, 0, 4), (7, 0, 0, 3)], "nothing runs without a sweep"


def test_members_that_failed_and_jobs_that_took_anothers_place_are_counted(start, tmp_path):
    events = start(tmp_path, {"a" * 32: {0: 2}})
    events.record("retried", job="a" * 32, jobs={"b" * 32: {0: 1}, "c" * 32: {0: 1}}, error="killed", traceback="")
    events.record("failed", job="b" * 32, cells=[0], error="killed", traceback="")
    shard(tmp_path, "b" * 32)
    found = status_of(tmp_path)
    assert numbers(found) == [(8, 0, 1, 1), (10, 0, 0, 0)]
    assert found.errors == {"killed": 1}


def test_the_time_left_follows_the_pace_so_far(start, tmp_path, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    with locked(tmp_path / "s", lambda note: None):
        events = start(tmp_path / "s", {"a" * 32: {0: 10}, "b" * 32: {1: 10}})
        clock[0] = 1030.0
        shard(tmp_path / "s", "a" * 32)
        events.record("committed", job="a" * 32, members=10)
        monkeypatch.setattr(status_module, "living_holder", lambda folder: "somebody")
        assert status_of(tmp_path / "s").seconds_left == pytest.approx(30.0)


def test_models_that_are_read_in_several_cells_are_counted_and_timed_once(tmp_path, monkeypatch):
    event = {"name": "n", "engine": "thread", "workers": 2, "models": 20, "cells": [["epoch=1", 20], ["epoch=2", 20]]}
    done, to_do = ("a" * 32, {"0": 10, "1": 10}), ("b" * 32, {"0": 10, "1": 10})
    lines = [
        {"time": 100.0, "event": "started", **event, "jobs": dict((done, to_do))},
        {"time": 130.0, "event": "committed", "job": done[0], "members": 10},
    ]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    shard(tmp_path, done[0])
    monkeypatch.setattr(status_module, "living_holder", lambda folder: "somebody")
    found = status_of(tmp_path)
    assert (found.models, found.total("members"), found.total("done")) == (20, 40, 20)
    assert found.seconds_left == pytest.approx(30.0), "ten models took 30 seconds, and ten are left"


def test_a_holder_that_gives_no_sign_of_life_is_not_at_work(start, tmp_path, monkeypatch):
    with locked(tmp_path / "s", lambda note: None):
        start(tmp_path / "s", {})
        assert status_of(tmp_path / "s").holder is not None
        monkeypatch.setattr(status_module, "SILENCE", -1.0)
        assert status_of(tmp_path / "s").holder is None


def test_a_line_that_a_kill_cut_off_is_passed_over_and_ended(start, tmp_path):
    events = start(tmp_path, {})
    events.close()
    with open(tmp_path / "events.jsonl", "a") as stream:
        stream.write('{"time": 1.0, "event": "beg')
    with closing(Events(tmp_path, lambda message: None)) as events:
        events.record("stopped")
    assert [event["event"] for event in read_events(tmp_path)] == ["started", "stopped"]
    assert status_of(tmp_path).last["event"] == "stopped"


@pytest.mark.parametrize("ending", ["json", "npz"])
@pytest.mark.parametrize("again", [False, True])
def test_members_whose_files_are_gone_are_left_to_do(tmp_path, small_plan, progress, ending, again):
    run(tmp_path, small_plan((3,)), 2, progress)
    run(tmp_path, small_plan((3, 5)), 2, progress)
    if again:
        run(tmp_path, small_plan((3, 5)), 2, progress)
    assert numbers(status_of(tmp_path)) == [(4, 0, 0, 0)] * 2
    for path in (tmp_path / "shards").glob(f"*/*.{ending}"):
        path.unlink()
        found = status_of(tmp_path)
        assert found.total("done") == 8 - found.total("left")
    assert numbers(status_of(tmp_path)) == [(0, 0, 0, 4)] * 2


def test_lines_that_cannot_be_read_are_counted(start, tmp_path):
    start(tmp_path, {}).close()
    assert status_of(tmp_path).unreadable == 0
    with open(tmp_path / "events.jsonl", "ab") as stream:
        stream.write(b'\x00\xff not json\n[1]\n\n{"event": "begun"}\n{"time": 1, "event": "comm')
    assert status_of(tmp_path).unreadable == 4


def test_a_folder_without_a_study_is_named(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(SettingsError, match="holds no study"):
            status_of(folder)


@pytest.mark.slow
@pytest.mark.ci
def test_ten_thousand_shards_are_counted_by_their_names(start, tmp_path, monkeypatch):
    names = [f"{number:032x}"[::-1] for number in range(10_000)]
    start(tmp_path, {name: {0: 1} for name in names}, cells=(("only", 10_000),)).close()
    for prefix in {name[:2] for name in names}:
        (tmp_path / "shards" / prefix).mkdir(parents=True)
    for name in names[:9_000]:
        for ending in ("json", "npz"):
            (tmp_path / "shards" / name[:2] / f"{name}.{ending}").touch()
    monkeypatch.setattr(json, "load", None)  # no shard is opened: empty ones would not be JSON
    assert numbers(status_of(tmp_path)) == [(9_000, 0, 0, 1_000)]


@pytest.mark.parametrize("changes", [{"cells": 3}, {"cells": [["p=1"]]}, {"jobs": {"a": {"7": 1}}}, {"jobs": [1]}])
def test_events_that_no_sweep_wrote_are_an_error_that_names_the_file(tmp_path, changes):
    event = {"time": 1.0, "event": "started", "name": "n", "engine": "thread", "workers": 2, "cells": [["p=1", 4]]}
    (tmp_path / "events.jsonl").write_text(json.dumps(event | {"jobs": {}} | changes) + "\n")
    with pytest.raises(SettingsError, match=r"events\.jsonl was not written by a sweep"):
        status_of(tmp_path)
