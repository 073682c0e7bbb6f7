"""Notes count what they speak of: draws and not models, and every unbiased estimate that is negative."""

import dataclasses

import pytest

from biasvar.report.words.notes import UNBIASED, gaps, majority, negative, notes_of


def under(results, **columns):
    """Return a study with other columns."""
    return dataclasses.replace(results, table=results.table.assign(**columns))


def test_a_majority_of_crossed_models_rests_on_few_seeds(studies):
    results = studies["zero_one"]()
    crossed = {"design": "crossed", "vary": "data × init", "n_ok": 100, "n_planned": 100}
    (note,) = majority(under(results, **crossed).table)
    assert "over 100 models of crossed seeds (data × init), with 10 seeds of each source. At few seeds" in note
    # As many replicates are enough, and so are as many seeds.
    assert not majority(under(results, n_ok=100).table)
    assert not majority(under(results, **crossed | {"n_ok": 2500}).table)
    assert "over 10 replicates. At few replicates" in majority(results.table)[0]


@pytest.mark.parametrize("name", UNBIASED)
def test_every_negative_unbiased_estimate_is_counted(studies, name):
    results = studies["descent"]()
    clean = under(results, **{one: 1.0 for one in UNBIASED if one in results.table})
    assert not negative(clean.table)
    (note,) = negative(under(clean, **{name: -0.1}).table.head(3))
    assert f"negative (3 of {name})" in note


def test_gaps_of_crossed_designs_are_of_models(studies):
    results = studies["gaps"]()
    crossed = under(results, design="crossed", vary="data × init")
    assert "fewer replicates than planned (35 of 50)" in gaps(results.table)[0]
    assert "fewer models than planned (35 of 50)" in gaps(crossed.table)[0]
    assert not any("replicates" in note for note in notes_of(crossed))
