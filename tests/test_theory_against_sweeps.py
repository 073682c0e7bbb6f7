"""``biasvar verify --theory``: every number agrees, and no formula could be off by a tenth without being caught."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import pytest

from biasvar.api import theory
from biasvar.results.verification.forms import (
    bagged_mean,
    cross_validated_committees,
    gradient_descent,
    minimum_norm,
    optimal_ridge,
    random_features,
    ridge,
    subagging,
    two_layer_linear,
)

FORMULAS = [
    ("minimum norm", minimum_norm, "minimum_norm_risk"),
    ("ridge", ridge, "ridge_risk"),
    ("optimal ridge", optimal_ridge, "optimal_ridge_excess"),
    ("gradient descent", gradient_descent, "gradient_descent_risk"),
    ("input dropout as ridge", ridge, "ridge_risk"),
    ("rows left out", minimum_norm, "minimum_norm_risk"),
    ("subagging", subagging, "subagging_excess"),
    ("cross-validated committees", cross_validated_committees, "subagging_excess"),
    ("cross-validated committees", cross_validated_committees, "committee_gcv"),
    ("bagged mean", bagged_mean, "correlation_of_bagged_means"),
    ("random features", random_features, "random_features_risk"),
    ("two-layer linear network", two_layer_linear, "two_layer_linear_risk"),
]


class Silent:
    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message):
        raise AssertionError(message)


@pytest.fixture(scope="module")
def measured():
    """Return the studies of the theory after training."""
    studies = theory.theory_studies()
    for study in studies:
        theory.measure(study, Silent())
    return studies


def times(value, factor):
    """Return a number, or every number of a risk, times a factor."""
    if isinstance(value, Mapping):
        return {name: one * factor for name, one in value.items()}
    if is_dataclass(value):
        return replace(value, **{field.name: times(getattr(value, field.name), factor) for field in fields(value)})
    return value * factor


@pytest.mark.slow
@pytest.mark.ci
def test_every_number_agrees_and_each_family_has_at_least_six(measured):
    level = theory.level_of(measured)
    numbers = [number for study in measured for number in study.numbers(level)]
    assert [(one.family.form, one.comparison) for one in numbers if not one.agrees] == []
    counted = Counter(number.family.form for number in numbers)
    assert len(numbers) >= 100 and set(counted) == {form for form, *_ in FORMULAS} and min(counted.values()) >= 6


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(("form", "module", "name"), FORMULAS, ids=lambda one: one if isinstance(one, str) else "")
@pytest.mark.parametrize("factor", [1.1, 0.9])
def test_a_formula_that_is_off_by_a_tenth_is_caught(measured, monkeypatch, form, module, name, factor):
    right = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args, **keys: times(right(*args, **keys), factor))
    (study,) = (one for one in measured if one.family.form == form)
    wrong = theory.places_of(study.family, study.plan)
    for place in study.places.values():
        monkeypatch.setattr(place, "form", wrong[place.name].form)
    found = [number.comparison.holds for number in study.numbers(theory.level_of(measured))]
    assert False in found


def test_numbers_that_are_not_precise_do_not_agree():
    study = theory.theory_studies()[0]
    place = next(iter(study.places.values()))
    comparison = theory.Comparison(
        cell=place.name, loss="squared_error", term="variance", source="", measured=1.0, truth=1.0, exact=True,
        distance=0.0, half_width=0.02, error=0.0, holds=True,
    )  # fmt: skip
    assert theory.Number(study.family, comparison).agrees
    for change in ({"half_width": 0.04}, {"error": 0.04}, {"holds": False}, {"holds": None}):
        assert not theory.Number(study.family, replace(comparison, **change)).agrees
