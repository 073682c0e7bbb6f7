"""Crossed models are not replicates: what is counted is said by its name, and seeds are what draws are."""

import pandas as pd
import pytest

from biasvar.report.words.designs import counted, draws, sources_in_words, unit

ROWS = pd.DataFrame(
    {
        "design": ["joint", "crossed", "crossed", "crossed"],
        "vary": ["data+init", "data × init", "data+label_noise × init × batch_order", "init"],
        "n_ok": [50, 12, 27, 5],
    }
)


def test_replicates_and_models_of_crossed_seeds_are_called_so():
    assert (unit(ROWS[:1]), unit(ROWS[1:]), unit(ROWS)) == ("replicates", "models", "models")
    assert counted(ROWS[:1]) == "50 replicates"
    assert counted(ROWS[2:3]) == "27 models of crossed seeds (data + label noise × init × batch order)"
    assert counted(ROWS[:2]) == "50 replicates or 12 models of crossed seeds (data × init)"


def test_draws_are_the_seeds_of_a_source_and_not_the_models():
    assert draws(ROWS).tolist() == [50, 3, 3, 5]
    assert draws(ROWS[:0]).empty


@pytest.mark.parametrize(
    ("sources", "words"),
    [(["init"], "init"), (["data", "init"], "data and init"), (["data", "label_noise", "init"], None)],
)
def test_sources_in_a_row(sources, words):
    assert sources_in_words(sources) == (words or "data, label noise and init")
