"""Studies of tables: from a file that moves, from a data frame, and without either."""

import json
import os

import numpy as np
import pandas as pd
import pytest

import biasvar
from biasvar.api import load
from biasvar.composition.compose import plan_study
from biasvar.settings import SettingsError
from biasvar.study.own_folder import in_own_folder
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest

SMALL = ["model=random_features", "model.features=3,9", "replicates=3", "engine=serial", "data.task=regression"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in a folder of its own, on a processor without a display."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def houses(rows=120):
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({"area": generator.normal(size=rows), "city": generator.choice(["Rome", "Oslo", None], rows)})
    return frame.assign(price=frame.area + (frame.city == "Rome") + generator.normal(size=rows) / 9)


class Silent:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def sweep(path, *more, given=SMALL):
    """Run a study of a file without a report; return how many members were trained, and the folder."""
    settings = {one.partition("=")[0]: one for one in (*given, "data=table", f"data.path={path}", *more)}
    study_plan = plan_study(["data.target=price", *settings.values()], Silent().warn)

    def train(folder):
        return run(folder, study_plan, 1, Silent()).trained, folder

    return in_own_folder(study_plan, Silent().warn, train)


def test_a_study_of_a_file_is_named_after_it_and_resumes_where_the_file_has_moved_to(here):
    houses().to_csv("houses.csv", index=False)
    trained, folder = sweep("houses.csv")
    assert trained == 6 and folder.name == "houses-random_features"
    os.mkdir("elsewhere")
    os.replace("houses.csv", "elsewhere/houses.csv")
    assert load(folder).results.models == (6, 6), "results need no file"
    assert sweep("elsewhere/houses.csv", "replicates=4") == (2, folder)


@pytest.mark.parametrize("rows", [120, 130])
def test_a_file_with_other_content_is_refused_by_the_folder_of_its_study(here, rows):
    houses().to_csv("houses.csv", index=False)
    sweep("houses.csv")
    frame = houses(rows)
    frame.loc[3, "area"] = 7.5
    frame.to_csv("houses.csv", index=False)
    with pytest.raises(OSError, match=r"has changed since its models were trained: sha256:.* -> sha256:"):
        sweep("houses.csv")
    assert sweep("houses.csv", "name=again")[1].name == "again"


@pytest.mark.slow
@pytest.mark.ci
def test_a_data_frame_is_copied_into_the_folder_where_workers_read_it(here):
    frame = houses().astype({"city": "category"}).assign(more=[1, "a", 2.5] * 40)
    overrides = [*SMALL[:3], "engine=process", "data.task=regression", "data.target=price"]
    first = biasvar.sweep(overrides, data=frame)
    assert {"risk", "variance", "bias_squared_plus_noise"} <= set(first.table)
    assert first.folder.name == "table-random_features"
    (source,) = {cell.study.data for cell in read_manifest(first.folder).cells}
    assert source.path == str(first.folder.resolve() / "table.parquet")
    assert pd.read_parquet(source.path).columns.tolist() == [*frame]
    again = biasvar.sweep(overrides, data=frame.copy())
    assert again.folder == first.folder and again.table.equals(first.table)
    events = [json.loads(line) for line in (first.folder / "events.jsonl").read_text().splitlines()]
    assert sum(one.get("trained", 0) for one in events) == 6
    with pytest.raises(OSError, match="has changed since its models were trained"):
        biasvar.sweep(overrides, data=frame.assign(price=-frame.price))


def test_what_is_no_data_frame_is_refused(here):
    with pytest.raises(TypeError, match="data is a dict; expected a pandas DataFrame"):
        biasvar.sweep(["data.target=price"], data={"price": [1, 2]})
    with pytest.raises(SettingsError, match=r"data\.target is not set"):
        biasvar.sweep([], data=houses())
    assert not os.listdir(here)


def test_classes_have_names_and_noise(here):
    frame = houses().assign(price=lambda one: np.where(one.price > 0, "dear", "cheap"))
    frame.to_parquet("houses.parquet")
    more = ["data.task=classification", "data.label_noise=0.1", "data.n_train=20,60"]
    trained, folder = sweep("houses.parquet", *more)
    data = read_manifest(folder).cells[0].study.data
    assert trained == 12 and data.class_names == ("cheap", "dear") and data.outputs == 2
    table = load(folder).table
    assert set(table["n_train"]) == {20, 60} and set(table["n_eval"]) == {24}
    assert np.allclose(table["label_noise_rate"], 0.1, atol=0.03)


@pytest.mark.parametrize("name", ["LogisticRegression", "GaussianNB"])
def test_a_class_that_training_sets_lack_has_the_logit_minus_infinity_and_costs_no_model(here, name):
    generator = np.random.default_rng(0)
    kind = np.array(["b"] * 58 + ["c"] * 58 + ["a"] * 4)
    x = generator.normal(size=(120, 2)) + 3 * (kind == "b")[:, None]
    pd.DataFrame(x, columns=["x", "z"]).assign(price=kind).to_parquet("rare.parquet")
    more = ["data.task=classification", "data.n_train=12", "model=estimator", f"model.name={name}"]
    _, folder = sweep("rare.parquet", *more, given=("replicates=3", "engine=serial"))
    study = load(folder)
    table = study.table.set_index("loss")
    assert set(table["n_ok"]) == {3} and table.loc["cross_entropy", "status"] == "infinite"
    outputs = study.predictions({}).pivot(index=["replicate", "point"], columns="output", values="prediction")
    labels = study.predictions({}).query("output == 0").sort_values(["replicate", "point"])["target"]
    assert np.isneginf(outputs[0]).any()
    assert np.mean(outputs.to_numpy().argmax(axis=1) != labels.to_numpy()) == pytest.approx(
        table.loc["zero_one", "risk"]
    )


@pytest.mark.parametrize("word", ["data.pth=nowhere.csv", "data.traget=price"])
def test_a_misspelt_key_is_said_before_a_file_that_is_not_there(here, word):
    with pytest.raises(SettingsError) as error:
        plan_study([*SMALL, "data=table", "data.path=gone.csv", word], Silent().warn)
    assert error.value.problems[0].what.startswith(f"{word.partition('=')[0]} is not a configuration key")
    with pytest.raises(FileNotFoundError, match=r"gone\.csv is not there"):
        plan_study([*SMALL, "data=table", "data.path=gone.csv", "data.target=price"], Silent().warn)
