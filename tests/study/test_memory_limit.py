"""Whose limits of memory count: this machine's, those of control groups, and a shell's."""

import resource
import subprocess
import sys

import pytest

from biasvar.study import memory_limit
from biasvar.study.memory_limit import Limit, cgroup_limits

GB = 10**9
NONE = 9223372036854771712  # what version 1 says where there is no limit


@pytest.fixture
def cgroups(tmp_path):
    """Return a function that writes a process's groups, its mounts, and the files below a mount; gives its limits."""

    def write(groups, kind, options, files, root="/"):
        proc, top = tmp_path / "proc", tmp_path / "sys fs"
        proc.mkdir()
        (proc / "cgroup").write_text("\n".join(groups) + "\n")
        place = str(top).replace(" ", "\\040")
        lines = [
            "24 1 0:22 / /proc rw shared:5 - proc proc rw",
            f"30 24 0:26 {root} {place} ro,nosuid shared:9 - {kind} cgroup {options}",
        ]
        (proc / "mountinfo").write_text("\n".join(lines) + "\n")
        for name, content in files.items():
            (top / name).parent.mkdir(parents=True, exist_ok=True)
            (top / name).write_text(f"{content}\n")
        return sorted(cgroup_limits(proc))

    return write


def test_every_group_on_the_way_up_limits_in_version_2(cgroups):
    files = {
        "a/b/c/memory.max": "max",
        "a/b/c/memory.high": 2 * GB,
        "a/b/memory.max": 3 * GB,
        "a/memory.max": "max",
        "a/other/memory.max": GB,
        "memory.high": 4 * GB,
    }
    assert cgroups(["0::/a/b/c"], "cgroup2", "rw", files) == [2 * GB, 3 * GB, 4 * GB]


def test_a_container_sees_its_own_group_as_the_top_one(cgroups):
    assert cgroups(["0::/"], "cgroup2", "rw,nsdelegate", {"memory.max": GB, "memory.high": "max"}) == [GB]


def test_the_controller_of_memory_limits_in_version_1(cgroups):
    groups = ["5:cpu,cpuacct:/elsewhere", "4:memory,hugetlb:/job/step", "0::/"]
    files = {
        "job/step/memory.limit_in_bytes": NONE,
        "job/memory.limit_in_bytes": GB,
        "memory.limit_in_bytes": NONE,
        "elsewhere/memory.limit_in_bytes": 5,
    }
    assert cgroups(groups, "cgroup", "rw,memory", files) == [GB, NONE, NONE]


@pytest.mark.parametrize("group", ["/docker/12ab", "/../docker/12ab", "/other"])
def test_a_mount_that_begins_within_a_hierarchy_is_looked_at_from_there(cgroups, group):
    files = {"memory.limit_in_bytes": GB}
    assert cgroups([f"4:memory:{group}"], "cgroup", "rw,memory", files, root="/docker/12ab") == [GB]


def test_without_control_groups_there_are_no_limits(tmp_path, cgroups):
    assert list(cgroup_limits(tmp_path)) == []
    assert cgroups(["5:cpu:/a"], "cgroup", "rw,cpu", {"a/memory.limit_in_bytes": 5}) == []


def test_the_smallest_limit_counts_and_says_whose_it_is(monkeypatch):
    monkeypatch.setattr(memory_limit, "machine_memory", lambda: iter([Limit(8 * GB, "this machine has")]))
    monkeypatch.setattr(memory_limit, "address_space", lambda: iter([]))
    monkeypatch.setattr(memory_limit, "cgroup_limits", lambda: iter([NONE, 2 * GB]))
    assert memory_limit.memory_limit() == Limit(2 * GB, "this container or job may take")
    monkeypatch.setattr(memory_limit, "cgroup_limits", lambda: iter([NONE]))
    assert memory_limit.memory_limit() == Limit(8 * GB, "this machine has")
    monkeypatch.setattr(memory_limit, "machine_memory", lambda: iter([]))
    monkeypatch.setattr(memory_limit, "cgroup_limits", lambda: iter([]))
    assert memory_limit.memory_limit() is None


def test_of_a_shells_limit_that_is_left_which_is_not_taken():
    code = "from biasvar.study.memory_limit import memory_limit; print(memory_limit())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (GB, GB)),
    )
    assert "ulimit -v leaves" in done.stdout
    assert 0.5 * GB < float(done.stdout.partition("size=")[2].partition(",")[0]) < GB
