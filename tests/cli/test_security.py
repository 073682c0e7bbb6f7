"""Holes that stay closed: each test plants a canary, a file that must not appear or a value that must not be found."""

import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.recorded_study import rewrite

SMALL = ["study=u_curve", "model.degree=1,3", "replicates=3", "data.n_eval=20"]
SECRET = "canary-4b1d7f"
PAGE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class Canary:
    """Leaves a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (Path.touch, (Path(self.path),))


@pytest.fixture
def canary(tmp_path_factory):
    """The path of a file that only planted code would make."""
    path = tmp_path_factory.mktemp("canary") / "sung"
    pickle.loads(pickle.dumps(Canary(path)))
    assert path.exists(), "the canary sings when it is let"
    path.unlink()
    yield path
    assert not path.exists(), "planted code has run"


@pytest.fixture(scope="module")
def answers_to(tmp_path_factory):
    """Return a function that gives many commands to one process, and returns its folder and what became of each."""

    def run(commands, folder, **environment):
        done = subprocess.run(
            [sys.executable, Path(__file__).with_name("batch.py")],
            input=json.dumps(commands),
            cwd=folder,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def finished(answers_to, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished")
    (answer,) = answers_to([["sweep", *SMALL, "--out", "study"]], folder)
    assert answer["code"] == 0, answer["err"]
    return folder / "study"


@pytest.fixture
def study(finished, tmp_path):
    """A finished study, a copy for each test."""
    return shutil.copytree(finished, tmp_path / "study")


def every_byte(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.ci
@pytest.mark.slow
def test_a_configuration_that_names_code_to_run_is_refused(answers_to, tmp_path, canary):
    (tmp_path / "conf" / "study").mkdir(parents=True)
    pairs = [(group, key) for group in ("model", "data", "training", "engine", "limits")
             for key in ("_target_", "_partial_", "_recursive_", "_args_")]  # fmt: skip
    for group, key in pairs:
        lines = ["# @package _global_", f"{group}:", f"  {key}: os.mkdir", f"  path: {canary}", ""]
        (tmp_path / "conf" / "study" / f"{group}{key}.yaml").write_text("\n".join(lines))
    commands = [["sweep", f"study={group}{key}", "--config-dir", "conf"] for group, key in pairs]
    for (group, key), answer in zip(pairs, answers_to(commands, tmp_path), strict=True):
        assert answer["code"] == 2 and f"{group}.{key} is not a key of this configuration" in answer["err"]
        assert f"from   conf/study/{group}{key}.yaml:3\n" in answer["err"]
        assert answer["left"] == ["conf"]


@pytest.mark.slow
@pytest.mark.parametrize("override", ["model._target_=os.getcwd", "+model._target_=os.getcwd", "hydra.job.chdir=true"])
def test_an_override_that_names_code_to_run_is_refused(biasvar, override):
    done = biasvar("sweep", override)
    assert done.returncode == 2 and "is not a configuration key" in done.stderr


def test_no_module_imports_what_makes_objects_of_a_configuration():
    import biasvar

    for path in Path(biasvar.__file__).parent.rglob("*.py"):
        text = path.read_text()
        assert not [word for word in ("hydra.utils", "instantiate(", "get_class(", "get_method(") if word in text], path


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["report", "verify", "sweep"])
def test_planted_pickles_in_a_studys_folder_are_never_read(biasvar, study, canary, verb):
    for name in ("weights.pt", "model.pkl", "shards/00.pkl", "evaluation/00.pkl", "checkpoint.pth"):
        (study / name).write_bytes(pickle.dumps(Canary(canary)))
    done = biasvar(*(["sweep", *SMALL, "--out", "study"] if verb == "sweep" else [verb, "study"]))
    assert done.returncode in (0, 3) and "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("part", ["shards", "evaluation"])
@pytest.mark.parametrize("verb", ["report", "verify", "status", "sweep"])
def test_arrays_of_objects_are_refused_and_their_pickles_never_read(biasvar, study, canary, part, verb):
    path = next((study / part).rglob("*.npz"))
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + pickle.dumps(Canary(canary))
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, array)
    description = path.with_suffix(".json")
    if description.is_file():  # as somebody would who knows how shards are checked
        import hashlib

        content = json.loads(description.read_text())
        content["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        description.write_text(json.dumps(content))
    done = biasvar(*(["sweep", *SMALL, "--out", "study"] if verb == "sweep" else [verb, "study"]))
    assert "Traceback" not in done.stderr and done.returncode != 1, done.stderr


@pytest.mark.ci
@pytest.mark.slow
def test_batches_of_images_that_are_not_the_published_ones_are_never_unpickled(biasvar, tmp_path, canary):
    folder = tmp_path / "images" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name in ("test_batch", *(f"data_batch_{number}" for number in range(1, 6))):
        (folder / name).write_bytes(pickle.dumps(Canary(canary)))
    done = biasvar("sweep", "study=cifar10_features", "data.root=images")
    assert done.returncode == 4 and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["images"]


@pytest.mark.ci
@pytest.mark.slow
def test_marks_of_html_in_a_name_are_text_in_the_page(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL, f"name='{PAGE}'", "--out", "study")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "study" / "report.html").read_text()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "default-src 'none'" in page


TEXTS = ["${oc.env:CANARY}", "x${oc.env:CANARY}y", '${oc.decode:"${oc.env:CANARY}"}', "${oc.${noise.reference}:CANARY}",
         '${oc.create:"${oc.env:CANARY}"}', "${oc.env:NOPE,${oc.env:CANARY}}", "${oc.select:nosuch,${oc.env:CANARY}}",
         "${ oc.env : CANARY }", "${oc.env: CANARY}"]  # fmt: skip
PLACES = ["name: '{}'", "sweep:\n  data.root: ['{}']", "defaults:\n  - override /model: '{}'", "seed: '{}'"]


@pytest.mark.ci
@pytest.mark.slow
def test_values_of_the_environment_are_read_by_no_interpolation(answers_to, tmp_path):
    (tmp_path / "conf" / "study").mkdir(parents=True)
    lines = [place.replace("{}", text) for text in TEXTS for place in PLACES]
    for number, line in enumerate(lines):
        (tmp_path / "conf" / "study" / f"s{number}.yaml").write_text(f"# @package _global_\n{line}\n")
    studies = [["sweep", f"study=s{number}", "--config-dir", "conf"] for number in range(len(lines))]
    commands = [[*one, *options] for one in studies for options in (["--dry-run"], ["--cfg", "job"])]
    commands += [["sweep", f"name={text}"] for text in TEXTS]
    for command, answer in zip(commands, answers_to(commands, tmp_path, CANARY=SECRET), strict=True):
        assert answer["code"] == 2 or "--cfg" in command, command
        assert SECRET not in answer["out"] + answer["err"] and "Traceback" not in answer["err"]
        assert answer["left"] == ["conf"]


@pytest.mark.slow
def test_values_of_the_environment_are_in_no_file_of_a_study(biasvar, tmp_path):
    names = ["AWS_SECRET_ACCESS_KEY", "WANDB_API_KEY", "HTTPS_PROXY", "MY_TOKEN", "SLURM_JWT", "PYTHONSTARTUP"]
    done = biasvar("sweep", *SMALL, "--out", "study", **{name: f"{SECRET}-{name}" for name in names})
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert SECRET.encode() not in every_byte(tmp_path)


@pytest.mark.slow
def test_a_name_never_leads_out_of_the_folder_below_outputs(answers_to, tmp_path):
    names = ["../../etc", "/etc/passwd", "..", ".", "a/../../b", "x" * 300, "ünï🎉", "a\nb", "-rf", "a b", "\\..\\b"]
    commands = [["sweep", *SMALL, f'name="{name}"', "--dry-run"] for name in names]
    answers = answers_to(commands, tmp_path)
    folders = [line.split()[1] for a in answers for line in a["out"].splitlines() if line.startswith("folder ")]
    assert len(set(folders)) == len(names), "no two names share a folder"
    for folder in folders:
        parent, name = folder.split("/")
        assert parent == "outputs" and name not in ("", ".", "..") and name.isascii() and len(name) <= 100


@pytest.mark.slow
def test_a_name_that_holds_a_zero_byte_is_one_clear_message_or_a_folder_below_outputs(answers_to, tmp_path):
    (tmp_path / "conf" / "study").mkdir(parents=True)
    (tmp_path / "conf" / "study" / "mine.yaml").write_text('# @package _global_\nname: "a\\0b"\n')
    (answer,) = answers_to([["sweep", "study=mine", "--config-dir", "conf", "--dry-run"]], tmp_path)
    assert answer["code"] in (0, 2) and "Traceback" not in answer["err"] and answer["left"] == ["conf"]


@pytest.mark.slow
@pytest.mark.parametrize("link", ["study.json", "report.html", "events.jsonl", "lock"])
def test_a_link_planted_in_a_studys_folder_leaves_its_target_alone(biasvar, tmp_path, link):
    target = tmp_path / "target"
    target.write_text(SECRET)
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / link).symlink_to(target)
    done = biasvar("sweep", *SMALL, "--out", "study")
    assert done.returncode in (0, 2, 4, 5) and "Traceback" not in done.stderr
    assert target.read_text() == SECRET


@pytest.mark.ci
@pytest.mark.slow
def test_nothing_listens_and_nothing_is_called(biasvar, tmp_path, tmp_path_factory):
    watch = tmp_path_factory.mktemp("watch")
    log = watch / "log"
    (watch / "sitecustomize.py").write_text(
        "import sys\n"
        "calls = {'socket.connect', 'socket.bind', 'socket.sendto', 'socket.getaddrinfo', 'urllib.Request'}\n"
        "def hook(event, args):\n"
        "    if event in calls:\n"
        f"        open({str(log)!r}, 'a').write(event + '\\n')\n"
        "sys.addaudithook(hook)\n"
    )
    done = biasvar("sweep", *SMALL, PYTHONPATH=f"{watch}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    assert done.returncode == 0, done.stderr
    assert not log.exists(), log.read_text()


@pytest.mark.slow
def test_texts_that_a_spreadsheet_would_compute_are_guarded_in_the_table(biasvar, tmp_path):
    done = biasvar("sweep", *SMALL, "name='=HYPERLINK(\"http://x\")'", "--out", "study")
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "study").glob("*.csv"):
        for line in path.read_text().splitlines():
            cells = [cell.strip('"') for cell in line.split(",")]
            assert not [cell for cell in cells if cell[:1] in ("=", "@", "\t") or cell.startswith(("+H", "-H"))], line


@pytest.mark.ci
@pytest.mark.slow
def test_code_in_a_studys_folder_is_not_run(biasvar, study, canary):
    for name in ("sitecustomize.py", "plugin.py", "conftest.py", "study.py", "biasvar.py", "numpy.py"):
        (study / name).write_text(f"import pathlib\npathlib.Path({str(canary)!r}).touch()\n")
    rewrite(study, plugin=str(study / "plugin.py"))
    for command in (["report", "study"], ["status", "study"], ["sweep", *SMALL, "--out", "study"]):
        assert biasvar(*command).returncode in (0, 2, 3)
    settings = json.loads((study / "study.json").read_text())["settings"]
    settings["model"]["_target_"] = "os.getcwd"
    rewrite(study, settings=settings)
    done = biasvar("report", "study")
    assert done.returncode == 2 and "model._target_ is not a key of this configuration" in done.stderr
