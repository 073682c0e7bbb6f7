"""What the resampling makes of the numbers is said once, in the words of the table, and only where it is so."""

import dataclasses

import pytest

from biasvar.data.resampling import SCHEMES
from biasvar.report.words import captions
from biasvar.report.words.notes import notes_of


def under(results, **columns):
    """Return a study with other columns."""
    return dataclasses.replace(results, table=results.table.assign(**columns))


@pytest.mark.parametrize("kind", SCHEMES)
def test_captions_and_notes_have_the_words_of_the_table(studies, kind):
    words = SCHEMES[kind].variance_means + "; with init held at one draw"
    results = under(studies["u"](), resampling=kind, variance_means=words, fixed="init")
    assert captions.resampling(results.table) == f"Training sets ({kind}): {words}."
    given = SCHEMES[kind].given
    assert any(words in note and f"given the {given}." in note for note in notes_of(results)) == bool(given)


def test_each_meaning_of_the_variance_is_said_once(studies):
    results = studies["u"]()
    means = ["one thing"] * 6 + ["another"] * 6
    told = captions.resampling(under(results, variance_means=means).table)
    assert told == "Training sets (fresh): one thing. Training sets (fresh): another."


def test_a_training_set_that_is_held_is_one(studies):
    one = under(
        studies["u"](), fixed="data", resampling="bootstrap", variance_means="variance over init at one training set"
    )
    assert captions.schemes(one.table) == "one bootstrap training set, n = 100"
    (note,) = [note for note in notes_of(one) if "bootstrap" in note]
    assert note.endswith("at one training set. The intervals speak of the distribution given the training set.")


def test_the_missing_variance_sits_in_what_the_loss_calls_bias(studies):
    results = under(studies["zero_one"](), variance_means=SCHEMES["subsample"].variance_means)
    assert captions.resampling(results.of_loss("squared_error")).endswith("sits in bias squared.")
    assert captions.resampling(results.of_loss("zero_one")).endswith("sits in the bias.")


@pytest.mark.parametrize(("distinct", "warned"), [(63.4, True), (96.0, False), (100.0, False)])
def test_the_shift_of_the_peak_is_that_of_the_distinct_rows_and_a_small_sample_of_a_large_pool_has_none(
    studies, distinct, warned
):
    results = studies["u"]()
    table = results.table.assign(resampling="bootstrap", n_distinct=distinct)
    shifts = [note for note in notes_of(dataclasses.replace(results, table=table)) if "distinct" in note]
    shifts = [note for note in shifts if note.startswith("Training sets repeat rows")]
    assert len(shifts) == warned
    assert all("threshold is at parameters / (rows × outputs) = 0.63 and not at 1" in note for note in shifts)
