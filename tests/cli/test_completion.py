"""What a shell completes: verbs, presets, groups, keys and values; in bash words that it splits at = are joined."""

import os
import subprocess
import sys

import pytest

from biasvar.composition.completions import keys, values_of

SCRIPT = """
source <(biasvar completion bash)
COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}
_biasvar_joined biasvar
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def completed(tmp_path, monkeypatch):
    """Return what bash completes at the end of a line, by the script and the functions that it sets up."""
    command = tmp_path / "biasvar"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m biasvar "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    def at_the_end_of(line):
        arguments = ["bash", "-c", SCRIPT, "bash", line]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return set(done.stdout.split())

    return at_the_end_of


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("biasvar sw", {"sweep"}),
        ("biasvar sweep study=chapter/u", {"chapter/u_curve"}),
        ("biasvar sweep model=ml", {"mlp"}),
        ("biasvar sweep training.sch", {"training.schedule="}),
        ("biasvar sweep training.schedule=co", {"constant", "cosine"}),
        ("biasvar sweep --dr", {"--dry-run"}),
    ],
)
def test_bash_completes_what_is_typed(completed, line, expected):
    assert completed(line) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(biasvar, shell):
    done = biasvar("completion", shell)
    assert done.returncode == 0 and "_BIASVAR_COMPLETE" in done.stdout


def test_groups_keys_and_choices_are_known():
    assert {"study", "model", "model.width", "replicates", "interval.level"} <= set(keys())
    assert "default" in values_of("study") and "mlp" in values_of("model")
    assert values_of("no.such") == [] and values_of("model.no_such") == []
