"""Disks that are full, read-only or refuse, and folders that are not what or where they were."""

import os
import shutil
import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.faults

STUDY = (
    "data=linear", "data.dimension=10", "data.noise_std=0.5", "data.n_eval=2000", "resampling=fresh", "model=linear",
    "model.features=5", "training=exact", "data.n_train=20,30,40,50,60,70,80,90", "replicates=20",
    "loss=squared_error",
)  # fmt: skip


def with_engine(engine):
    return (*STUDY, f"engine={engine}", "workers=2")


def mount(*arguments):
    """Mount something, or skip where this user may not."""
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path):
    """Return a function that gives a small file system of its own, of so many kB.

    What is known of the evaluation points takes 1,560 kB of it, and each shard 320.
    """
    place = tmp_path / "disk"
    place.mkdir()

    def make(kilobytes):
        mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none", place)
        return place

    yield make
    subprocess.run(["umount", "-l", place], capture_output=True, check=False)


def ended(sweep, log, code):
    """Assert that a sweep has ended with a code and no traceback, and return what it said."""
    assert sweep.finished(120)
    said = log.read_text()
    assert sweep.process.returncode == code, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("engine", ["serial", "thread", "process"])
def test_a_disk_that_fills_up_while_training_is_exit_4_and_can_be_gone_on_with(faults, sweeping, goes_on, disk, engine):
    place = disk(2700)
    study, folder = with_engine(engine), place / "study"
    said = ended(*sweeping(study, folder), 4)
    assert "needs about" in said and "free" in said
    assert not faults("record").strays(folder)
    kept = faults("record").committed(folder)
    assert kept
    mount("-o", "remount,size=64m", place)
    goes_on(study, folder, kept)


def test_a_limit_on_the_size_of_files_is_exit_4_and_can_be_gone_on_with(faults, sweeping, goes_on, tmp_path):
    if shutil.which("prlimit") is None:
        pytest.skip("prlimit is not installed")
    study, folder = with_engine("thread"), tmp_path / "study"
    said = ended(*sweeping(study, folder, tracer=("prlimit", "--fsize=250000")), 4)
    assert "needs about" in said and "free" in said
    assert not faults("record").strays(folder)
    goes_on(study, folder, faults("record").committed(folder))


def fill(place):
    """Write a file until nothing more fits."""
    with open(place / "filler", "wb", buffering=0) as stream:
        for size in (4096, 1):
            try:
                while True:
                    stream.write(bytes(size))
            except OSError:
                continue


@pytest.mark.ci
def test_a_full_disk_keeps_the_old_report(faults, biasvar, sweeping, disk):
    place = disk(16_000)
    folder = place / "study"
    sweep, log = sweeping(STUDY, folder)
    faults("sweeps").finish(sweep, log)
    before = faults("record").derived(folder)
    fill(place)
    done = biasvar("report", folder)
    assert done.returncode == 4 and "Traceback" not in done.stderr
    assert "space" in done.stderr
    assert {name: faults("record").derived(folder)[name] for name in before} == before
    assert not faults("record").strays(folder)


