"""The page on truths of one's own: every command on it composes as written."""

import re
import shlex
from pathlib import Path

import pytest

from biasvar.composition.compose import compose_study
from biasvar.settings.plugins import plugins_named

PAGE = (Path(__file__).parent.parent / "docs" / "truths.md").read_text()
SWEEPS = re.findall(r"^biasvar (sweep .+)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("command", SWEEPS)
def test_every_sweep_of_the_page_composes_as_written(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    Path("truth.py").write_text(code)
    words = shlex.split(command)[1:]
    named = {option: words[words.index(option) + 1] for option in ("--out", "--plugin") if option in words}
    overrides = [word for word in words if word not in {*named, *named.values()}]
    plugins = plugins_named([named["--plugin"]]) if "--plugin" in named else ()
    _, study_plan = compose_study(overrides, lambda warning: None, plugins=plugins)
    assert len(study_plan.cells) > 1
