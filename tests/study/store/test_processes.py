import os
import subprocess
import sys
import time

from biasvar.study.store.processes import is_running


def test_a_process_is_there_until_it_has_ended_also_where_nobody_asks_after_it():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_running(child.pid) and is_running(os.getpid())
    child.kill()
    end = time.monotonic() + 10
    while is_running(child.pid):  # no wait: it stays in the table of processes
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(child.pid, 0)  # which says that it is there
    child.communicate()
    assert not is_running(child.pid)


def test_numbers_that_no_process_has_are_of_none():
    assert not is_running(2**22 + 1) and not is_running(2**80)
