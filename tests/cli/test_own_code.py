"""Code of the user's own in a sweep: found by name, told apart by its source, needed for training and nothing else."""

import shutil

import pytest

from tests.conftest import CHECKOUT
from tests.own_networks import EXAMPLE

DATA = ("data=digits", "data.n_train=20", "data.n_eval=20", "resampling=bootstrap", "training=sgd", "training.epochs=1")
MODEL = ("model=module", "model.factory=make_net", "model.width=2,3")
SWEEP = (*MODEL, *DATA, "replicates=2", "engine=serial", "name=own")


@pytest.fixture
def plugin(tmp_path):
    return shutil.copy(EXAMPLE, tmp_path / "mynets.py")


@pytest.mark.slow
@pytest.mark.ci
def test_a_report_needs_no_code_and_a_changed_one_is_said_in_words(biasvar, plugin, tmp_path):
    done = biasvar("sweep", "--plugin", "mynets.py", *SWEEP)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "outputs" / "own"
    table = (folder / "results.csv").read_bytes()
    assert b"parameters" in table
    text = plugin.read_text()
    plugin.unlink()
    assert biasvar("report", folder).returncode == 0 and (folder / "results.csv").read_bytes() == table
    assert biasvar("status", folder).returncode == 0
    verified = biasvar("verify", folder)
    assert verified.returncode == 0, verified.stdout
    assert "there is no such file" in biasvar("sweep", "--plugin", "mynets.py", *SWEEP).stderr
    plugin.write_text(text)
    again = biasvar("sweep", "--plugin", "mynets.py", *SWEEP)
    assert again.returncode == 0 and "4/4" in again.stderr and (folder / "results.csv").read_bytes() == table
    plugin.write_text(f"{text}\n# another\n")
    refused = biasvar("sweep", "--plugin", "mynets.py", *SWEEP, "--out", folder)
    assert refused.returncode == 2 and "mynets.py has changed since its models were trained" in refused.stderr
    other = biasvar("sweep", "--plugin", "mynets.py", *SWEEP)
    assert other.returncode == 0 and "own-2" in other.stdout
    assert "mynets.py has changed since its models were trained" in other.stderr


@pytest.mark.parametrize(
    ("keys", "texts"),
    [
        (
            ["model.factory=make_nut"],
            ["model.factory = make_nut is not defined in mynets.py", "did you mean make_net?"],
        ),
        (["model.widht=3"], ["model.widht is no parameter of make_net in mynets.py", "did you mean model.width=3?"]),
        (["training=exact"], ["training"]),
        (
            ["model.batch_norm=true", "training.batch_size=19"],
            ["training.batch_size = 19 leaves a batch of 1 row of data.n_train = 20"],
        ),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(biasvar, plugin, tmp_path, keys, texts):
    done = biasvar("sweep", "--plugin", "mynets.py", *SWEEP, *keys)
    assert done.returncode == 2 and all(text in done.stderr for text in texts), done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "outputs").exists()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["thread", "process"])
def test_every_engine_trains_the_same_bits(biasvar, plugin, tmp_path, engine):
    one = biasvar("sweep", "--plugin", "mynets.py", *SWEEP, "model.dropout=0.2", "--out", "one")
    two = biasvar("sweep", "--plugin", "mynets.py", *SWEEP, "model.dropout=0.2", f"engine={engine}", "--out", "two")
    assert one.returncode == two.returncode == 0, two.stderr
    assert (tmp_path / "one" / "results.csv").read_bytes() == (tmp_path / "two" / "results.csv").read_bytes()


@pytest.mark.slow
def test_a_package_offers_its_networks_by_an_entry_point_and_its_version_is_recorded(biasvar, tmp_path):
    installed = tmp_path / "installed"
    info = installed / "toynets-1.2.dist-info"
    info.mkdir(parents=True)
    shutil.copy(EXAMPLE, installed / "toynets.py")
    metadata = "Metadata-Version: 2.1\nName: toynets\nVersion: {}\n"
    (info / "METADATA").write_text(metadata.format("1.2"))
    (info / "entry_points.txt").write_text("[biasvar.plugins]\nmine = toynets\n")
    (info / "top_level.txt").write_text("toynets\n")
    (info / "RECORD").write_text("toynets.py,,\n")
    path = {"PYTHONPATH": f"{installed}:{CHECKOUT}"}
    done = biasvar("sweep", *SWEEP, "--out", "one", **path)
    assert done.returncode == 0, done.stderr
    assert '"toynets": "1.2"' in (tmp_path / "one" / "study.json").read_text()
    (info.rename(installed / "toynets-1.3.dist-info") / "METADATA").write_text(metadata.format("1.3"))
    again = biasvar("sweep", *SWEEP, "--out", "one", **path)
    assert again.returncode == 0 and "toynets 1.2 -> 1.3" in again.stderr and "4/4" in again.stderr
