"""Files of a study that were damaged, mixed up or put there by somebody: each is named, and trained again."""

import json
import shutil

import pytest

pytestmark = pytest.mark.faults

STUDY = (
    "data=linear", "data.dimension=10", "data.noise_std=0.5", "data.n_eval=40", "resampling=fresh", "model=linear",
    "model.features=5", "training=exact", "data.n_train=range(20,140,10)", "replicates=4", "loss=squared_error",
)  # fmt: skip
CELLS = 12


@pytest.fixture
def folder(undisturbed, tmp_path):
    """Return a study of twelve shards, one a cell, that may be damaged."""
    shutil.copytree(undisturbed(STUDY), tmp_path / "study")
    return tmp_path / "study"


def shards(folder):
    """Return the jsons of the shards."""
    return sorted(path for path in (folder / "shards").rglob("*.json"))


def flip(path, place):
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def swap(one, other):
    """Let two files change places."""
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def swap_whole(one, other):
    """Let two shards change places."""
    swap(one, other)
    swap(one.with_suffix(".npz"), other.with_suffix(".npz"))


def truncate(path):
    """Cut the end off."""
    path.write_bytes(path.read_bytes()[:-20])


def empty(path):
    """Leave nothing."""
    path.write_bytes(b"")


def zeros(path):
    """Leave as many zeros."""
    path.write_bytes(bytes(path.stat().st_size))


def of_outputs(damage):
    """Return a damage to a shard's npz."""
    return lambda json_path: damage(json_path.with_suffix(".npz"))


def flip_a_risk(path):
    """Change a number in the json, which stays a json."""
    content = json.loads(path.read_text())
    content["members"][0]["train_risk"]["squared_error"] += 1.0
    path.write_text(json.dumps(content))


