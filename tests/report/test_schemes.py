"""What the resampling makes of the numbers is said once, in the schemes' own words, and only where it is so."""

import dataclasses

import pytest

from biasvar.data.resampling import SCHEMES
from biasvar.report import captions
from biasvar.report.notes import notes_of


@pytest.mark.parametrize("kind", SCHEMES)
def test_captions_and_notes_have_the_schemes_own_words(studies, kind):
    results = studies["u"]()
    results = dataclasses.replace(results, table=results.table.assign(resampling=kind))
    words = SCHEMES[kind].variance_means
    assert captions.resampling(results.table) == f"Training sets ({kind}): {words}."
    shares_a_pool = kind not in ("fresh", "disjoint")
    assert any(words in note and "given the pool" in note for note in notes_of(results)) == shares_a_pool


@pytest.mark.parametrize(("distinct", "warned"), [(63.4, True), (96.0, False), (100.0, False)])
def test_the_shift_of_the_peak_is_that_of_the_distinct_rows_and_a_small_sample_of_a_large_pool_has_none(
    studies, distinct, warned
):
    results = studies["u"]()
    table = results.table.assign(resampling="bootstrap", n_distinct=distinct)
    shifts = [note for note in notes_of(dataclasses.replace(results, table=table)) if "distinct" in note]
    shifts = [note for note in shifts if note.startswith("Training sets repeat rows")]
    assert len(shifts) == warned
    assert all("peaks at parameters / (rows × outputs) = 0.63 and not at 1" in note for note in shifts)
