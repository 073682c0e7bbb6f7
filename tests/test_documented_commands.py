"""Every command of the pages in docs/ composes, or at least parses, as it is written there."""

import re
import shlex

import click
import numpy as np
import pytest

from biasvar.cli.main import cli
from biasvar.composition.compose import compose_study
from biasvar.data.images.cifar10n import ARRAYS, FILE, read_arrays
from biasvar.settings.plugins import plugins_named
from tests.own_files import DOCS, put_files

PAGES = {
    page.relative_to(DOCS).with_suffix("").as_posix(): page.read_text().replace("\\\n", " ")
    for page in sorted([*DOCS.glob("*.md"), *DOCS.glob("guides/*.md")])
}
VERBS = "sweep|report|status|diagnose|verify|compare|export|plot|doctor|completion|data prepare|config"


def commands_of(text):
    """Return what the lines of a page's blocks and its inline code have us type; not what a verb is mentioned for."""
    lines = re.findall(rf"^(?: {{4}})?biasvar ((?:{VERBS})\b.*)$", text, re.MULTILINE)
    inline = re.findall(rf"`biasvar ((?:{VERBS}) [^`]+)`", text)
    return [command for command in lines + inline if not {"FILE", "NAME", "DIR", "study=..."} & {*command.split()}]


COMMANDS = [(page, command) for page, text in PAGES.items() for command in commands_of(text)]
PARAMS = [
    pytest.param(command, id=f"{page}: {command}", marks=[pytest.mark.slow] if "model=module" in command else [])
    for page, command in COMMANDS
]


def test_the_function_of_the_page_is_that_of_the_file():
    (code,) = re.findall(r"```python\n(.*?)```", PAGES["truths"], re.DOTALL)
    assert code in (DOCS / "examples" / "truth.py").read_text()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder that holds what the pages speak of."""
    folder = tmp_path_factory.mktemp("pages")
    put_files(folder)
    for name in ("data", "u_curve", "my_conf/study"):
        (folder / name).mkdir(parents=True)
    (own,) = re.findall(r"```yaml\n(# @package _global_.*?)```", PAGES["sweeps"], re.DOTALL)
    (folder / "my_conf" / "study" / "mine.yaml").write_text(own)
    np.savez(folder / "data" / FILE, **dict.fromkeys(ARRAYS.values(), np.zeros(50_000, dtype=np.uint8)))
    for name in ("cifar-100-python.tar.gz", "downloads", "predictions.csv"):
        (folder / name).touch()
    read_arrays.cache_clear()
    yield folder
    read_arrays.cache_clear()


@pytest.mark.parametrize("command", PARAMS)
def test_a_command_of_a_page_composes_as_written(files, monkeypatch, command):
    monkeypatch.chdir(files)
    words = shlex.split(command, comments=True)
    context = click.Context(cli)
    verb = cli.get_command(context, words[0])
    while isinstance(verb, click.Group):
        verb = verb.get_command(context, words.pop(1))
    given = verb.make_context(words[0], words[1:]).params
    if words[0] == "sweep":
        if "lightgbm" in given["plugins"]:
            pytest.importorskip("lightgbm")
        places = (given["config_dir"], given["config_name"], plugins_named(given["plugins"]))
        _, plan = compose_study(list(given["overrides"]), lambda warning: None, *places)
        assert len(plan.cells) > 1


def test_every_page_that_shows_how_has_commands():
    others = {"gallery", "statistics", "training", "code", "index", "reference", "speed"}
    assert {page for page, _ in COMMANDS} >= {*PAGES} - others - {"faq", "numbers", "resume"}
