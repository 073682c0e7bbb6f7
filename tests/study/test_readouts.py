"""Readouts and measures that are asked for later: only what is lacking is trained and written; nothing else moves."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from biasvar.cli.estimate import describe
from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
from biasvar.results.stored.stored_cells import cells_of
from biasvar.results.table import build_results
from biasvar.settings import SettingsError, key
from biasvar.study.memory import study_bytes
from biasvar.study.plan import output_bytes, pack, plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store, missing
from biasvar.training import TRAININGS
from biasvar.training.inputs import Fit, Reading
from biasvar.training.readouts import EVALUATION, Asked, Readout
from biasvar.training.settings.training import Training
from biasvar.training.trainer import Trainer
from biasvar.training.trainers import TRAINERS

POOL = Readout(rows="pool")
FIRST = Readout(epoch=1)
LINEAR = {"kind": "linear", "dimension": 12, "n_train": 20, "n_pool": 50, "n_eval": 30}
NETWORK = {"model": {"kind": "mlp", "width": 3}, "training": {"kind": "sgd", "epochs": 2}}
IMAGES = {
    "data": {"kind": "digits", "n_train": 40, "n_eval": 20, "view": "images"},
    "model": {"kind": "convnet", "width": 2},
    "training": {"kind": "sgd", "epochs": 1},
}
STACKED = IMAGES | {"model": {"kind": "convnet", "width": 2, "norm_order": "after"}}
STUDIES = {"exact": {}, "kernel": NETWORK, "convnet": IMAGES, "stack": STACKED}


@dataclass(frozen=True)
class Toy(Training):
    """Predicts the mean of the targets, and half of it after the first epoch."""

    kind: ClassVar[str] = "toy"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = False

    after_first: bool = key(False, "whether the first epoch is read too", identity=False)

    @property
    def asked(self) -> Asked:
        return Asked((FIRST, EVALUATION) if self.after_first else (EVALUATION,), self.measures)


class ToyTrainer(Trainer):
    name: ClassVar[str] = "toy"
    trained: ClassVar[list] = []

    def output_dtype(self, member):
        return np.dtype("float64")

    def flops(self, member):
        return 1.0

    def bytes(self, member):
        return 1.0

    def fit(self, members, inputs, checkpoints):
        for member, one in zip(members, inputs, strict=True):
            self.trained.append(member)
            mean_NK = np.full((len(one.x_ND), 1), one.y_nK.mean())
            fit = Fit.once(mean_NK, np.full_like(one.y_nK, one.y_nK.mean()))
            halves = {rows: outputs / 2 for rows, outputs in fit.readings[EVALUATION].outputs.items()}
            first = {FIRST: Reading(halves)} if FIRST in member.asked.readouts else {}
            yield member, Fit({**fit.readings, **first})


@pytest.fixture
def toy(monkeypatch, settings):
    """Return a function from whether both epochs are read to a plan, and the members that were trained."""
    monkeypatch.setitem(TRAININGS, "toy", Toy)
    monkeypatch.setitem(TRAINERS, "toy", ToyTrainer)
    monkeypatch.setattr(ToyTrainer, "trained", [])

    def planned(both=False):
        return plan([({}, settings(training={"kind": "toy", "after_first": both}, engine={"kind": "serial"}))])

    return planned, ToyTrainer.trained


@pytest.fixture
def asking(settings):
    """Return a function from a trainer and what is asked to a plan."""

    def planned(trainer="exact", resampling="bootstrap", **asked):
        changes = {"data": LINEAR, "resampling": {"kind": resampling}, "engine": {"kind": "serial"}}
        changes |= {"training": {"kind": "exact"}} | STUDIES[trainer]
        changes["training"] = changes["training"] | asked
        return plan([({}, settings(**changes))])

    return planned


def contents(folder):
    return {path: path.read_bytes() for path in folder.glob("shards/*/*")}


def outputs_of(folder, study_plan, readout):
    store = Store(folder)
    index = store.index(pytest.fail)
    return np.stack([store.outputs(index[name], readout) for name in study_plan.members])


def test_a_second_readout_is_added_beside_the_first_whose_files_keep_their_bytes(toy, tmp_path, progress):
    planned, trained = toy
    run(tmp_path, planned(), 1, progress)
    before = contents(tmp_path)
    assert len(trained) == 4
    outcome = run(tmp_path, planned(both=True), 1, progress)
    assert outcome.trained == 4 and [one.asked.readouts for one in trained[4:]] == [(FIRST,)] * 4
    after = contents(tmp_path)
    assert before.items() <= after.items() and len(after) == 2 * len(before)
    first, last = (outputs_of(tmp_path, planned(both=True), readout) for readout in (FIRST, EVALUATION))
    assert np.array_equal(2 * first, last)
    assert run(tmp_path, planned(both=True), 1, progress).trained == 0
    run(tmp_path / "both", planned(both=True), 1, progress)
    for readout, values in ((FIRST, first), (EVALUATION, last)):
        assert np.array_equal(outputs_of(tmp_path / "both", planned(both=True), readout), values)


def test_a_kill_before_the_second_readout_is_committed_costs_that_readout_only(toy, tmp_path, progress):
    planned, trained = toy
    run(tmp_path, planned(), 1, progress)
    before = contents(tmp_path)
    run(tmp_path, planned(both=True), 1, progress)
    after = contents(tmp_path)
    (json,) = {path for path in after.keys() - before.keys() if path.suffix == ".json"}
    text = json.read_bytes().split(b'"seconds"')[0]
    json.unlink()
    trained.clear()
    run(tmp_path, planned(both=True), 1, progress)
    assert [one.asked.readouts for one in trained] == [(FIRST,)] * 4
    again = contents(tmp_path)
    assert again.keys() == after.keys() and all(again[path] == after[path] for path in after if path != json)
    assert again[json].split(b'"digest"')[0] == text.split(b'"digest"')[0]


def test_epochs_are_cells_of_their_own_that_share_their_members_and_a_column_where_they_vary(toy, tmp_path, progress):
    planned, _ = toy
    assert planned().axes == ()
    both = planned(both=True)
    assert both.axes == ("epoch",) and [cell.axes["epoch"] for cell in both.cells] == [1, None]
    assert len(both.members) == 4
    run(tmp_path, both, 1, progress)
    assert [cell.axes for cell in read_manifest(tmp_path).cells] == [cell.axes for cell in both.cells]
    table = build_results(cells_of(both, tmp_path)).table
    assert "epoch" in table and "prediction" not in table
    assert table["variance"].iloc[0] == pytest.approx(table["variance"].iloc[1] / 4)


@pytest.mark.parametrize("trainer", STUDIES)
def test_the_pool_is_read_later_without_a_change_of_what_is_there(asking, tmp_path, progress, trainer):
    first, more = asking(trainer), asking(trainer, rows=("evaluation", "pool"))
    run(tmp_path, first, 1, progress)
    before, evaluation = contents(tmp_path), outputs_of(tmp_path, first, EVALUATION)
    assert run(tmp_path, more, 1, progress).trained == 4
    assert before.items() <= contents(tmp_path).items()
    assert np.array_equal(outputs_of(tmp_path, more, EVALUATION), evaluation)
    run(tmp_path / "both", more, 1, progress)
    for readout in (EVALUATION, POOL):
        assert np.array_equal(outputs_of(tmp_path / "both", more, readout), outputs_of(tmp_path, more, readout))
    run(tmp_path / "alone", asking(trainer, rows=("pool",)), 1, progress)
    pool = outputs_of(tmp_path / "alone", more, POOL)
    assert np.array_equal(pool, outputs_of(tmp_path, more, POOL))
    assert pool.shape == (4, more.cells[0].study.data.available(), pool.shape[2])
    assert run(tmp_path / "alone", more, 1, progress).trained == 4
    assert np.array_equal(outputs_of(tmp_path / "alone", more, EVALUATION), evaluation)


@pytest.mark.parametrize("trainer", STUDIES)
def test_a_row_of_the_pool_is_predicted_as_an_evaluation_point_of_the_same_inputs_is(
    asking, tmp_path, progress, monkeypatch, trainer
):
    both = asking(trainer, rows=("evaluation", "pool"))
    monkeypatch.setattr(
        "biasvar.training.train.pool_of",
        lambda data, seed: type("Rows", (), {"x_nD": data.evaluation(seed).x_ND[: data.available()]}),
    )
    monkeypatch.setattr(type(both.cells[0].study.data), "available", lambda self: self.n_eval)
    run(tmp_path, both, 1, progress)
    pool, evaluation = (outputs_of(tmp_path, both, readout) for readout in (POOL, EVALUATION))
    assert np.array_equal(pool, evaluation)


def test_a_table_of_a_study_whose_evaluation_points_were_not_read_has_no_estimates(asking, tmp_path, progress):
    only = asking(rows=("pool",))
    run(tmp_path, only, 1, progress)
    assert list(build_results(cells_of(only, tmp_path)).table["status"]) == ["missing"]


def test_measures_that_are_asked_for_later_train_only_what_lacks_them_and_are_columns(asking, tmp_path, progress):
    run(tmp_path, asking(), 1, progress)
    before = contents(tmp_path)
    table = build_results(cells_of(asking(), tmp_path)).table
    more = asking(measures=("weight_norm", "condition_number"))
    to_do = missing(more.members.values(), Store(tmp_path).index(pytest.fail))
    assert {one.asked for one in to_do} == {Asked((), ("weight_norm", "condition_number"))}
    assert run(tmp_path, more, 1, progress).trained == 4
    assert before.items() <= contents(tmp_path).items()
    assert run(tmp_path, more, 1, progress).trained == 0
    assert run(tmp_path, asking(measures=("weight_norm",)), 1, progress).trained == 0
    found = build_results(cells_of(more, tmp_path)).table
    assert found[table.columns].equals(table), "no other number moves"
    for name in ("weight_norm", "condition_number"):
        row = found.iloc[0]
        assert row[f"{name}_low"] < row[name] < row[f"{name}_high"]
    run(tmp_path / "once", more, 1, progress)
    assert build_results(cells_of(more, tmp_path / "once")).table.equals(found)


def test_what_is_asked_changes_no_identity_and_no_name_of_a_usual_job(asking):
    plain, more = asking(), asking(rows=("evaluation", "pool"), measures=("weight_norm",))
    assert list(plain.members) == list(more.members)
    (usual,), (other,) = (pack(one.members.values()) for one in (plain, more))
    assert usual.id != other.id
    assert usual.id == pack(asking(rows=("evaluation",)).members.values())[0].id


def test_estimates_of_disk_and_memory_count_every_readout(asking, tmp_path, progress):
    plain, more = asking(), asking(rows=("evaluation", "pool"))
    one, other = (next(iter(study.members.values())) for study in (plain, more))
    assert output_bytes(other) == output_bytes(one) * (30 + 50) / 30
    needed = [study_bytes(study, pack(study.members.values()), 1, True)[0] for study in (plain, more)]
    assert needed[1] - needed[0] > 4 * 3 * 50 * 8, "three copies of all outputs, and the rows themselves"
    run(tmp_path, plain, 1, progress)
    text = "\n".join(describe(more, tmp_path, print))
    assert "models      4 (0 done, 4 to train)" in text and "\n".join(describe(plain, tmp_path, print)) != text
    (lacking,) = {output_bytes(one) for one in missing(more.members.values(), Store(tmp_path).index(pytest.fail))}
    assert lacking == 50 * 8


def problems_of(*overrides):
    with pytest.raises(SettingsError) as error:
        plan_of(*compose(list(overrides), None, "config"))
    return error.value.problems


def test_rows_of_a_pool_that_is_not_there_are_one_error():
    (problem,) = problems_of("training.rows=[pool]")
    assert problem.what == "training.rows has pool, and resampling=fresh draws from no pool"
    assert problem.origin == "command line: training.rows=[pool]"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("training.rows=[]", "the grid is empty"),
        ("training.rows=[evaluation+pool]", "evaluation+pool is not allowed"),
        ("training.rows=[pool,pool]", "names one twice"),
        ("training.rows=[train]", "train is not allowed"),
        ("training.measures=[weigth_norm]", "weigth_norm is not allowed"),
        ("training.rows=[evaluation],[pool]", "training.rows changes no member: it cannot be an axis"),
    ],
)
def test_what_cannot_be_asked_is_one_error(text, says):
    (problem,) = problems_of("resampling=bootstrap", text)
    assert says in problem.what


def test_an_empty_list_sets_back_what_a_file_asks_for(tmp_path):
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "mine.yaml").write_text("defaults: [sgd]\nevaluate_at: [1, 2]\nmeasures: [weight_norm]\n")
    preset = ["model=mlp", "training=mine", "training.measures=[]", "training.evaluate_at=[]"]
    (composed,), _ = compose(preset, tmp_path, "config")
    assert composed.settings["training"]["evaluate_at"] == [] == composed.settings["training"]["measures"]


def test_a_measure_that_a_trainer_cannot_know_is_refused_with_those_that_it_can():
    (problem,) = problems_of("model=mlp", "training=sgd", "training.measures=[weight_norm,condition_number]")
    assert problem.what == "training.measures: condition_number is not available with training=sgd"
    assert problem.needs == "among weight_norm"


def test_epochs_that_are_spaced_in_their_logarithm_are_one_list_in_files_too(tmp_path):
    (tmp_path / "training").mkdir()
    text = "kind: sgd\nepochs: 200\nevaluate_at: log(1, 200, 4)\n"
    (tmp_path / "training" / "mine.yaml").write_text(text)
    study_plan = plan_of(*compose(["model=mlp", "training=mine"], tmp_path, "config"))
    assert [cell.axes["epoch"] for cell in study_plan.cells] == [1, 6, 34, 200]
    (problem,) = problems_of("model=mlp", "training=sgd", "training.evaluate_at=1,2")
    assert problem.what == "training.evaluate_at changes no member: it cannot be an axis"
    assert problem.hint == "training.evaluate_at=[1,2] is one list"
    (problem,) = problems_of("model=mlp", "training=sgd", "model.width=log(1,8,4)")
    assert problem.hint == "model.width=1,2,4,8 sweeps them"


def test_a_dry_run_counts_the_readouts_of_every_model_and_the_disk_that_they_take(asking, tmp_path, progress):
    plain, more = (asking("kernel", evaluate_at=epochs) for epochs in ((), (0, 1, 2)))
    text, usual = ("\n".join(describe(one, tmp_path / "none", print)) for one in (more, plain))
    assert "readouts    12 (3 epochs x 1 mode of each model)" in text and "readouts" not in usual
    one, other = (next(iter(study.members.values())) for study in (plain, more))
    assert output_bytes(other) == 3 * output_bytes(one)