def test_a_record_that_cannot_be_written_costs_no_training(faults, sweeping, undisturbed, tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    record = folder / "events.jsonl"
    record.touch()
    mount("--bind", "/dev/full", record)
    try:
        said = ended(*sweeping(STUDY, folder), 0)
    finally:
        subprocess.run(["umount", "-l", record], check=True)
    assert said.count("events.jsonl is no longer written") == 1
    assert not faults("record").differences(folder, undisturbed(STUDY))


@pytest.mark.ci
@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_place_is_exit_4_before_any_training(sweeping, tmp_path, there):
    place = tmp_path / "place"
    (place / "study" if there else place).mkdir(parents=True)
    mount("--bind", place, place)
    try:
        mount("-o", "remount,bind,ro", place)
        said = ended(*sweeping(STUDY, place / "study"), 4)
    finally:
        subprocess.run(["umount", "-l", place], check=True)
    assert str(place) in said and "ead-only" in said
    assert [path for path in place.rglob("*") if path != place / "study"] == []


def test_a_parent_that_is_missing_is_made(faults, sweeping, tmp_path):
    sweep, log = sweeping(STUDY, tmp_path / "not" / "there" / "study")
    faults("sweeps").finish(sweep, log)
    assert (tmp_path / "not" / "there" / "study" / "report.html").is_file()


@pytest.mark.parametrize("where", ["taken", "taken/study", "broken", "broken/study"])
def test_a_file_or_a_broken_link_in_the_way_is_said_before_any_training(sweeping, tmp_path, where):
    (tmp_path / "taken").write_text("mine")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    sweep, log = sweeping(STUDY, tmp_path / where)
    assert sweep.finished(60)
    said = log.read_text()
    assert sweep.process.returncode in (2, 4) and "Traceback" not in said
    assert where.split("/")[0] in said
    assert (tmp_path / "taken").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("engine", ["serial", "thread", "process"])
@pytest.mark.parametrize("removed", [False, True])
def test_a_folder_that_is_moved_or_removed_is_noticed_and_nothing_is_written_elsewhere(
    faults, sweeping, goes_on, tmp_path, engine, removed
):
    studies = faults("studies")
    study, folder, moved = studies.with_engine(studies.LONG, engine), tmp_path / "study", tmp_path / "moved"
    sweep, log = sweeping(study)
    deadline = time.monotonic() + 120
    while not faults("record").committed(folder):
        assert time.monotonic() < deadline and sweep.process.poll() is None, log.read_text()
        time.sleep(0.005)
    os.killpg(sweep.process.pid, signal.SIGSTOP)
    folder.rename(moved)
    kept = faults("record").committed(moved)
    if removed:
        shutil.rmtree(moved)
    os.killpg(sweep.process.pid, signal.SIGCONT)
    said = ended(sweep, log, 4)
    assert "was moved or removed" in said
    assert not folder.exists()
    if removed:
        assert not moved.exists()
    else:
        goes_on(study, moved, kept)


def injected(calls, error):
    """Return the start of a command whose calls fail, or skip where nothing can be traced."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    tracer = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", f"inject={calls}:error={error}"]
    probe = subprocess.run([*tracer, "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(f"strace cannot trace here: {probe.stderr.strip()}")
    return tracer


@pytest.mark.parametrize("error", ["ENOLCK", "EIO"])
def test_a_file_system_without_locks_is_exit_4_and_not_taken_for_one_in_use(sweeping, tmp_path, error):
    said = ended(*sweeping(STUDY, tracer=injected("flock", error)), 4)
    assert "cannot be locked" in said and "in use" not in said
    assert not (tmp_path / "study" / "study.json").exists()


@pytest.mark.ci
def test_a_disk_that_refuses_to_rename_is_exit_4_and_leaves_nothing_aside(faults, sweeping, goes_on, tmp_path):
    said = ended(*sweeping(STUDY, tracer=injected("rename,renameat,renameat2", "EIO")), 4)
    assert "Input/output error" in said
    assert not faults("record").strays(tmp_path / "study")
    goes_on(STUDY, tmp_path / "study", {})


def test_an_error_of_a_disk_that_passes_costs_nothing(faults, sweeping, undisturbed, tmp_path):
    ended(*sweeping(STUDY, tracer=injected("fsync", "EIO:when=3+9")), 0)
    assert not faults("record").strays(tmp_path / "study")
    assert not faults("record").differences(tmp_path / "study", undisturbed(STUDY))


def test_an_error_of_a_disk_that_stays_names_a_file(sweeping):
    said = ended(*sweeping(STUDY, tracer=injected("fsync", "EIO")), 4)
    assert "Input/output error: '" in said and "/study/" in said
