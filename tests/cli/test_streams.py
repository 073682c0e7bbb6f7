"""A sweep goes on when nobody reads what it says any more, or nobody ever could."""

import os
import signal
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-c", "from biasvar.cli.main import main; main()"]
SWEEP = ["sweep", "study=u_curve", "model.degree=1,3", "replicates=3", "data.n_eval=50", "--out", "s"]


@pytest.mark.slow
@pytest.mark.parametrize("redirection", ["2>&-", ">&- 2>&-", "2>/dev/full", "<&-", "2> >(true)"])
def test_a_sweep_ends_well_without_streams_to_write_to(tmp_path, redirection):
    line = " ".join(["exec", *(f"'{word}'" for word in [*COMMAND, *SWEEP]), redirection])
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, timeout=120, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 0
    assert (tmp_path / "s" / "report.html").exists()


@pytest.mark.parametrize(
    "command", [["--version"], ["--help"], ["config"], ["sweep", "model.features=5", "--cfg", "job"]]
)
def test_a_full_stdout_is_exit_4_with_one_message(tmp_path, command):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, *command], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=60, check=False)  # fmt: skip
    assert done.returncode == 4
    assert done.stderr == "error: standard output cannot be written: No space left on device\n"


@pytest.mark.slow
@pytest.mark.ci
def test_a_sweep_that_cannot_say_where_its_report_is_ends_with_4_and_has_written_it(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, *SWEEP], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=120, check=False)  # fmt: skip
    assert done.returncode == 4 and done.stderr.count("error: ") == 1
    assert (tmp_path / "s" / "report.html").exists()


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(biasvar, tmp_path):
    assert biasvar(*SWEEP).returncode == 0
    line = " ".join([*(f"'{word}'" for word in COMMAND), "status", "s", "| head -1; exit ${PIPESTATUS[0]}"])
    done = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("out", ["s", b"s\xff"])
def test_a_signal_is_heard_where_nobody_reads_and_with_any_name(tmp_path, out):
    reading, writing = os.pipe()
    words = [
        *map(os.fsencode, COMMAND),
        *map(os.fsencode, ["sweep", "study=double_descent", "--out"]),
        os.fsencode(out),
    ]
    process = subprocess.Popen(words, cwd=tmp_path, stderr=writing, stdout=subprocess.DEVNULL, start_new_session=True)
    os.close(writing)
    os.read(reading, 1)  # the bar: it trains
    os.close(reading)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 143


PRINTS = """
import torch

print("imported")

def make_net(input_shape, outputs, width=2):
    print("made")
    return torch.nn.Sequential(torch.nn.Linear(input_shape[0], width), torch.nn.ReLU(), torch.nn.Linear(width, outputs))
"""


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("engine", ["serial", "process"])
def test_what_own_code_prints_is_no_result(engine, tmp_path):
    (tmp_path / "net.py").write_text(PRINTS)
    command = [
        "sweep",
        "--plugin",
        "net.py",
        "model=module",
        "model.factory=make_net",
        "data.n_train=10",
        "replicates=2",
    ]
    more = ["data.n_eval=20", "training.epochs=1", f"engine={engine}", "workers=2", "--out", "study"]
    done = subprocess.run([*COMMAND, *command, *more], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and done.stdout == "study/report.html\n", done.stdout + done.stderr
