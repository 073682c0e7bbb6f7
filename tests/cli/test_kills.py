"""Sweeps that are killed, raced and stopped in the middle of a system call; scripts/ does the same at length."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"


@pytest.fixture
def script():
    """Return a function that runs a script to its end and returns what it printed."""

    def run(name, *arguments):
        command = [sys.executable, SCRIPTS / name, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=580, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("engine", ["thread", "process"])
def test_killed_at_random_moments_a_study_ends_as_if_it_had_not_been(script, engine):
    said = script("kill_and_resume.py", "--kills", 6, "--engine", engine)
    assert "6 kills" in said and said.rstrip().endswith(
        "0 members trained twice, 0 files that differ, 0 stray files, 0 processes left"
    )


POINTS = [
    ("fsync", 1),
    ("fsync", 6),
    ("fsync", 13),
    ("fsync", 14),
    ("rename", 1),
    ("rename", 5),
    ("rename", 9),
    ("rename", 14),
]


@pytest.mark.parametrize("family, call", POINTS)
def test_killed_at_one_exact_call_a_study_ends_as_if_it_had_not_been(faults, undisturbed, tmp_path, family, call):
    points, studies = faults("kill_points"), faults("studies")
    if reason := points.why_not(tmp_path):
        pytest.skip(reason)
    study = studies.with_engine(studies.SHORT, "serial")
    reference = faults("random_kills").Reference(undisturbed(study), 0.0, 15)
    tally = points.kill_at(study, family, call, tmp_path / "study", reference)
    assert tally.kills.total() == 1
    assert not tally.wrong


def test_of_two_sweeps_in_one_folder_one_runs_and_the_other_says_who(script):
    said = script("two_sweeps.py", "--rounds", 4)
    assert said == (
        "4 rounds: 6 races, 6 sweeps refused with exit code 5, 2 killed in the middle and succeeded, 0 things wrong\n"
    )


def test_two_sweeps_in_two_folders_do_not_meet(faults, sweeping, undisturbed, tmp_path):
    study = faults("studies").SHORT
    sweeps = [sweeping(study, tmp_path / name) for name in ("one", "other")]
    for sweep, log in sweeps:
        faults("sweeps").finish(sweep, log)
    for name in ("one", "other"):
        assert not faults("record").differences(tmp_path / name, undisturbed(study))