ONE = {
    "npz truncated": of_outputs(truncate),
    "npz empty": of_outputs(empty),
    "npz of zeros": of_outputs(zeros),
    "npz with a bit flipped": of_outputs(lambda path: flip(path, path.stat().st_size // 2)),
    "npz deleted": of_outputs(lambda path: path.unlink()),
    "json truncated": truncate,
    "json empty": empty,
    "json of zeros": zeros,
    "json that is no object": lambda path: path.write_text("[1, 2]"),
    "json with a number changed": flip_a_risk,
}
TWO = {
    "json swapped": swap,
    "npz swapped": lambda one, other: swap(one.with_suffix(".npz"), other.with_suffix(".npz")),
    "both swapped": swap_whole,
}


def check(folder, damaged, biasvar, faults, undisturbed):
    """Assert that verify names each shard, report leaves it out with a warning, and sweep trains it again."""
    sound = {path: path.stat().st_mtime_ns for path in shards(folder) if path.stem not in damaged}
    verified = biasvar("verify", folder)
    assert verified.returncode == 3 and "Traceback" not in verified.stderr, verified.stdout + verified.stderr
    named = [line for line in verified.stdout.splitlines() if line.startswith("FAILS")]
    assert not [name for name in damaged if not any(name in line for line in named)]
    assert not [path.stem for path in sound if any(path.stem in line for line in named)]
    report = biasvar("report", folder)
    assert report.returncode == 0 and "Traceback" not in report.stderr
    assert not [name for name in damaged if f"warning: shard {name} is left out" not in report.stderr]
    swept = biasvar("sweep", *STUDY, "--out", folder)
    assert swept.returncode == 0, swept.stderr
    assert not [name for name in damaged if f"warning: shard {name} is trained again" not in swept.stderr]
    assert {path: path.stat().st_mtime_ns for path in sound} == sound
    assert not faults("record").differences(folder, undisturbed(STUDY))
    assert set(faults("record").committed_members(folder).values()) == {1}
    verified = biasvar("verify", folder)
    assert verified.returncode == 0, verified.stdout


@pytest.mark.ci
def test_each_damaged_shard_is_named_left_out_and_trained_again(biasvar, faults, undisturbed, folder):
    paths = shards(folder)
    assert len(paths) == CELLS > len(ONE)
    damaged = dict(zip(ONE, paths, strict=False))
    for name, damage in ONE.items():
        damage(damaged[name])
    check(folder, [path.stem for path in damaged.values()], biasvar, faults, undisturbed)


def test_each_swapped_shard_is_named_left_out_and_trained_again(biasvar, faults, undisturbed, folder):
    paths = shards(folder)[: 2 * len(TWO)]
    for damage, one, other in zip(TWO.values(), paths[::2], paths[1::2], strict=True):
        damage(one, other)
    check(folder, [path.stem for path in paths], biasvar, faults, undisturbed)


def test_a_shard_that_is_there_twice_under_another_name_is_named_and_counts_once(biasvar, faults, undisturbed, folder):
    one = shards(folder)[0]
    name = one.stem[:2] + "0" * 30
    for path in (one, one.with_suffix(".npz")):
        shutil.copyfile(path, path.with_stem(name))
    check(folder, [name], biasvar, faults, undisturbed)


def test_deleted_shards_are_missed_and_trained_again(biasvar, faults, undisturbed, folder):
    gone, uncommitted = shards(folder)[:2]
    gone.with_suffix(".npz").unlink()
    gone.unlink()
    uncommitted.unlink()
    verified = biasvar("verify", folder)
    assert verified.returncode == 3 and verified.stdout.count("0 of 4 are used") == 2
    swept = biasvar("sweep", *STUDY, "--out", folder)
    assert swept.returncode == 0 and "12/12" not in swept.stderr.splitlines()[0]
    assert not faults("record").differences(folder, undisturbed(STUDY))
    assert biasvar("verify", folder).returncode == 0


def test_files_that_no_sweep_has_put_among_the_shards_are_named_and_left_alone(biasvar, faults, undisturbed, folder):
    place = shards(folder)[0].parent
    unknown_files = [place / "notes.txt", folder / "shards" / "mine.npz", place / ("z" * 32 + ".json")]
    for path in unknown_files:
        path.write_bytes(b"mine")
    verified = biasvar("verify", folder)
    assert verified.returncode == 3
    assert not [path.name for path in unknown_files if path.name not in verified.stdout]
    report, swept = biasvar("report", folder), biasvar("sweep", *STUDY, "--out", folder)
    assert report.returncode == 0 and swept.returncode == 0, report.stderr + swept.stderr
    assert {path.read_bytes() for path in unknown_files} == {b"mine"}
    assert not faults("record").differences(folder, undisturbed(STUDY))


CONTENTS = {
    "empty": b"", "no keys": b"{}", "a list": b"[1]", "no text": b"\xff\xfe", "zeros": bytes(100),
}  # fmt: skip


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("name", ["study.json", "study.copy.json"])
def test_damaged_settings_are_named_and_restored_from_their_copy(biasvar, faults, undisturbed, folder, name, content):
    whole, before = (folder / name).read_bytes(), faults("record").committed(folder)
    (folder / name).write_bytes(content)
    assert biasvar("status", folder).returncode == 0
    verified = biasvar("verify", folder)
    assert verified.returncode == 3 and f"{name} " in verified.stdout
    for verb in (["report", folder], ["sweep", *STUDY, "--out", folder]):
        done = biasvar(*verb)
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
        assert f"{name} " in done.stderr and "is used instead" in done.stderr
    assert (folder / name).read_bytes() == whole and faults("record").committed(folder) == before
    assert not faults("record").differences(folder, undisturbed(STUDY))
    assert biasvar("verify", folder).returncode == 0


@pytest.mark.ci
def test_settings_that_are_lost_are_written_anew_and_keep_every_model(biasvar, faults, undisturbed, folder):
    before = faults("record").committed(folder)
    for name in ("study.json", "study.copy.json"):
        flip(folder / name, 100)
    verified = biasvar("verify", folder)
    assert verified.returncode == 3 and verified.stdout.count("it was edited or damaged") == 2
    report = biasvar("report", folder)
    assert report.returncode == 2 and "run this study's sweep again: it rewrites the file" in report.stderr
    other = biasvar("sweep", *STUDY, "seed=1", "--out", folder)
    assert other.returncode == 2 and "Traceback" not in other.stderr
    swept = biasvar("sweep", *STUDY, "--out", folder)
    assert swept.returncode == 0 and "has lost its settings, which are written anew" in swept.stderr
    assert faults("record").committed(folder) == before
    assert not faults("record").differences(folder, undisturbed(STUDY))
    assert biasvar("verify", folder).returncode == 0


def test_kept_evaluation_points_that_were_damaged_are_named_and_made_again(biasvar, faults, undisturbed, folder):
    path = next((folder / "evaluation").iterdir())
    truncate(path)
    verified = biasvar("verify", folder)
    assert verified.returncode == 3 and path.name in verified.stdout
    assert biasvar("sweep", *STUDY, "--out", folder).returncode == 0
    assert not faults("record").differences(folder, undisturbed(STUDY))


def test_a_record_with_a_torn_or_foreign_line_is_read_past(biasvar, faults, undisturbed, folder):
    with open(folder / "events.jsonl", "ab") as stream:
        stream.write(b'\x00\xff not json\n[1]\n{"event": "begun"}\n{"time": 1, "event": "comm')
    assert biasvar("status", folder).returncode == 0
    assert biasvar("sweep", *STUDY, "--out", folder).returncode == 0
    assert not faults("record").differences(folder, undisturbed(STUDY))
    assert json.loads((folder / "events.jsonl").read_bytes().splitlines()[-1])["event"] in ("started", "finished")
