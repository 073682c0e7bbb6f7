"""The recipe for a SLURM to test against: it refuses what it cannot do, and touches nothing outside its folder."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.engines.slurm_cluster import RECIPE, slurm_cluster


def recipe(*arguments, **options):
    return subprocess.run([RECIPE, *arguments], capture_output=True, text=True, timeout=120, **options)


@pytest.mark.parametrize("arguments", [(), ("up",), ("stop", "x"), ("down", "x", "--accounting"), ("up", "x", "--y")])
def test_other_commands_are_refused_with_the_usage(arguments, tmp_path):
    done = recipe(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("slurm_cluster: usage: slurm_cluster.sh up DIR [--accounting] | down DIR")
    assert not list(tmp_path.iterdir())


def test_whoever_is_not_root_is_refused():
    as_nobody = {"user": 65534} if os.geteuid() == 0 else {}
    script = RECIPE.read_text()  # which may be in a folder that nobody can look into
    command = ["bash", "-s", "up", "slurm"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, cwd="/", timeout=60, **as_nobody)
    assert done.returncode == 1
    assert done.stderr == "slurm_cluster: must run as root: slurmd runs jobs as the users who submit them\n"


@pytest.mark.parametrize(
    ("name", "words"), [("n" * 100, "too long for the sockets in it"), ("a b", "SLURM's files quote nothing")]
)
def test_a_folder_that_its_files_cannot_name_is_refused(tmp_path, name, words):
    if os.geteuid() != 0:
        pytest.skip("only root gets so far")
    done = recipe("up", str(tmp_path / name))
    assert done.returncode == 1 and words in done.stderr
    assert not (tmp_path / name).exists()


@pytest.mark.slurm
def test_it_can_be_started_twice_and_two_have_ports_of_their_own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slurm")  # a short name, for sockets
    with slurm_cluster(folder / "one") as first, slurm_cluster(folder / "two") as second:
        assert recipe("up", folder / "one").stdout == f"export SLURM_CONF={first}\n"
        ports = [line for path in (first, second) for line in Path(path).read_text().splitlines() if "Port=" in line]
        assert len({line.split("=")[1] for line in ports}) == 4
        other = recipe("up", folder / "one", "--accounting")
        assert other.returncode == 1 and "made with accounting=no" in other.stderr
    assert recipe("down", folder / "one").returncode == 0
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(folder) not in running
