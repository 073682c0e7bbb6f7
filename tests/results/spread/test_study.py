"""A study's spread of accuracy by ``load``: real digits, and numbers, which have none."""

import numpy as np
import pytest

from biasvar.api import load
from biasvar.report.words.spread import spread_in_words
from biasvar.study.run import run
from tests.results.test_saved import features
from tests.results.test_verification import LINEAR, Silent

DIGITS = LINEAR | {
    "data": {"kind": "digits", "n_train": 100},
    "resampling": {"kind": "bootstrap"},
    "model": {"kind": "random_features", "features": 8},
    "interval": {"resamples": 100},
    "replicates": 6,
}


@pytest.mark.slow
@pytest.mark.ci
def test_real_digits_have_a_spread_without_the_part_of_their_points(tmp_path):
    run(tmp_path, features(DIGITS, 20, 400), 1, Silent())
    study = load(tmp_path)
    spread, risk = study.spread, study.table[study.table["loss"] == "zero_one"]
    assert list(spread["model.features"]) == [20, 400]
    assert (spread["between_points"] < spread["variance_of_accuracy"]).all()
    assert spread["disagreement"].to_numpy() == pytest.approx(2 * risk["kw_variance"].to_numpy())
    assert np.diff(spread["disagreement"]) < 0, "models with more features agree more often"
    assert spread_in_words(study.results)[0].startswith("Accuracy, features = 400: standard deviation")


def test_a_study_of_numbers_has_outlying_seeds_only(tmp_path):
    run(tmp_path, features(LINEAR | {"replicates": 12}, 5, 12), 1, Silent())
    study = load(tmp_path)
    assert study.spread.empty
    assert set(study.outliers["loss"]) <= {"squared_error"}
    assert spread_in_words(study.results) == []
