"""Without a folder that is named, a study finds its own below outputs/, or takes the first that is free."""

import threading
from pathlib import Path

import pytest

from biasvar.settings import SettingsError
from biasvar.study import own_folder as own_folder_module
from biasvar.study.errors import Busy
from biasvar.study.own_folder import in_own_folder, own_folder
from biasvar.study.run import run
from biasvar.study.store.lock import locked

FIRST, SECOND, THIRD = (Path("outputs", name) for name in ("small", "small-2", "small-3"))


@pytest.fixture
def sweep(tmp_path, monkeypatch, progress):
    """Return a function that runs a plan in its own folder, and returns the folder."""
    monkeypatch.chdir(tmp_path)

    def run_in_own(study_plan):
        def run_in(folder):
            run(folder, study_plan, 1, progress)
            return folder

        return in_own_folder(study_plan, progress.warn, run_in)

    return run_in_own


def test_one_changed_setting_takes_a_folder_of_its_own_and_each_study_finds_its_own_again(sweep, small_plan, progress):
    plans = {FIRST: small_plan(), SECOND: small_plan(seed=4), THIRD: small_plan(resampling={"kind": "bootstrap"})}
    for _ in range(2):
        assert [sweep(study_plan) for study_plan in plans.values()] == list(plans)
    assert progress.warnings[:2] == [
        "outputs/small (seed: 3 -> 4) holds another study: this one is in outputs/small-2",
        "outputs/small (resampling: fresh -> bootstrap) and outputs/small-2 (seed: 4 -> 3, resampling: fresh -> "
        "bootstrap) hold other studies: this one is in outputs/small-3",
    ]


def test_more_cells_and_replicates_extend_the_study_where_it_is(sweep, small_plan):
    sweep(small_plan())
    assert sweep(small_plan(seed=4)) == SECOND
    assert sweep(small_plan((3, 7), seed=4, replicates=6)) == SECOND
    assert sweep(small_plan((3, 7), replicates=6)) == FIRST


def test_a_folder_that_holds_the_study_comes_before_one_that_is_free(sweep, small_plan):
    sweep(small_plan())
    assert sweep(small_plan(seed=4)) == SECOND
    FIRST.rename("elsewhere")
    assert sweep(small_plan(seed=4)) == SECOND
    assert sweep(small_plan(seed=5)) == FIRST


def test_an_empty_folder_is_free_and_files_of_somebody_else_are_not(sweep, small_plan, progress):
    FIRST.mkdir(parents=True)
    (FIRST / "results.csv").write_text("mine")
    SECOND.mkdir()
    assert sweep(small_plan()) == SECOND
    assert progress.warnings == [
        "outputs/small (files that no sweep has written) holds another study: this one is in outputs/small-2"
    ]
    assert (FIRST / "results.csv").read_text() == "mine"


def test_a_study_of_another_name_is_another_one(sweep, small_plan):
    assert sweep(small_plan(name="small-2")) == SECOND
    sweep(small_plan(seed=4))
    assert sweep(small_plan()) == THIRD


def test_a_damaged_folder_is_never_passed_over(sweep, small_plan):
    sweep(small_plan())
    sweep(small_plan(seed=4))
    for name in ("study.json", "study.copy.json"):
        (FIRST / name).write_text("{")
    for study_plan in (small_plan(seed=4), small_plan(seed=5)):
        with pytest.raises(SettingsError, match=f"{FIRST}.*cannot be read"):
            sweep(study_plan)
    assert not THIRD.exists()
    assert sweep(small_plan()) == FIRST  # whose models are this study's


def test_looking_for_the_folder_writes_nothing(sweep, small_plan, progress):
    assert own_folder(small_plan(), progress.warn) == FIRST
    assert not Path("outputs").exists()


def test_many_settings_that_differ_are_one_line(sweep, small_plan, progress):
    sweep(small_plan())
    data = {"kind": "linear", "dimension": 13, "n_train": 21, "n_eval": 31, "noise_std": 0.7}
    sweep(small_plan(seed=4, data=data))
    (line,) = progress.warnings
    assert "data.n_eval: 30 -> 31 and 2 more) holds another study" in line and "\n" not in line


def test_a_folder_that_another_study_is_about_to_begin_in_is_left_to_it(sweep, small_plan):
    first, begun, left = small_plan(), threading.Event(), threading.Event()

    def begin():
        with locked(FIRST, lambda message: None):
            begun.set()
            left.wait(1.0)
        run(FIRST, first, 1, Quiet())

    other = threading.Thread(target=begin)
    other.start()
    begun.wait()
    threading.Timer(0.3, left.set).start()
    assert sweep(small_plan(seed=4)) == SECOND
    other.join()


def test_a_sweep_of_the_same_study_is_busy(sweep, small_plan, monkeypatch):
    monkeypatch.setattr(own_folder_module, "PATIENCE", 0.1)
    sweep(small_plan())
    with locked(FIRST, lambda message: None), pytest.raises(Busy, match="in use"):
        sweep(small_plan(replicates=9))
    assert not SECOND.exists()


class Quiet:
    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...
