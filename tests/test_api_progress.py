"""A sweep in a notebook shows a bar, one in a script nothing."""

import sys
from types import ModuleType

from biasvar.api.progress import InNotebook, Quiet, usual


def test_a_script_is_quiet_and_a_kernel_has_a_bar(monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert type(usual()) is Quiet
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    assert isinstance(usual(), InNotebook)


def test_the_bar_counts_models_and_is_not_there_when_all_are_done(capsys, monkeypatch):
    monkeypatch.setattr("biasvar.api.progress.find_spec", lambda name: None)
    shown = InNotebook()
    shown.start(3, 3)
    assert not capsys.readouterr().err
    shown.start(3, 1)
    shown.advance(2)
    assert "3/3" in capsys.readouterr().err
