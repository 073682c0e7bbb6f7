"""Progress: a bar on a terminal, few whole lines in a log."""

import os
import pty
import re
import select
import sys
import termios

import pytest

from biasvar.cli.progress import Bar


def test_a_log_gets_whole_lines_and_few_of_them(capsys):
    with Bar() as bar:
        bar.start(1000, 0)
        bar.compiling()
        for _ in range(1000):
            bar.advance(1)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "compiling" and len(lines) < 15 and "\r" not in "".join(lines)
    assert re.fullmatch(r"1,000 of 1,000 models, [\d.e+]+ a second", lines[-1])


def test_a_log_says_the_rate_of_the_models_trained_now_and_the_time_left(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with Bar() as bar:
        bar.start(100, 40)
        now[0] += 10
        bar.advance(20)
    assert capsys.readouterr().err == "60 of 100 models, 2 a second, about 20 seconds left\n"


def test_nothing_to_do_says_nothing(capsys):
    with Bar() as bar:
        bar.start(5, 5)
    assert not capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_bar_that_is_redrawn(monkeypatch):
    there, here = pty.openpty()
    termios.tcsetwinsize(here, (24, 80))
    with os.fdopen(here, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with Bar() as bar:
            bar.start(4, 0)
            bar.compiling()
            bar.advance(4)
        monkeypatch.undo()
        terminal.flush()
        shown = ""
        while select.select([there], [], [], 0.2)[0]:
            shown += os.read(there, 100_000).decode()
    os.close(there)
    assert "compiling:   0%" in shown and "4/4" in shown and "\r" in shown
