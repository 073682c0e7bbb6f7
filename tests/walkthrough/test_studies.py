"""Every study of a collection runs, at few replicates, and gives each of its claims a verdict or a reason."""

import pytest

import biasvar
from biasvar.api.progress import Quiet
from biasvar.composition.compose import plan_study
from biasvar.report.walkthrough.chapter import CHAPTER
from biasvar.results.claims.verdict import FAILS, HOLDS, OPEN
from biasvar.study.run import run
from tests.walkthrough.kept_studies import COLLECTIONS, PRESETS, inside_of, plan_of_preset

FEW = {"joint": "replicates=3", "nested": "replicates=3", "crossed": "design.seeds=3"}


class Silent(Quiet):
    """A progress that shows no warning either."""

    def warn(self, message):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_a_study_of_a_collection_runs_at_few_replicates(name, tmp_path):
    design = plan_of_preset(name).cells[0].study.design.kind
    progress = Silent()  # a study may show a mistake that is warned of
    run(tmp_path / "study", plan_study([f"study={name}", FEW[design]], progress.warn), 1, progress)
    study = biasvar.load(tmp_path / "study", progress=progress)
    assert set(study.claims["verdict"]) <= {HOLDS, FAILS, OPEN}
    assert list(study.claims["id"]) == [claim.id for claim in plan_of_preset(name).claims]
    assert study.results.about and len(study.claims) >= 4
    lost = study.claims[study.claims["note"].str.contains("this study has no|no axis|was not measured")]
    assert lost.empty, lost[["id", "note"]].to_string()


@pytest.mark.parametrize("name", PRESETS)
def test_a_study_of_a_collection_claims_what_it_has_cells_for(name):
    warnings = []
    plan_study([f"study={name}"], warnings.append)
    assert not [text for text in warnings if text.startswith("claim")]


@pytest.mark.parametrize("folder", COLLECTIONS)
def test_the_topics_of_a_collection_are_its_presets(folder):
    names = [f"{folder}/{topic.name}" for topic in COLLECTIONS[folder].topics]
    assert sorted(names) == sorted(inside_of(folder, PRESETS))
    assert len(names) == {"chapter": 24, "demos": 11}[folder]


def test_topics_stand_in_the_chapters_order_and_others_come_last():
    assert [topic.name for topic in CHAPTER.topics_of(["zzz", "whitening", "u_curve", "aaa"])] == [
        "u_curve", "whitening", "aaa", "zzz",
    ]  # fmt: skip
