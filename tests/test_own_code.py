"""Code of the user's own in a sweep: found by name, told apart by its source, needed for training and nothing else."""

import os
import shutil
import subprocess
import sys
import warnings

import pytest

import biasvar
from biasvar.settings import SettingsError
from biasvar.settings.plugin_facts import own
from biasvar.settings.plugins import Plugin
from tests.conftest import CHECKOUT
from tests.own_networks import EXAMPLE, module

DATA = ["data=digits", "data.n_train=20", "data.n_eval=20", "resampling=bootstrap", "training=sgd", "training.epochs=1"]
SWEEP = ["model=module", "model.factory=make_net", "model.width=2,3", *DATA, "replicates=2", "name=own"]
COMMAND = [sys.executable, "-c", "from biasvar.cli.main import main; main()"]


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """The plugin of the documentation in a folder of its own, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    return shutil.copy(EXAMPLE, tmp_path / "mynets.py")


def sweep(*more, out=None, plugins=("mynets.py",)):
    """Return the study and its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        study = biasvar.sweep([*SWEEP, "engine=serial", *more], out=out, plugins=plugins)
    return study, "\n".join(str(one.message) for one in caught)


def run(*arguments, **environment):
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env=os.environ | environment
    )


@pytest.mark.slow
@pytest.mark.ci
def test_reports_need_no_code_and_a_changed_one_is_said_in_words(plugin):
    study, said = sweep()
    assert "changed" not in said and len(study.table) == 2 * 3
    before = (study.folder / "results.csv").read_bytes()
    text = plugin.read_text()
    plugin.unlink()
    for verb in ("report", "status", "verify"):
        done = run(verb, study.folder)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (study.folder / "results.csv").read_bytes() == before
    plugin.write_text(f"{text}\n# another\n")
    with pytest.raises(SettingsError, match=r"mynets.py has changed since its models were trained"):
        sweep(out=study.folder)
    other, said = sweep()
    assert other.folder.name == "own-2" and "mynets.py has changed since its models were trained" in said
    plugin.write_text(text)
    again, said = sweep()
    assert again.folder == study.folder and "changed" not in said
    assert (study.folder / "results.csv").read_bytes() == before


def test_a_change_within_a_process_is_loaded_with_what_it_imports(plugin):
    helper, mynets = plugin.with_name("sizes.py"), Plugin(str(plugin))
    for width in (3, 4):
        helper.write_text(f"WIDTH = {width}\n")
        plugin.write_text("import sizes\nWIDTH = sizes.WIDTH\n")
        assert width == mynets.loaded().WIDTH
    assert not plugin.with_name("__pycache__").exists()


def test_a_worker_refuses_code_that_is_gone_or_no_longer_what_was_planned(plugin):
    model = module("make_net", plugin)
    assert model.own("make_net").__name__ == "make_net"
    own.cache_clear()
    plugin.write_text(plugin.read_text() + "\n# another\n")
    with pytest.raises(OSError, match=r"mynets.py has changed since this sweep began"):
        model.own("make_net")
    plugin.unlink()
    with pytest.raises(OSError, match=r"mynets.py cannot be used where models are trained"):
        model.own("make_net")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("model.factory=make_nut", r"make_nut is not defined in mynets\.py \(.*did you mean make_net\?"),
        ("model.widht=3", r"model\.widht is no parameter of make_net in mynets\.py .*did you mean model\.width=3\?"),
        ("training.batch_size=19 model.batch_norm=true", r"leaves a batch of 1 row of data\.n_train = 20"),
        ("training=exact training.weight_decay=0", r"training"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(plugin, keys, text):
    given = [one for one in SWEEP if one.partition("=")[0] not in {key.partition("=")[0] for key in keys.split()}]
    given = [one for one in given if "exact" not in keys or not one.startswith("training.")]
    with pytest.raises(SettingsError, match=text):
        biasvar.sweep([*given, *keys.split()], plugins=["mynets.py"])
    assert sorted(path.name for path in plugin.parent.iterdir()) == ["mynets.py"]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["thread", "process"])
def test_every_engine_trains_the_same_bits(plugin, engine):
    settings = ("model.dropout=0.2", "model.capacity=width")
    one, _ = sweep(*settings, out="one")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        two = biasvar.sweep([*SWEEP, *settings, f"engine={engine}", "workers=2"], out="two", plugins=["mynets.py"])
    assert one.table.equals(two.table) and set(one.table["capacity_key"]) == {"model.width"}


@pytest.mark.slow
def test_a_package_offers_its_networks_by_an_entry_point_and_its_version_is_recorded(tmp_path):
    info = tmp_path / "installed" / "toynets-1.2.dist-info"
    info.mkdir(parents=True)
    shutil.copy(EXAMPLE, info.parent / "toynets.py")
    metadata = "Metadata-Version: 2.1\nName: toynets\nVersion: {}\n"
    (info / "METADATA").write_text(metadata.format("1.2"))
    (info / "entry_points.txt").write_text("[biasvar.plugins]\nmine = toynets\n")
    (info / "top_level.txt").write_text("toynets\n")
    arguments, path = ("sweep", *SWEEP, "--out", tmp_path / "one"), f"{info.parent}:{CHECKOUT}"
    done = run(*arguments, PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert '"toynets": "1.2"' in (tmp_path / "one" / "study.json").read_text()
    (info.rename(info.with_name("toynets-1.3.dist-info")) / "METADATA").write_text(metadata.format("1.3"))
    again = run(*arguments, PYTHONPATH=path)
    assert again.returncode == 0 and "toynets 1.2 -> 1.3" in again.stderr and "4/4" in again.stderr
