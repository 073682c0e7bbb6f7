"""Evidence from simulated studies: places are the table's, and flat curves seldom get a shape."""

import dataclasses

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.shapes.evidence_table import curves_table, evidence_of
from biasvar.results.shapes.shapes import NO, YES

SEEDS, POINTS = 16, 6


def with_risks(results, risk_PR, **columns):
    """Return a study of one curve, whose places have these risks of replicates."""
    cells = results.table["cell"].iloc[: len(risk_PR)]
    columns |= {"risk": risk_PR.mean(axis=1), "risk_median": np.median(risk_PR, axis=1)}
    table = results.table.iloc[: len(risk_PR)].assign(train_risk=1.0, **columns)  # never interpolates: one regime
    numbers_R = np.arange(risk_PR.shape[1])
    risks = {(cell, "squared_error"): (numbers_R, risk_R) for cell, risk_R in zip(cells, risk_PR, strict=True)}
    return dataclasses.replace(results, table=table, replicate_risk=risks)


def found_in(results):
    """Return the statements on a study's only curve by name."""
    (evidence,) = evidence_of(results, "squared_error")
    return {statement.name: statement for statement in evidence.statements}


def test_places_are_the_tables_and_every_difference_is_that_of_all_replicates(studies):
    # A rise that is steady lies beside a larger one that is not: a statistic would choose the first (place 2).
    risk_P, generator = np.array([5.0, 1.0, 6.0, 9.0, 3.0]), np.random.default_rng(0)
    risk_PR = risk_P[:, None] + 0.01 * generator.standard_normal((5, 20))
    risk_PR[3] += 4 * generator.standard_normal(20)
    results = with_risks(studies["plain_descent"](), risk_PR, parameters=np.array([10, 50, 100, 150, 200]))
    found = found_in(results)
    assert found["minimum"].places == (1,)
    assert found["U-shaped"].places == (0, 1, 4) and found["U-shaped"].verdict == YES
    assert found["double descent"].places == (1, 3, 4) and found["double descent"].verdict == YES
    assert found["monotone"].places == (1, 3) and found["monotone"].verdict == NO
    for statement in found.values():
        assert statement.column == "risk"
        for gap in statement.differences:
            wanted = (risk_PR[gap.first] - risk_PR[gap.second]).mean()
            assert (gap.value, gap.n) == (pytest.approx(wanted), 20)
    few_parameters = with_risks(results, risk_PR, parameters=np.arange(5))
    assert found_in(few_parameters)["rise between falls"] == dataclasses.replace(
        found["double descent"], name="rise between falls"
    ), "without a threshold in the sweep it is no double descent"


@pytest.mark.parametrize(("distance", "column"), [(0, "risk_median"), (3, "risk_median"), (4, "risk")])
def test_near_an_unregularised_threshold_differences_are_medians_whatever_the_replicates_look_like(
    studies, distance, column
):
    risk_P = np.array([5.0, 2.0, 9.0, 3.0, 1.0])
    risk_PR = risk_P[:, None] + 0.1 * np.random.default_rng(0).standard_normal((5, 20))
    parameters = np.array([10, 50, 100 - distance, 150, 200])
    settings = {"training": "exact", "parameters": parameters, "degrees_of_freedom": np.minimum(parameters, 100)}
    results = with_risks(studies["plain_descent"](), risk_PR, **settings)
    assert found_in(results)["double descent"].column == column
    method = curves_table(results).query("statement == 'double descent'")["method"]
    assert method.str.contains("pseudo-medians").all() == (column == "risk_median")
    penalised = with_risks(results, risk_PR, **settings | {"degrees_of_freedom": 0.9 * np.minimum(parameters, 100)})
    assert found_in(penalised)["double descent"].column == "risk"


def flat(generator):
    """Predictions [I, J, N] of f* = 0 with bias 0.3 and, at every place, the same components, of init above all."""
    scales = {(SEEDS, 1, POINTS): 0.2, (1, SEEDS, POINTS): 1.0, (SEEDS, SEEDS, POINTS): 0.2}
    return 0.3 + sum(scale * generator.standard_normal(shape) for shape, scale in scales.items())


def risks_of_models(predictions_IJN):
    """Return the risks of independent models, as the table takes them, and the means over shared init seeds: [R]."""
    seeds, sizes = tuple(range(SEEDS)), predictions_IJN.shape[:2]
    target_N, options = np.zeros(POINTS), {"design": "crossed", "noise": 0.1}
    risk_M = decompose(predictions_IJN, target_N, **options).risk_of_models
    about = (predictions_IJN[..., None], "values", target_N, np.full(POINTS, 0.1))
    ensemble = CellEnsemble((seeds, seeds), sizes, ("data", "init"), *about)
    return ensemble.independent(risk_M)[1], risk_M.reshape(sizes).mean(axis=1)


@pytest.mark.ci
@pytest.mark.slow
def test_a_flat_crossed_curve_seldom_gets_a_shape_but_often_where_replicates_share_init_seeds(studies):
    generator, results = np.random.default_rng(1), studies["plain_descent"]()
    shapes, runs = ("double descent", "U-shaped", "rises"), 30
    counts = {kind: dict.fromkeys(shapes, 0) for kind in ("alone", "shared")}
    for _ in range(runs):
        alone, shared = zip(*(risks_of_models(flat(generator)) for _ in range(8)), strict=True)
        for kind, risk_PR in (("alone", alone), ("shared", shared)):
            found = found_in(with_risks(results, np.array(risk_PR), design="crossed", vary="data × init"))
            for name in shapes[:2]:
                counts[kind][name] += found[name].verdict == YES
            counts[kind]["rises"] += found["monotone"].verdict == NO
    # At a level of 95 % fewer than one in twenty is expected: six of 30 come about in fewer than one run of 100.
    assert max(counts["alone"].values()) <= 5
    assert min(counts["shared"][name] for name in ("double descent", "rises")) > runs / 3
