"""A replicate that is not used is counted with its reason, from the store to the page."""

import dataclasses

import pytest

from biasvar.report.page.html import columns_of
from biasvar.report.words.captions import band
from biasvar.report.words.notes import notes_of
from biasvar.results.stored.gaps import gaps_of
from biasvar.training.outcome import Outcome

GOOD = Outcome({}, 10)


def diverged(epoch):
    """Return a member that diverged in an epoch."""
    return dataclasses.replace(GOOD, diverged_epoch=epoch)


def failed(error):
    """Return a member that could not be trained."""
    return dataclasses.replace(GOOD, error=error)


def test_nothing_is_said_where_every_member_is_used():
    assert gaps_of([GOOD] * 3, 3) == ""


def test_every_reason_is_counted():
    entries = [GOOD, diverged(2), diverged(7), failed("ValueError: x"), failed("ValueError: x"), None]
    assert gaps_of(entries, 1) == "2 diverged (in epoch 2 to 7), 2 failed (ValueError: x), 1 not trained yet"
    assert gaps_of([GOOD] * 4, 2) == "2 left out with the gaps of the grid of seeds"


@pytest.fixture
def gaps(studies):
    """The study with gaps, and why they are there."""
    results = studies["gaps"]()
    results.table["gaps"] = ""
    results.table.loc[3, "gaps"] = "15 diverged (in epoch 2)"
    results.table.loc[6, "gaps"] = "50 not trained yet"
    return results


def test_notes_and_the_table_of_the_page_say_why(gaps):
    text = " ".join(notes_of(gaps))
    assert "Cell 3: 15 diverged (in epoch 2)." in text
    assert "Cell 6: 50 not trained yet." in text
    (status,) = [column.cells for column in columns_of(gaps) if column.heading == "status"]
    assert status[3:7:3] == ["partial: 15 diverged (in epoch 2)", "missing: 50 not trained yet"]
    assert status[0] == "ok"


def test_a_caption_without_any_estimate_does_not_speak_of_an_unknown_number(gaps):
    missing = gaps.table[gaps.table["status"] == "missing"]
    assert band(gaps, missing) == "There are no bands, as no cell has an estimate."
    assert "unknown" not in band(gaps, gaps.table)
