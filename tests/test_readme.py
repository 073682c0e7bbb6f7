"""Every command and every example of the README, and of the pages that it leads to first, runs."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from biasvar.cli.main import cli
from tests.own_files import put_files

TOP = Path(__file__).parent.parent
GUIDES = [f"docs/guides/{reader}.md" for reader in ("student", "researcher", "engineer", "instructor")]
PAGES = ("README.md", "docs/numbers.md", "docs/sweeps.md", "docs/resume.md", "docs/code.md", *GUIDES)
README = "\n".join((TOP / page).read_text() for page in PAGES)
BLOCKS = "".join(re.findall(r"```bash\n(.*?)```", README, re.S)).replace("\\\n", " ")
COMMANDS = [words for line in BLOCKS.splitlines() if (words := shlex.split(line, comments=True))]
VERB = [sys.executable, "-c", "from biasvar.cli.main import main; main()"]


def example(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.S)[1]


def run(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all commands, since later ones speak of what earlier ones made; it holds a user's files."""
    folder = tmp_path_factory.mktemp("readme")
    put_files(folder)
    return folder


def marks_of(command):
    """Sweeps and what is made of them repeat what the tests of the verbs prove."""
    return (
        [pytest.mark.slow, pytest.mark.ci]
        if command[1] in ("sweep", "status", "report", "verify", "diagnose", "compare", "plot", "export")
        else []
    )


@pytest.mark.parametrize(
    "command", [pytest.param(command, marks=marks_of(command), id=" ".join(command)) for command in COMMANDS]
)
def test_a_command_of_the_readme_runs(command, folder):
    if command[0] == "make":
        assert f"\n{command[1]}:" in (Path(__file__).parent.parent / "Makefile").read_text()
        return
    assert command[0] == "biasvar"
    if "--theory" in command:
        return  # minutes, which tests/test_theory_against_sweeps.py takes
    needs_images = "cifar10" in " ".join(command)
    if needs_images and command[1] == "sweep":
        done = run([*VERB, *command[1:]], folder)
        assert done.returncode == 4 and "biasvar data prepare cifar10" in done.stderr, done.stderr
        command = [*command, "--cfg", "job"]
    elif needs_images:
        command = [*command, "--help"]
    done = run([*VERB, *command[1:]], folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.ci
@pytest.mark.slow
def test_the_readmes_own_study_composes(folder):
    (folder / "my_conf" / "study").mkdir(parents=True)
    (folder / "my_conf" / "study" / "mine.yaml").write_text(example("yaml"))
    done = run([*VERB, "sweep", "study=mine", "--config-dir", "my_conf", "--dry-run"], folder)
    assert "cells       24" in done.stdout, done.stderr


def test_the_readmes_python_example_prints_numbers(folder):
    done = run([sys.executable, "-c", example("python")], folder)
    assert done.returncode == 0 and re.match(r"0\.0\d+ \(0", done.stdout), done.stdout + done.stderr


def test_the_table_of_studies_names_every_preset():
    presets = {path.stem for path in (Path(__file__).parent.parent / "conf" / "study").glob("*.yaml")}
    assert set(re.findall(r"^\| `(\w+)` \|.*\|.*\|$", README, re.M)) >= presets


def test_the_configuration_reference_is_what_the_command_prints(capsys):
    reference = Path(__file__).parent.parent / "docs" / "configuration.txt"
    cli.main(["config"], standalone_mode=False)
    assert capsys.readouterr().out == reference.read_text()


def test_the_gallery_shows_every_preset():
    gallery = Path(__file__).parent.parent / "docs" / "gallery.md"
    presets = {path.stem for path in (Path(__file__).parent.parent / "conf" / "study").glob("*.yaml")}
    assert set(re.findall(r"^## (\w+)$", gallery.read_text(), re.M)) == presets
    pictures = re.findall(r"\]\((gallery/\w+\.png)\)", gallery.read_text())
    assert pictures and all((gallery.parent / picture).is_file() for picture in pictures)
