"""``biasvar doctor``: what is there, and what is wrong, each fault with what to do."""

import shutil
import sys
from collections import namedtuple

import pytest

from biasvar.study.doctor import CHECKS, examined
from biasvar.study.doctor.disk import disk
from biasvar.study.doctor.locks import locks
from biasvar.study.doctor.processors import limit_of
from biasvar.study.doctor.speed import speed
from biasvar.study.doctor.versions import versions

disk_module, locks_module, speed_module, versions_module = (
    sys.modules[f"biasvar.study.doctor.{name}"] for name in ("disk", "locks", "speed", "versions")
)


@pytest.mark.slow
@pytest.mark.ci
def test_a_machine_in_order_exits_with_0_and_says_everything(biasvar, tmp_path):
    done = biasvar("doctor", "--out", tmp_path / "outputs")
    assert done.returncode == 0 and done.stdout.endswith("nothing is wrong\n"), done.stderr
    for name in (*CHECKS, "torch", "cores", "BLAS", "in bfloat16", "cifar10"):
        assert name in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.ci
def test_a_folder_that_cannot_be_is_a_fault_and_exits_with_4(biasvar, tmp_path):
    (tmp_path / "file").write_text("")
    done = biasvar("doctor", "--out", tmp_path / "file" / "outputs")
    assert done.returncode == 4 and "cannot be written" in done.stderr and "choose --out DIR" in done.stderr


def test_a_disk_that_is_nearly_full_is_a_fault(monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(disk_module.shutil, "disk_usage", lambda place: usage(10**9, 10**9, 10**6))
    (fault,) = disk(tmp_path).faults
    assert "has 1 MB left" in fault
    monkeypatch.undo()
    assert not disk(tmp_path).faults or shutil.disk_usage(tmp_path).free < 1e9


def test_locks_that_do_not_hold_or_are_refused_are_faults(monkeypatch, tmp_path):
    assert locks(tmp_path).facts == {"locks": "work"}
    monkeypatch.setattr(locks_module, "is_kept_out", lambda path: False)
    assert "a second lock on the same file was granted" in locks(tmp_path).faults[0]

    def refuse(path):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locks_module, "is_kept_out", refuse)
    assert "No locks available" in locks(tmp_path).faults[0]


def test_torch_that_does_not_load_is_a_fault(monkeypatch, tmp_path):
    def fail():
        raise ImportError("libcudart.so: cannot open shared object file")

    monkeypatch.setattr(speed_module, "speeds", fail)
    assert "torch does not run here: libcudart" in speed(tmp_path).faults[0]


def test_a_missing_library_is_a_fault_and_a_missing_extra_is_not(monkeypatch, tmp_path):
    monkeypatch.setattr(versions_module, "version_of", lambda name: None if name in ("numba", "ray") else "1.0")
    found = versions(tmp_path)
    assert found.faults == ("numba is not installed: pip install numba",) and found.facts["ray"] == "not installed"


def test_limits_of_containers_are_read(tmp_path):
    path = tmp_path / "cpu.max"
    for text, expected in (("150000 100000\n", 1.5), ("max 100000\n", None), ("", None)):
        path.write_text(text)
        assert limit_of(path) == expected
    assert limit_of(tmp_path / "none") is None


def test_every_check_says_something(tmp_path, monkeypatch):
    monkeypatch.setattr(speed_module, "speeds", lambda: iter([]))
    monkeypatch.delitem(CHECKS, "speed")
    assert all(finding.facts for _, finding in examined(tmp_path))
