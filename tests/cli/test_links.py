"""Links that somebody has planted where a study writes: what they lead to is left alone."""

import os

import pytest

pytestmark = pytest.mark.slow

STUDY = (
    "data=linear", "data.dimension=10", "data.noise_std=0.5", "data.n_eval=40", "resampling=fresh", "model=linear",
    "model.features=5", "training=exact", "data.n_train=20,30", "replicates=4", "loss=squared_error",
)  # fmt: skip
FILES = (
    "lock",
    "events.jsonl",
    "study.json",
    "study.copy.json",
    "results.csv",
    "results.parquet",
    "report.html",
    "points.parquet",
)
FOLDERS = ("shards", "evaluation", "figures", "log")


@pytest.fixture
def folder(tmp_path):
    """Return an empty folder for the study, beside which others lie."""
    (tmp_path / "study").mkdir()
    return tmp_path / "study"


def sweep(biasvar, folder):
    """Run the study there, and assert that it either works or says what is in its way."""
    done = biasvar("sweep", *STUDY, "--out", folder)
    assert done.returncode in (0, 2, 4) and "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize("name", FILES)
def test_a_link_in_the_place_of_a_file_is_not_written_through(biasvar, folder, tmp_path, name):
    target = tmp_path / "canary"
    target.write_text("somebody's")
    (folder / name).symlink_to(target)
    done = sweep(biasvar, folder)
    assert target.read_text() == "somebody's"
    assert done.returncode == 0 or name in done.stderr


@pytest.mark.parametrize("name", FILES)
def test_a_broken_link_in_the_place_of_a_file_makes_no_file_elsewhere(biasvar, folder, tmp_path, name):
    (folder / name).symlink_to(tmp_path / "canary")
    done = sweep(biasvar, folder)
    assert not (tmp_path / "canary").exists()
    assert done.returncode == 0 or name in done.stderr


@pytest.mark.parametrize("name", FOLDERS)
def test_a_link_in_the_place_of_a_folder_is_not_written_into(biasvar, folder, tmp_path, name):
    target = tmp_path / "canary"
    target.mkdir()
    (folder / name).symlink_to(target)
    done = sweep(biasvar, folder)
    assert os.listdir(target) == []
    assert done.returncode == 0 or name in done.stderr


@pytest.mark.ci
def test_links_in_the_places_of_shards_are_not_written_through(biasvar, undisturbed, folder, tmp_path):
    target = tmp_path / "canary"
    target.write_text("somebody's")
    for path in (undisturbed(STUDY) / "shards").rglob("*.*"):
        planted = folder / path.relative_to(undisturbed(STUDY))
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.symlink_to(target)
    sweep(biasvar, folder)
    assert target.read_text() == "somebody's"


def test_a_lock_that_is_another_name_of_a_file_leaves_that_file_alone(biasvar, folder, tmp_path):
    target = tmp_path / "canary"
    target.write_text("somebody's")
    os.link(target, folder / "lock")
    sweep(biasvar, folder)
    assert target.read_text() == "somebody's"
