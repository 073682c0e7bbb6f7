"""Cells whose trouble is known beforehand are diagnosed rightly, and no diagnosis contradicts the table."""

import dataclasses
import math
import shlex
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from biasvar.api.progress import Quiet
from biasvar.composition.compose import plan_study
from biasvar.decomposition import LOSSES
from biasvar.results.conditions import swept_keys
from biasvar.results.diagnosis.diagnosis import diagnose
from biasvar.results.diagnosis.effects import effect_of, line_along
from biasvar.results.diagnosis.near_threshold import is_near
from biasvar.results.diagnosis.parts import OF_ANY, SUMS
from biasvar.results.diagnosis.regime import (
    BALANCED,
    HIGH_BIAS,
    HIGH_VARIANCE,
    NOISE_LIMITED,
    NOT_DECIDED,
    regime_of,
)
from biasvar.results.diagnosis.remedies import REMEDIES
from biasvar.settings import SettingsError
from tests.undrawn import undrawn

POINTS = "data.n_eval=100"
LINE = ("data=synthetic", "resampling=fresh", "model=polynomial", "training=exact", POINTS, "replicates=30")
GAUSSIAN = ("data=linear", "model=linear", POINTS, "replicates=30")
BUILT = {
    # a line through a sine
    "high_bias": (*LINE, "model.degree=1,2", "data.n_train=100", "data.noise_std=0.1"),
    # 30 coefficients from 40 rows: the variance is 30 / 9 of the noise
    "high_variance": (*GAUSSIAN, "data.dimension=30", "data.noise_std=0.5", "model.features=29,30"),
    # the right model on many rows: the variance is 4 / 200 of the noise
    "noise_limited": (*LINE, "data.function=cubic", "model.degree=3,4", "data.n_train=200", "data.noise_std=0.5"),
    # 44 coefficients from 40 rows
    "near": (
        *GAUSSIAN[:2],
        "replicates=30",
        "data.n_eval=200",
        "data.dimension=200",
        "data.noise_std=0.5",
        "model.features=20,40,44,62,180",
    ),
    # the label of a patient is drawn once
    "unknown": ("data=diabetes", "model=linear", "model.features=1,2", "replicates=10", "data.n_eval=100"),
}
CELLS = {"near": {"model.features": 44}}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a function that trains one of the built studies, once."""
    found = {}

    def of(name):
        if name not in found:
            found[name] = undrawn(tmp_path_factory.mktemp(name), *BUILT[name])
        return found[name]

    return of


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize(
    ("name", "regime"),
    [
        ("high_bias", HIGH_BIAS),
        ("high_variance", HIGH_VARIANCE),
        ("noise_limited", NOISE_LIMITED),
        ("near", HIGH_VARIANCE),
        ("unknown", NOT_DECIDED),
    ],
)
def test_a_built_study_is_diagnosed_rightly(built, name, regime):
    found = built(name).diagnosis(CELLS.get(name))
    assert found.regime == regime
    assert [one.measured for one in found.near] == ([40.0] if name == "near" else [])
    assert (found.regimes["squared_error"].parts.noise is None) == (name == "unknown")
    assert found.is_least == (name != "near")


@pytest.mark.slow
@pytest.mark.ci
def test_the_chapters_rule_agrees_where_it_should(built):
    for name, says in (("high_bias", HIGH_BIAS), ("high_variance", HIGH_VARIANCE), ("noise_limited", NOISE_LIMITED)):
        found = built(name).diagnosis()
        assert found.rule.says == says and found.rule.agrees(found.regime) is True
        assert found.rule.agrees(BALANCED) is False and found.rule.agrees(NOT_DECIDED) is None


@pytest.mark.slow
@pytest.mark.ci
def test_only_cells_by_the_threshold_are_near_it(built):
    near = {one: bool(built("near").diagnosis({"model.features": one}).near) for one in (20, 40, 44, 62, 180)}
    assert near == {20: False, 40: True, 44: True, 62: False, 180: False}
    assert not is_near(math.inf, 40.0) and not is_near(0.0, 40.0) and is_near(60.0, 40.0) and not is_near(61.0, 40.0)


@pytest.mark.slow
@pytest.mark.ci
def test_a_sweep_that_interpolates_from_the_start_is_near_no_threshold(built):
    results = built("near").results
    table = results.table[results.table["model.features"] >= 44].reset_index(drop=True)
    beyond = dataclasses.replace(results, table=table)
    assert diagnose(beyond, built("near").made_of, {"model.features": 44}).near == ()


def row_of(bias, variance, noise, width, loss="squared_error"):
    """Return a row of the table whose parts have intervals of a width."""
    row = {"loss": loss, "risk": bias + variance + noise, "noise": noise, "bias_squared": bias, "variance": variance}
    widths = {"bias_squared": width, "variance": width}
    ends = {name + end: value + side * widths.get(name, 0.0) for name, value in row.items() if name != "loss"
            for end, side in (("_low", -1), ("_high", 1))}  # fmt: skip
    return pd.Series(row | ends)


@pytest.mark.parametrize(
    ("bias", "variance", "noise", "width", "name"),
    [
        (0.8, 0.2, 0.5, 0.29, HIGH_BIAS),
        (0.8, 0.2, 0.5, 0.31, NOT_DECIDED),
        (0.2, 0.8, 0.5, 0.29, HIGH_VARIANCE),
        (0.5, 0.5, 0.5, 0.19, BALANCED),
        (0.5, 0.5, 0.5, 0.21, NOT_DECIDED),
        (0.6, 0.4, 0.5, 0.05, HIGH_BIAS),  # before balanced
        (0.08, 0.02, 0.91, 0.001, NOISE_LIMITED),  # whatever the rest
        (0.08, 0.02, 0.89, 0.001, HIGH_BIAS),
        (-0.01, 1.01, 0.0, 0.1, HIGH_VARIANCE),
        (-0.01, 0.001, 1.0, 0.1, NOISE_LIMITED),  # a risk below the noise
    ],
)
def test_whole_intervals_decide(bias, variance, noise, width, name):
    assert regime_of(row_of(bias, variance, noise, width)).name == name


@pytest.mark.parametrize("share", [0.35, 0.45, 0.52, 0.55, 0.62, 0.75, 0.9])
def test_as_many_more_replicates_as_are_asked_for_decide_and_fewer_do_not(share):
    found = regime_of(row_of(share, 1 - share, 0.3, 0.6))
    assert found.name == NOT_DECIDED and found.times > 1
    for times, decided in ((1.01 * found.times, True), (0.99 * found.times, False)):
        again = regime_of(row_of(share, 1 - share, 0.3, 0.6 / np.sqrt(times)))
        assert (again.name != NOT_DECIDED) == decided


def unknown_noise(bias_plus_noise, variance, width, loss="squared_error"):
    row = row_of(bias_plus_noise, variance, 0.0, width)
    row[["noise", "noise_low", "noise_high"]] = np.nan
    for end in ("", "_low", "_high"):
        row[f"bias_squared_plus_noise{end}"], row[f"bias_squared{end}"] = row[f"bias_squared{end}"], np.nan
    return row


def test_with_unknown_noise_a_large_variance_alone_is_told():
    assert regime_of(unknown_noise(0.3, 0.7, 0.1)).name == HIGH_VARIANCE
    undecided = regime_of(unknown_noise(0.7, 0.3, 0.01))
    assert undecided.name == NOT_DECIDED and math.isinf(undecided.times)
    assert undecided.parts.bias.name == "bias_squared_plus_noise" and undecided.parts.noise is None
    assert 1 < regime_of(unknown_noise(0.3, 0.7, 0.3)).times < math.inf


def test_a_loss_has_parts_of_its_own_identity_or_the_effects_of_any():
    assert SUMS.keys() == LOSSES.keys() - {"absolute_error"}
    assert OF_ANY == ("noise", "systematic_effect", "variance_effect")


SWEEP = ("study=u_curve", POINTS, "replicates=12", "model.degree=2,4,9", "data.n_train=20,60")
SWEEP += ("training.weight_decay=0,0.1",)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    return undrawn(tmp_path_factory.mktemp("sweep"), *SWEEP)


@pytest.mark.slow
@pytest.mark.ci
def test_no_diagnosis_contradicts_the_table(sweep):
    """Parts add up, and each named place is the best in its direction, by the difference in the table."""
    table, seen = sweep.table.set_index("cell"), 0
    for cell, row in table.iterrows():
        found = sweep.diagnosis(cell)
        parts = found.regimes["squared_error"].parts
        assert found.cell == cell and found.is_least == (row["risk"] == table["risk"].min())
        assert parts.excess == pytest.approx(parts.bias.value + parts.variance.value)
        assert (parts.bias.value > parts.variance.value) or found.regime != HIGH_BIAS
        assert (parts.variance.value > parts.bias.value) or found.regime != HIGH_VARIANCE
        for remedy, finding in found.remedies:
            axis = {"capacity": "model.degree"}.get(getattr(remedy, "axis", ""), getattr(remedy, "axis", ""))
            if finding.effect is None or not axis:
                continue
            others = [key for key in swept_keys(sweep.results) if key != axis]
            line = table[(table[others] == row[others]).all(axis=1)]
            ahead = line[remedy.sign * line[axis] > remedy.sign * row[axis]]
            key, _, value = finding.place.partition(" = ")
            assert key == axis and float(value) == ahead.loc[ahead["risk"].idxmin(), axis]
            if finding.effect.average == "mean":
                assert finding.effect.value == pytest.approx(ahead["risk"].min() - row["risk"])
            assert finding.effect.low <= finding.effect.value <= finding.effect.high
            seen += 1
    assert seen > 20


@pytest.mark.slow
@pytest.mark.ci
def test_the_interval_is_wider_where_the_cell_itself_was_chosen(sweep):
    """What is compared with the cell of least risk is compared with the luckiest one."""
    least = sweep.table.loc[sweep.table["risk"].idxmin()]
    line = line_along(sweep.results, least, "model.degree")
    others = line[line["cell"] != least["cell"]]
    (_, chosen), (_, given) = (effect_of(sweep.results, least, others, one) for one in (True, False))
    assert chosen.value == given.value and chosen.high - chosen.low > given.high - given.low


@pytest.mark.slow
@pytest.mark.ci
def test_too_few_replicates_tell_nothing_of_a_remedy(tmp_path):
    study = undrawn(tmp_path / "s", *LINE[:-1], "replicates=7", "model.degree=1,3")
    smaller = next(finding for remedy, finding in study.diagnosis().remedies if remedy.name == "a smaller model")
    assert smaller.effect is None and smaller.reason == "fewer than 8 replicates are shared" and not smaller.override


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", BUILT)
def test_every_override_that_would_try_a_remedy_is_accepted(built, name):
    found = built(name).diagnosis(CELLS.get(name))
    overrides = [finding.override for _, finding in found.remedies if finding.override]
    assert len(found.remedies) == len(REMEDIES) and len(overrides) >= 3
    for override in overrides:
        words = shlex.split(override)
        taken = tuple(word.partition("=")[0] + "=" for word in words) + ("model.",) * ("model=estimator" in words)
        mine = [one for one in BUILT[name] if not one.startswith(taken)]
        assert len(plan_study([*mine, *words], Quiet().warn).cells) > 1


@pytest.mark.slow
@pytest.mark.ci
def test_a_cell_is_named_by_values_or_their_texts(built):
    study = built("near")
    assert study.diagnosis({"model.features": 44}) == study.diagnosis({"model.features": "44"}) == study.diagnosis(2)
    for where, hint in (({"model.featurs": 1}, "did you mean model.features?"),
                        ({"features": 44}, "did you mean model.features?"),
                        ({"model.features": 43}, "did you mean model.features=44?"),
                        ({"model.features": "many"}, "")):  # fmt: skip
        with pytest.raises(SettingsError) as error:
            study.diagnosis(where)
        (problem,) = error.value.problems
        assert problem.hint == hint and problem.needs.startswith("one of ")


def test_predictions_made_elsewhere_are_diagnosed_without_overrides(studies, with_replicates):
    """Their settings are not known."""
    for name in ("u", "gaps", "one", "zero_one"):
        results = with_replicates(studies[name]())
        found = diagnose(results, SimpleNamespace(study=lambda cell: None))
        assert not any(finding.override for _, finding in found.remedies)
