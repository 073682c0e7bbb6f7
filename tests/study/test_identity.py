"""What moves a member's identity, and what does not: every move costs each study there is its trained models."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
import sklearn

from biasvar.composition.compose import compose
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import options_in
from biasvar.composition.planning import plan_of
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.settings import SettingsError, identity_of, key
from biasvar.study.designs import DESIGNS
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.training import TRAININGS, member
from biasvar.training.member import Draws, Member
from biasvar.training.sources import SOURCES_OF_VARIANCE
from biasvar.version import __version__

IDENTITIES = json.loads((Path(__file__).parent / "identities.json").read_text())
PRESETS = [name for name in options_in((conf_dir(),), "study") if "/" not in name]
SGD = {"model": {"kind": "mlp", "width": 3}, "training": {"kind": "sgd", "epochs": 2}}


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Forget identities that were made with the tables that a test has changed."""
    yield
    member.identity_without_draws.cache_clear()


@pytest.mark.parametrize("preset", PRESETS)
def test_the_identities_of_presets_stay_as_they_are(preset, monkeypatch):
    """A preset's first and last member: where they move on purpose, numerics or the format of study.json go up."""
    monkeypatch.setattr(SOURCES["cifar10"], "fingerprint", lambda self: "the published images")
    if preset == "sklearn_bagging" and sklearn.__version__ != "1.9.1":
        pytest.skip("its members have the parameters of another scikit-learn")
    members = list(plan_of(*compose([f"study={preset}", "seed=0"], None, "config")).members)
    assert [members[0], members[-1]] == IDENTITIES[preset]


@dataclass(frozen=True)
class Sample:
    """Settings whose neutral values equal others of another type."""

    kind: ClassVar[str] = "sample"
    numerics: ClassVar[int] = 4

    rate: float = key(0.5, "a rate", neutral=0)
    flag: bool = key(True, "a flag", neutral=False)
    count: int = key(3, "a count", neutral=1)
    limit: int | None = key(None, "a limit")
    path: str = key("here", "a path", identity=False)


def test_keys_at_their_neutral_value_and_keys_that_change_no_number_are_not_in_an_identity():
    assert identity_of(Sample()) == {
        "kind": "sample",
        "numerics": 4,
        "rate": 0.5,
        "flag": True,
        "count": 3,
        "limit": None,
    }
    assert identity_of(Sample(rate=0.0, flag=False, count=1)) == {"kind": "sample", "numerics": 4, "limit": None}


def test_a_neutral_value_is_none_of_another_type_and_whole_numbers_serve_as_floats():
    assert "rate" not in identity_of(Sample(rate=0))
    assert identity_of(Sample(rate=-0.0)) == identity_of(Sample(rate=0))
    assert json.dumps(identity_of(Sample(rate=2))) == json.dumps(identity_of(Sample(rate=2.0)))
    assert identity_of(Sample(rate=False))["rate"] is False
    assert identity_of(Sample(flag=0))["flag"] == 0
    assert identity_of(Sample(count=True))["count"] is True


@pytest.mark.parametrize(
    "table", [SOURCES, SCHEMES, FAMILIES, TRAININGS], ids=["data", "resampling", "model", "training"]
)
def test_every_family_member_has_numerics(table):
    assert all(type(cls.numerics) is int and cls.numerics >= 1 for cls in table.values())


@pytest.mark.parametrize("default", [0.0, 0.7])
def test_a_new_key_at_its_neutral_value_trains_nothing_again(tmp_path, small_plan, progress, monkeypatch, default):
    """Whatever its default: a folder from before the key was there says that it was absent."""
    run(tmp_path, small_plan(), 2, progress)

    @dataclass(frozen=True)
    class Clipped(TRAININGS["exact"]):
        clip: float = key(default, "a bound that is not there at 0", at_least=0, neutral=0.0)

    monkeypatch.setitem(TRAININGS, "exact", Clipped)
    neutral = small_plan(training={"kind": "exact", "clip": 0})
    assert read_manifest(tmp_path).members.keys() == neutral.members.keys()
    assert run(tmp_path, neutral, 2, progress).trained == 0
    with pytest.raises(SettingsError, match=r"training.clip: 0.0 -> 0.5"):
        run(tmp_path, small_plan(training={"kind": "exact", "clip": 0.5}), 2, progress)


