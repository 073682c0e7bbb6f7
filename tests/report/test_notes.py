"""Notes count what they speak of: draws and not models, and every unbiased estimate that is negative."""

import dataclasses

import pytest

from biasvar.report.page.columns import columns_of
from biasvar.report.words.notes import UNBIASED, gaps, label_noise, majority, negative, notes_of


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


def test_the_share_of_training_labels_that_are_not_clean_is_told_where_there_are_any(studies):
    results = studies["u"]()
    assert not label_noise(results.table) and "label_noise_rate" not in {one.title for one in columns_of(results)}
    noisy = under(results, label_noise_rate=0.2)
    assert label_noise(noisy.table)[0].startswith("A share of 0.200 of the training labels is not the clean one")
    (column,) = [one for one in columns_of(noisy) if one.title == "label_noise_rate"]
    assert set(column.cells) == {"0.200"}
    noisy.table.loc[0, "label_noise_rate"] = 0.0
    assert label_noise(noisy.table)[0].startswith("A share of 0 to 0.200 of")
