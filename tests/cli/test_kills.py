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


@pytest.mark.parametrize("engine", ["thread", pytest.param("process", marks=pytest.mark.ci)])
def test_killed_at_random_moments_a_study_ends_as_if_it_had_not_been(script, engine):
    said = script("kill_and_resume.py", "--kills", 10, "--engine", engine)
    assert "10 kills" in said and said.rstrip().endswith(
        "0 members trained twice, 0 files that differ, 0 stray files, 0 processes left"
    )


POINTS = [
    *(("fsync", call) for call in (1, 6, 13, 14, 20, 28, 36, 44, 52, 60)),
    *(("rename", call) for call in (1, 5, 9, 12, 14, 17, 20, 23, 26, 29)),
]
EACH_TIME = [("fsync", 6), ("fsync", 44), ("rename", 5), ("rename", 17)]  # before each change


@pytest.mark.parametrize(
    "family, call", [pytest.param(*point, marks=[pytest.mark.ci] * (point in EACH_TIME)) for point in POINTS]
)
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
    said = script("two_sweeps.py", "--rounds", 20)
    assert said == (
        "20 rounds: 30 races, 30 sweeps refused with exit code 5, 10 killed in the middle and succeeded, "
        "0 things wrong\n"
    )


def test_two_sweeps_in_two_folders_do_not_meet(faults, sweeping, undisturbed, tmp_path):
    study = faults("studies").SHORT
    sweeps = [sweeping(study, tmp_path / name) for name in ("one", "other")]
    for sweep, log in sweeps:
        faults("sweeps").finish(sweep, log)
    for name in ("one", "other"):
        assert not faults("record").differences(tmp_path / name, undisturbed(study))