@pytest.mark.parametrize(
    ("kind", "more"), [("joint", ["rounding"]), ("crossed", ["data+label_noise", "init+rounding"])]
)
def test_a_new_source_of_variance_that_members_do_not_have_trains_nothing_again(
    tmp_path, settings, progress, monkeypatch, kind, more
):
    def features(vary):
        design = {"kind": kind, "vary": vary} | ({"seeds": 2} if kind == "crossed" else {})
        return plan([({}, settings(model={"kind": "random_features", "features": 5}, design=design))])

    before = list(SOURCES_OF_VARIANCE) if kind == "joint" else ["data+label_noise", "init"]
    assert run(tmp_path, features(before), 2, progress).trained == 4
    monkeypatch.setitem(SOURCES_OF_VARIANCE, "rounding", lambda *parts: "no training rounds at random")
    choices = DESIGNS[kind].__dataclass_fields__["vary"]
    monkeypatch.setattr(choices, "metadata", choices.metadata | {"choices": tuple(SOURCES_OF_VARIANCE)})
    after = features([*before, *more] if kind == "joint" else more)
    assert all(one.draws["rounding"] == 0 for one in after.members.values())
    assert run(tmp_path, after, 2, progress).trained == 0
    with pytest.raises(SettingsError, match=r"design\.vary"):
        run(tmp_path, features(["data"]), 2, progress)


def test_only_the_sources_that_a_member_has_are_in_its_identity():
    parts = (SOURCES["linear"](n_train=20), SCHEMES["fresh"](), FAMILIES["mlp"]())
    batches, full = (TRAININGS["sgd"](batch_size=size) for size in (10, 20))
    for source, training, moves in (
        ("data", full, True), ("label_noise", full, True), ("init", full, True),
        ("batch_order", full, False), ("batch_order", batches, True), ("dropout", batches, False),
    ):  # fmt: skip
        first, second = (Member(*parts, training, "cpu", 0, Draws(**{source: number})) for number in (0, 1))
        assert (first.id != second.id) == moves, source


def test_draws_are_of_sources_that_there_are():
    assert Draws(data=1)["data"] == 1 and Draws(data=1)["init"] == 0
    assert Draws(data=1, init=0) == Draws(data=1) and hash(Draws(init=1, data=2)) == hash(Draws(data=2, init=1))
    with pytest.raises(KeyError):
        Draws(date=1)
    with pytest.raises(KeyError):
        Draws()["date"]


def test_members_whose_numerics_are_raised_are_trained_again_and_named_and_the_others_are_kept(
    tmp_path, settings, progress, monkeypatch
):
    def both(replicates=4):
        cells = (settings(replicates=replicates), settings(replicates=replicates, **SGD))
        return plan([({"training": cell["training"]["kind"]}, cell) for cell in cells])

    assert run(tmp_path, both(), 2, progress).trained == 8
    assert json.loads((tmp_path / "study.json").read_text())["numerics"] == {
        "data=linear": 1, "resampling=fresh": 1, "model=linear": 1, "model=mlp": 1, "training=exact": 1,
        "training=sgd": 1,
    }  # fmt: skip
    monkeypatch.setattr(TRAININGS["sgd"], "numerics", 2)
    assert run(tmp_path, both(replicates=5), 2, progress).trained == 4 + 2, "one more of each is new"
    assert progress.warnings == [
        f"{tmp_path} holds 4 models of other cells, replicates or numerics, kept but not in this report",
        "training=sgd has numerics 2, was 1: 4 models are trained again",
    ]
    assert json.loads((tmp_path / "study.json").read_text())["numerics"]["training=sgd"] == 2
    progress.warnings.clear()
    assert run(tmp_path, both(replicates=5), 2, progress).trained == 0
    assert progress.warnings == [
        f"{tmp_path} holds 4 models of other cells, replicates or numerics, kept but not in this report"
    ]


@pytest.mark.parametrize("part", ["data=linear", "resampling=fresh", "model=linear"])
def test_numerics_of_each_part_of_a_member_count(small_plan, monkeypatch, part):
    before = small_plan().members
    family, kind = part.split("=")
    table = {"data": SOURCES, "resampling": SCHEMES, "model": FAMILIES}[family]
    monkeypatch.setattr(table[kind], "numerics", 2)
    after = small_plan().members
    assert not before.keys() & after.keys()
    assert {one.id_at((1, 1, 1, 1)) for one in after.values()} == before.keys()


def test_a_folder_of_an_older_format_is_refused_in_one_sentence_and_left_as_it_was(tmp_path, small_plan, progress):
    run(tmp_path, small_plan(), 2, progress)
    path = tmp_path / "study.json"
    older = json.loads(path.read_text()) | {"format": 2, "numerics": 3, "versions": {"biasvar": "0.0.9"}}
    del older["checksum"]
    path.write_text(json.dumps(older))
    (tmp_path / "study.copy.json").unlink()
    with pytest.raises(SettingsError) as error:
        run(tmp_path, small_plan(), 2, progress)
    (problem,) = error.value.problems
    assert problem.what == (
        f"{path} has format 2, of biasvar 0.0.9, and this biasvar {__version__} reads formats 3 and 4: "
        "install biasvar 0.0.9, or add --out DIR to train the study anew"
    )
    assert not problem.needs and not problem.hint
    assert json.loads(path.read_text()) == older
