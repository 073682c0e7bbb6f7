import dataclasses

import numpy as np
import pytest

from biasvar.decomposition.losses import squared_error
from biasvar.theory.known_studies import squared_error as known_squared_error
from biasvar.theory.known_studies.check import Check, averaged
from biasvar.theory.self_check import self_check


@pytest.fixture(scope="module")
def checks():
    return self_check()


@pytest.mark.ci
@pytest.mark.slow
def test_every_estimate_agrees_with_the_truth_and_every_control_is_caught(checks):
    assert not [check for check in checks if not check.passed]
    assert sum(check.control for check in checks) > 20
    assert {check.loss for check in checks} == {"squared_error", "zero_one", "cross_entropy", "absolute_error"}


@pytest.mark.ci
@pytest.mark.slow
def test_names_are_given_once_and_a_seed_gives_the_same_checks(checks):
    assert len({(check.loss, check.name) for check in checks}) == len(checks)
    again = known_squared_error.checks(0)
    assert again == checks[: len(again)]
    assert known_squared_error.checks(1) != again


@pytest.mark.ci
@pytest.mark.slow
def test_an_estimator_that_is_made_wrong_is_caught(monkeypatch):
    right = squared_error.estimate

    def divisor_of_all(ensemble):
        points, plug_in = right(ensemble)
        share = 1 - 1 / ensemble.models
        return points | {"variance": points["variance"] * share}, plug_in

    monkeypatch.setattr(squared_error, "estimate", divisor_of_all)
    failed = {check.name for check in known_squared_error.checks(0) if not check.passed}
    assert {"joint: variance", "joint, 3 outputs: variance", "joint, labels: variance"} <= failed


def test_a_check_passes_within_four_standard_errors_and_a_control_beyond():
    near, far = (Check("a", "squared_error", 1.0, measured, 0.1) for measured in (1.39, 1.41))
    assert near.passed and not far.passed
    assert not dataclasses.replace(near, control=True).passed and dataclasses.replace(far, control=True).passed
    exact = averaged("a", "squared_error", 0.3, np.full(5, 0.3))
    assert exact.standard_error == 0 and exact.passed
    assert not averaged("a", "squared_error", 0.3, np.full(5, 0.3 + 1e-6)).passed
