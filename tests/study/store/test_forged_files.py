"""Files of a study whose checksums are right and whose contents no sweep has written: named, made again, never run."""

import io
import json
import os
import zipfile

import numpy as np
import pytest

from biasvar.api import load
from biasvar.results.build import build
from biasvar.results.stored.stored_cells import cells_of
from biasvar.study.run import run
from biasvar.study.store.evaluation_files import checksum_file_of, read_evaluation
from biasvar.study.store.events import Events
from biasvar.study.store.files import sha256_of_file
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.shard import sha256_of
from biasvar.study.store.store import Store


class Loud:
    """Says so when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("it was unpickled",))


def changed(outputs_MNK, value):
    """Return outputs of which one number is another."""
    outputs_MNK = outputs_MNK.copy()
    outputs_MNK[-1, -1, -1] = value
    return outputs_MNK


def npz(array, compression=zipfile.ZIP_STORED, name="outputs_MNK"):
    """Return the bytes of an npz of one array."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive, archive.open(f"{name}.npy", "w") as member:
        np.lib.format.write_array(member, array)
    return buffer.getvalue()


def promising(shape, name="outputs_MNK", compression=zipfile.ZIP_STORED, zeros=0):
    """Return the bytes of an npz whose header promises an array of a shape."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive, archive.open(f"{name}.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "<f8", "fortran_order": False, "shape": shape})
        for _ in range(zeros // 2**20):
            member.write(bytes(2**20))
    return buffer.getvalue()


FORGED = {
    "objects": lambda whole: npz(np.array([[[Loud()]]], dtype=object)),
    "two axes": lambda whole: npz(whole[0]),
    "complex numbers": lambda whole: npz(whole.astype(complex)),
    "texts": lambda whole: npz(whole.astype("U8")),
    "not a number": lambda whole: npz(changed(whole, np.nan)),
    "infinite": lambda whole: npz(changed(whole, -np.inf)),
    "too few members": lambda whole: npz(whole[1:]),
    "Fortran's order": lambda whole: npz(np.asfortranarray(np.repeat(whole, 2, axis=2))),
    "compressed": lambda whole: npz(whole, zipfile.ZIP_DEFLATED),
    "another name": lambda whole: npz(whole, name="predictions"),
    "no zip": lambda whole: b"PK",
    "no array": lambda whole: promising((1,)).replace(b"NUMPY", b"NUMPI"),
    "a terabyte": lambda whole: promising((len(whole), 10**12, 1)),
    "a compressed gigabyte": lambda whole: promising((len(whole), 2**27, 1), compression=8, zeros=2**24),
    "less than no points": lambda whole: promising((len(whole), -4, 1)),
}


@pytest.fixture
def folder(tmp_path, small_plan, progress):
    """Return a finished study of three shards or fewer."""
    run(tmp_path, small_plan(), 2, progress)
    return tmp_path


def forge(shard, content):
    """Put other outputs in the place of a shard's, with the checksums that its json needs."""
    shard.write_bytes(content)
    path = shard.with_suffix(".json")
    record = json.loads(path.read_text()) | {"sha256": sha256_of_file(shard)}
    del record["digest"]
    path.write_text(json.dumps(record | {"digest": sha256_of(json.dumps(record, sort_keys=True))}))


@pytest.mark.faults
@pytest.mark.ci
@pytest.mark.parametrize("what", FORGED)
def test_outputs_that_no_sweep_has_written_are_named_and_trained_again(folder, small_plan, progress, what):
    shard = next((folder / "shards").glob("*/*.npz"))
    with np.load(shard) as arrays:
        whole, content = arrays["outputs_MNK"], shard.read_bytes()
    forge(shard, FORGED[what](whole))
    told = []
    index = Store(folder).index(told.append)
    assert len(told) == 1 and told[0].startswith(f"shard {shard.stem} is left out: ")
    assert len(index) == 12 - len(whole)
    assert run(folder, small_plan(), 2, progress).trained == len(whole)
    assert [f"shard {shard.stem} is trained again" in warning for warning in progress.warnings] == [True]
    assert shard.read_bytes() == content


def test_outputs_at_other_points_than_the_studys_are_named(folder, small_plan):
    shard = next((folder / "shards").glob("*/*.npz"))
    with np.load(shard) as arrays:
        whole = arrays["outputs_MNK"]
    forge(shard, npz(whole[:, :-1]))
    with pytest.raises(OSError, match=rf"{shard.name} holds outputs of shape \(29, 1\) a model.* remove it"):
        build(folder, cells_of(small_plan(), folder))


POINTS = {
    "objects": lambda whole: npz(np.array([Loud()], dtype=object), name="x_ND"),
    "complex numbers": lambda whole: npz(whole.astype(complex), name="x_ND"),
    "not a number": lambda whole: npz(whole * np.nan, name="x_ND"),
    "one array only": lambda whole: npz(whole, name="x_ND"),
    "another name": lambda whole: npz(whole, name="x"),
    "a terabyte": lambda whole: promising((10**12,), "x_ND"),
    "compressed": lambda whole: promising((2**31,), "x_ND", zipfile.ZIP_DEFLATED, 2**24),
}


@pytest.mark.faults
@pytest.mark.parametrize("what", POINTS)
def test_evaluation_points_that_no_sweep_has_kept_are_named_and_made_again(folder, small_plan, progress, what):
    path = next((folder / "evaluation").glob("*.npz"))
    whole = path.read_bytes()
    path.write_bytes(POINTS[what](read_evaluation(path).x_ND))
    checksum_file_of(path).write_text(json.dumps({"file": path.name, "sha256": sha256_of_file(path)}))
    with pytest.raises(OSError, match=f"{path.name} is damaged .*: the same sweep rebuilds it"):
        read_evaluation(path)
    run(folder, small_plan(), 2, progress)
    assert path.read_bytes() == whole


def pipe(path):
    """Put a named pipe in a file's place."""
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def device(path):
    """Put a link to a device without an end in a file's place."""
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


@pytest.mark.faults
@pytest.mark.ci
@pytest.mark.parametrize("put", [pipe, device])
@pytest.mark.parametrize("ending", [".npz", ".json"])
def test_pipes_and_devices_are_not_waited_for(folder, small_plan, progress, put, ending):
    shard = next((folder / "shards").glob(f"*/*{ending}"))
    points = next((folder / "evaluation").glob(f"*{ending}"))
    for path in (shard, points, folder / "study.json"):
        put(path)
    assert read_manifest(folder).name == "small"
    told = []
    assert Store(folder).index(told.append) == {}
    assert [text.split()[1] for text in told] == [shard.stem]
    run(folder, small_plan(), 2, progress)
    assert all(path.is_file() and not path.is_symlink() for path in (shard, points, folder / "study.json"))


@pytest.mark.faults
@pytest.mark.parametrize("put", [pipe, device])
def test_pipes_and_devices_in_the_place_of_tables_and_events_are_not_waited_for(folder, put):
    load(folder).write_report()
    whole = {path: path.read_bytes() for path in [*folder.glob("*.csv"), *folder.glob("*.parquet")]}
    for path in (*whole, folder / "results.json"):
        put(path)
    load(folder)
    assert {path: path.read_bytes() for path in whole} == whole
    for name in ("report.html", "figures/scatter_squared_error.pdf", "events.jsonl"):
        put(folder / name)
    with pytest.raises(OSError, match=r"is a pipe or a device|was not made by biasvar"):
        load(folder).write_report()
    with pytest.raises(OSError, match=r"events\.jsonl"):
        Events(folder, pytest.fail)
