"""A map from both ends gives what ``map`` gives, whatever becomes of the second process."""

import os
import signal
import sys
import time
from multiprocessing import active_children

import pytest

from biasvar.cli import both_ends
from biasvar.cli.both_ends import from_both_ends

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    yield
    assert not active_children()


@pytest.mark.parametrize("items", [0, 1, 2, 5])
def test_values_come_in_order(items):
    assert list(from_both_ends(lambda item: item * item, range(items))) == [item * item for item in range(items)]


@linux
def test_another_process_does_the_last_items():
    def slowly(item):
        time.sleep(0.1)
        return os.getpid()

    first, *_, last = from_both_ends(slowly, range(6))
    assert first == os.getpid() != last


@linux
def test_one_processor_has_one_process(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    assert set(from_both_ends(lambda item: os.getpid(), range(3))) == {os.getpid()}


@pytest.mark.parametrize(
    "end",
    [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: time.sleep(60), lambda: 1 / 0],
    ids=["killed", "hangs", "fails"],
)
def test_a_second_process_that_is_killed_hangs_or_fails_costs_nothing(monkeypatch, end):
    monkeypatch.setattr(both_ends, "LONGEST_WAIT", 0.2)
    here = os.getpid()

    def ended_elsewhere(item):
        if os.getpid() != here and item == 2:
            end()
        return item

    assert list(from_both_ends(ended_elsewhere, range(4))) == [0, 1, 2, 3]


def test_an_error_of_an_item_is_raised_here():
    def failing(item):
        raise OSError(f"no room for {item}")

    with pytest.raises(OSError, match="no room for 0"):
        list(from_both_ends(failing, range(4)))
