"""What becomes of errors that no verb expects."""

import sys

import pytest

from biasvar.cli import main as main_module


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (MemoryError(), "error: out of memory: more memory was requested than there is"),
        (MemoryError("Unable to allocate 745. GiB"), "error: out of memory: Unable to allocate 745. GiB"),
        (OSError("a\x1b[2J.json is gone"), r"error: a\x1b[2J.json is gone"),
    ],
)
def test_what_the_machine_lacks_is_exit_4_in_one_sentence(monkeypatch, capsys, tmp_path, error, says):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("biasvar.api.study_in", fail)
    monkeypatch.setattr(sys, "argv", ["biasvar", "report", str(tmp_path)])
    monkeypatch.setattr(main_module, "make_streams_last", lambda: None)
    with pytest.raises(SystemExit) as ended:
        main_module.main()
    said = capsys.readouterr().err
    assert ended.value.code == 4 and said.startswith(says) and said.count("\n") == 1
