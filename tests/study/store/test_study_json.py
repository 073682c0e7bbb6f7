"""The settings of a study stand in two files: whatever damages one of them costs nothing, and an edit is named."""

import json
from collections import defaultdict

import pytest

from biasvar.settings import SettingsError
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.study_json import COPY, NAME, faults_of, read_content
from biasvar.version import __version__
from tests.recorded_study import rewrite

DAMAGES = {
    "empty": b"",
    "zeros": bytes(300),
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a list": b"[1]",
    "no keys": b"{}",
    "deep": b"[" * 100_000,
    "another study's": b'{"format": 4, "checksum": "0"}',
}


@pytest.fixture
def folder(tmp_path, small_plan, progress):
    """Return a finished study of 12 members, whose name has letters beyond ASCII."""
    run(tmp_path, small_plan(name="prüfung"), 2, progress)
    return tmp_path


def committed(folder):
    """Return the shards with their times."""
    return {path: path.stat().st_mtime_ns for path in (folder / "shards").rglob("*.*")}


def places_of_each_class(content):
    """Return the place in the middle of those of each byte that occurs: letters, parts of letters, digits and signs."""
    places = defaultdict(list)
    for place, byte in enumerate(content):
        places[byte].append(place)
    return [of_one[len(of_one) // 2] for of_one in places.values()]


def test_both_files_are_the_same_and_whole(folder):
    assert (folder / NAME).read_bytes() == (folder / COPY).read_bytes()
    assert faults_of(folder) == [] and read_content(folder)["name"] == "prüfung"


@pytest.mark.faults
@pytest.mark.parametrize("name", [pytest.param(NAME, marks=pytest.mark.ci), COPY])
def test_no_flipped_bit_of_any_class_of_byte_is_believed(folder, name):
    path, content = folder / name, read_content(folder)
    whole = path.read_bytes()
    places = places_of_each_class(whole)
    assert len(places) > 50
    for place in places:
        for bit in range(8):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
            assert read_content(folder) == content
            (fault,) = faults_of(folder) or [""]
            assert fault.startswith(str(path)) or json.loads(path.read_bytes()) == json.loads(whole), (place, bit)


@pytest.mark.parametrize("name", [NAME, COPY])
@pytest.mark.parametrize("damage", [*DAMAGES, "missing", "a folder"])
def test_the_next_sweep_restores_one_file_from_the_other_with_a_warning(folder, small_plan, progress, name, damage):
    path, before = folder / name, committed(folder)
    whole = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
        with pytest.raises(OSError, match=name):
            run(folder, small_plan(name="prüfung"), 2, progress)
        return
    if damage in DAMAGES:
        path.write_bytes(DAMAGES[damage])
    assert run(folder, small_plan(name="prüfung"), 2, progress).trained == 0
    (warning,) = progress.warnings
    assert warning.startswith(str(path)) and "restores it" in warning
    assert path.read_bytes() == whole and committed(folder) == before


@pytest.mark.parametrize("damage", [*DAMAGES, "missing"])
def test_where_neither_is_whole_the_same_study_writes_both_anew_and_keeps_its_models(
    folder, small_plan, progress, damage
):
    before, whole = committed(folder), (folder / NAME).read_bytes()
    for name in (NAME, COPY):
        (folder / name).unlink()
        if damage in DAMAGES:
            (folder / name).write_bytes(DAMAGES[damage])
    with pytest.raises(SettingsError, match=r"study\.json"):
        read_content(folder)
    other = small_plan((7,), name="prüfung")
    if damage in DAMAGES:
        with pytest.raises(SettingsError, match=r"study\.json"):
            run(folder, other, 2, progress)
        assert {(folder / name).read_bytes() for name in (NAME, COPY)} == {DAMAGES[damage]}
    assert run(folder, small_plan(name="prüfung"), 2, progress).trained == 0
    (warning,) = progress.warnings
    assert "has lost its settings, which are written anew" in warning
    assert {(folder / name).read_bytes() for name in (NAME, COPY)} == {whole} and committed(folder) == before


def test_an_edit_is_named_and_is_not_believed(folder):
    path = folder / NAME
    content = json.loads(path.read_text())
    content["settings"]["tolerance"] = 0.5
    content["numerics"]["data=linear"] = 2
    path.write_text(json.dumps(content))
    (fault,) = faults_of(folder)
    assert "numerics.data=linear: 1 -> 2, settings.tolerance: 0.001 -> 0.5" in fault or (
        "settings.tolerance: 0.001 -> 0.5, numerics.data=linear: 1 -> 2" in fault
    )
    assert read_content(folder)["settings"]["tolerance"] == 0.001


def test_a_folder_of_the_format_before_is_read_and_gets_its_checksum_and_copy(folder, small_plan, progress):
    old = json.loads((folder / NAME).read_text()) | {"format": 3}
    del old["checksum"]
    (folder / NAME).write_text(json.dumps(old))
    (folder / COPY).unlink()
    assert faults_of(folder) == []
    assert run(folder, small_plan(name="prüfung"), 2, progress).trained == 0 and progress.warnings == []
    assert read_content(folder)["format"] == 4 and (folder / COPY).is_file()


@pytest.mark.parametrize("replicates", [20_000_000, 10**18])
def test_more_models_than_any_sweep_was_let_train_are_refused_at_once(folder, replicates):
    settings = read_content(folder)["settings"]
    rewrite(folder, settings=settings | {"replicates": replicates})
    with pytest.raises(
        SettingsError, match=f"asks for {replicates:,} models a cell, and its limits.max_models is 2,000"
    ):
        read_manifest(folder)


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"format": 5, "versions": {"biasvar": "0.9"}}, "of biasvar 0.9, .*: install biasvar 0.9 or later, or add"),
        ({"format": 5}, f"of biasvar {__version__}"),
        ({"format": 1, "versions": {}}, "of another biasvar, .*: add --out DIR"),
        ({"format": "x", "versions": 3}, "has format x, of another biasvar"),
    ],
)
def test_another_format_says_what_reads_it_and_is_left_as_it_was(folder, small_plan, progress, changes, needs):
    rewrite(folder, **changes)
    before = (folder / NAME).read_bytes()
    with pytest.raises(SettingsError, match=needs):
        run(folder, small_plan(name="prüfung"), 2, progress)
    assert (folder / NAME).read_bytes() == before
