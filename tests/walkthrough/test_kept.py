"""What is kept of studies leads to their verdicts again, and to the opposite ones for opposite claims."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.report.walkthrough.numbers_page import Numbers, numbers_page
from biasvar.results.claims.kept import verdicts_from
from biasvar.results.claims.verdict import FAILS, HOLDS, OPEN
from tests.walkthrough.kept_studies import COLLECTIONS, DOCS, NAMES, PRESETS, inside_of, plan_of_preset, tables_of

pytestmark = [pytest.mark.slow, pytest.mark.ci]
REVERSED = {"rises": "falls", "falls": "rises", "greater": "less", "less": "greater"}
REVERSED |= {"smallest_at": "largest_at", "largest_at": "smallest_at"}
FEW = 3


def verdicts(name, claims=None, contributed=None):
    """The verdicts on the claims of a kept study, or on others, by all contributions or by some."""
    study, (table, kept, _) = plan_of_preset(name), tables_of(name)
    study = study if claims is None else replace(study, claims=tuple(claims))
    return verdicts_from(study, table, kept if contributed is None else contributed).set_index("id")


def opposite(claim, measured, truth):
    """A claim that is as wrong as one that holds is right: turned around, or moved by three times ``within``."""
    if claim.expect in REVERSED:
        return replace(claim, expect=REVERSED[claim.expect])
    value = truth if claim.expect == "closed_form" else claim.value
    step = 3 * claim.within * (abs(value) if value else 1)
    moved = value + step if measured <= value or not value else value - step
    expect = "equals" if claim.expect == "closed_form" else claim.expect
    return replace(claim, expect=expect, value=moved, within=step / 3 / abs(moved) if moved else step / 3)


@pytest.mark.parametrize("folder", COLLECTIONS)
def test_every_preset_of_a_collection_is_kept(folder):
    kept = inside_of(folder, NAMES)
    assert sorted(inside_of(folder, PRESETS)) == kept
    page = (DOCS / folder / "report.html").read_text()
    assert all(f'<h2 id="{name.removeprefix(folder)[1:]}">' in page for name in kept)
    assert len(page.encode()) < 2**20 or folder == "chapter"


@pytest.mark.parametrize("folder", COLLECTIONS)
def test_the_page_of_numbers_is_that_of_the_kept_claims(folder):
    topics = {topic.name: topic for topic in COLLECTIONS[folder].topics}
    studies = [
        Numbers(topic, plan_of_preset(f"{folder}/{name}").cells[0].study.about, tables_of(f"{folder}/{name}")[2])
        for name, topic in topics.items()
    ]
    assert (DOCS / f"{folder}.md").read_text() == numbers_page(COLLECTIONS[folder], studies)


@pytest.mark.parametrize("name", NAMES)
def test_every_verdict_follows_from_the_kept_tables(name):
    kept, again = tables_of(name)[2].set_index("id"), verdicts(name)
    assert list(kept.index) == list(again.index)
    assert kept["verdict"].to_dict() == again["verdict"].to_dict()
    for column in ("measured", "low", "high"):
        np.testing.assert_allclose(kept[column].astype(float), again[column].astype(float), rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_study_decides_at_least_three_claims_and_says_why_of_the_others(name):
    kept = tables_of(name)[2]
    assert (kept["verdict"] != OPEN).sum() >= 3
    is_open = kept[kept["verdict"] == OPEN]
    assert ((is_open["note"] != "") | is_open["replicates_needed"].notna()).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_opposite_of_what_holds_does_not_hold(name):
    kept = tables_of(name)[2].set_index("id")
    holds = [claim for claim in plan_of_preset(name).claims if kept.loc[claim.id, "verdict"] == HOLDS]
    wrong = []
    for claim in holds:
        row = kept.loc[claim.id]
        ends = (
            [float(end) for end in row["expected"].replace("−", "-").split(" to ")]
            if claim.expect == "closed_form"
            else [0.0]
        )
        wrong.append(opposite(claim, float(row["measured"]), sum(ends) / len(ends)))
    rest = [claim for claim in plan_of_preset(name).claims if claim not in holds]  # they keep the level
    found = verdicts(name, [*wrong, *rest])["verdict"]
    assert {claim.id: found[claim.id] for claim in holds} == {claim.id: FAILS for claim in holds}


@pytest.mark.parametrize("name", NAMES)
def test_three_replicates_decide_few_claims_and_turn_none_around(name):
    kept, contributed = tables_of(name)[2].set_index("id")["verdict"], tables_of(name)[1]
    first = contributed.groupby(["cell", "quantity", "loss", "members", "rule", "source"], sort=False).head(FEW)
    found = verdicts(name, contributed=first)["verdict"]
    turned = [one for one in kept.index if {found[one], kept[one]} == {HOLDS, FAILS}]
    assert not turned


@pytest.mark.parametrize("folder", COLLECTIONS)
def test_on_three_replicates_most_claims_of_a_collection_are_not_decided(folder):
    decided = [one for name in inside_of(folder, NAMES) for one in decided_by_few(name)]
    assert np.mean(decided) < 0.5


def decided_by_few(name):
    contributed = tables_of(name)[1]
    first = contributed.groupby(["cell", "quantity", "loss", "members", "rule", "source"], sort=False).head(FEW)
    return list(verdicts(name, contributed=first)["verdict"] != OPEN)
