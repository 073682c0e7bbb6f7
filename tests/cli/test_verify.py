"""``biasvar verify`` as people meet it."""

import re

import pytest

SMALL = [
    "data=linear", "data.dimension=30", "data.n_train=30", "data.n_eval=40", "model=linear", "model.features=5,30",
    "training=exact", "resampling=fresh", "replicates=8",
]  # fmt: skip


@pytest.fixture
def folder(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL, "--out", "small")
    assert done.returncode == 0, done.stderr
    return tmp_path / "small"


@pytest.mark.ci
@pytest.mark.slow
def test_a_sound_study_is_exit_0_and_a_damaged_one_exit_3_that_names_the_shard(biasvar, folder):
    done = biasvar("verify", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"\d+ hold, \d+ are not tested, 0 fail", lines[-1])
    infinite = next(line for line in lines if line.startswith("features=30") and " variance " in line)
    assert "infinite" in infinite and "not tested" in infinite
    tested = next(line for line in lines if line.startswith("features=5") and " variance " in line)
    assert " se " in tested and "minimum norm, exact" in tested
    shard = next((folder / "shards").glob("*/*.npz"))
    shard.write_bytes(shard.read_bytes()[:-10])
    done = biasvar("verify", folder)
    assert done.returncode == 3
    assert any(line.startswith("FAILS") and shard.stem in line for line in done.stdout.splitlines())
    assert re.search(r", [1-9]\d* fail$", done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_the_estimators_verify_themselves(biasvar):
    done = biasvar("verify", "--self")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["check", "loss", "truth", "measured", "distance", "verdict"]
    assert any(line.startswith("joint: plug-in bias_squared") and line.endswith("is caught") for line in lines)
    assert any(line.startswith("crossed: variance_data") and line.endswith("holds") for line in lines)
    assert "all hold, in" in lines[-1] and len(lines) > 90


@pytest.mark.parametrize("arguments, said", [([], "give the DIR"), (["nowhere"], "nowhere holds no study")])
def test_nothing_to_verify_is_exit_2(biasvar, arguments, said):
    done = biasvar("verify", *arguments)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
