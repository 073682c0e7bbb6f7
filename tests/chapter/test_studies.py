"""Every study of the chapter runs, at few replicates, and gives each of its claims a verdict or a reason."""

import pytest

import biasvar
from biasvar.api import Quiet
from biasvar.composition.compose import plan_study
from biasvar.report.chapter.topics import TOPICS, topics_of
from biasvar.results.claims.verdict import FAILS, HOLDS, OPEN
from biasvar.study.run import run
from tests.chapter.kept_studies import PRESETS, plan_of_preset

FEW = {"joint": "replicates=3", "nested": "replicates=3", "crossed": "design.seeds=3"}


class Silent(Quiet):
    """A progress that shows no warning either."""

    def warn(self, message):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("name", PRESETS)
def test_a_study_of_the_chapter_runs_at_few_replicates(name, tmp_path):
    design = plan_of_preset(name).cells[0].study.design.kind
    progress = Silent()  # a study may show a mistake that is warned of
    run(tmp_path / name, plan_study([f"study=chapter/{name}", FEW[design]], progress.warn), 1, progress)
    study = biasvar.load(tmp_path / name, progress=progress)
    assert set(study.claims["verdict"]) <= {HOLDS, FAILS, OPEN}
    assert list(study.claims["id"]) == [claim.id for claim in plan_of_preset(name).claims]
    assert study.results.about and len(study.claims) >= 4
    lost = study.claims[study.claims["note"].str.contains("this study has no|no axis|was not measured")]
    assert lost.empty, lost[["id", "note"]].to_string()


@pytest.mark.parametrize("name", PRESETS)
def test_a_study_of_the_chapter_claims_what_it_has_cells_for(name):
    warnings = []
    plan_study([f"study=chapter/{name}"], warnings.append)
    assert not [text for text in warnings if text.startswith("claim")]


def test_topics_stand_in_the_chapters_order_and_others_come_last():
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names) == 24
    assert [topic.name for topic in topics_of(["zzz", "whitening", "u_curve", "aaa"])] == [
        "u_curve", "whitening", "aaa", "zzz",
    ]  # fmt: skip
