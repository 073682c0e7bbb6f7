"""Contributions: their mean is the estimate, their standard error that of the jackknife."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.decomposition.terms import NESTED
from biasvar.results.claims.contributions import ContributionCollector, NotKnown, committee_of, contributions
from biasvar.results.claims.wanted import Wanted
from biasvar.results.ensembles import CellEnsemble, Measured

REGRESSION, CLASSES = ("squared_error", "absolute_error"), ("squared_error", "zero_one", "cross_entropy")
NAMES = ("risk", "bias_squared", "bias", "variance", "net_variance", "variance_effect", "committee.risk")
DESIGNS = {
    "joint": (("replicate",), (7,)),
    "crossed": (("data", "init"), (5, 4)),
    "nested": (("outer", "inner"), (5, 3)),
}


def regression(sources=("replicate",), sizes=(7,)):
    generator = np.random.default_rng(1)
    outputs = generator.standard_normal((*sizes, 9, 1)) + generator.standard_normal((sizes[0], *[1] * len(sizes), 1))
    kept = tuple(tuple(range(size)) for size in sizes)
    measured = Measured({"squared_error": generator.random(int(np.prod(sizes)))})
    return CellEnsemble(
        kept, sizes, sources, outputs, "values", generator.standard_normal(9)[:, None], np.full(9, 0.3), "gaussian",
        losses=REGRESSION, measured=measured,
    )  # fmt: skip


def classes(sources=("replicate",), sizes=(7,)):
    generator = np.random.default_rng(2)
    outputs = generator.standard_normal((*sizes, 11, 3))
    kept = tuple(tuple(range(size)) for size in sizes)
    target = generator.dirichlet(np.ones(3), 11)
    return CellEnsemble(kept, sizes, sources, outputs, "logits", target, losses=CLASSES, task="classification")


def asked_of(parts, loss):
    return [Wanted(0, name, loss, 2 if name == "committee.risk" else 0) for name in NAMES]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("make", "losses"), [(regression, REGRESSION), (classes, CLASSES)], ids=["values", "classes"])
def test_the_mean_is_the_estimate_of_the_table_and_the_error_that_of_the_jackknife(make, losses, design):
    sources, sizes = DESIGNS[design]
    ensemble = make(NESTED if design == "nested" else sources, sizes)
    checked = 0
    parts = ensemble.finite_parts()[0]
    for loss in losses:
        for asked in asked_of(parts, loss):
            if asked.quantity in parts[loss].points:
                wanted = parts[loss].value(asked.quantity)
            elif asked.quantity != "committee.risk":
                continue
            else:
                wanted = None
            try:
                found = contributions(ensemble, parts, asked)
            except NotKnown:
                assert wanted is None
                continue
            for place, source in enumerate(found):
                _, values = found[source]
                assert len(values) == sizes[place]
                if wanted is not None:
                    assert values.mean() == pytest.approx(wanted, rel=1e-9, abs=1e-12), (loss, asked)
                without = [value_without(ensemble, asked, place, seed) for seed in range(sizes[place])]
                n = len(without)
                jackknife = (n - 1) / n * np.square(without - np.mean(without)).sum()
                assert values.var(ddof=1) / n == pytest.approx(jackknife, rel=1e-7, abs=1e-13), (loss, asked)
                checked += 1
    assert checked >= 7


def value_without(ensemble, asked, place, seed):
    """The estimate of the other seeds, decomposed anew."""
    rest = ensemble.with_outputs(np.delete(ensemble.outputs, seed, axis=place))
    (parts,) = rest.decompose([asked.loss]).values()
    return committee_of(parts, asked) if asked.quantity == "committee.risk" else parts.value(asked.quantity)


def test_numbers_of_single_models_are_their_own_contributions():
    ensemble = regression()
    ((seeds, values),) = contributions(ensemble, {"squared_error": None}, Wanted(0, "train_risk")).values()
    assert list(seeds) == list(range(7)) and np.array_equal(values, ensemble.measured.train_risk["squared_error"])


def test_the_risk_of_a_replicate_is_its_contribution_to_the_risk():
    ensemble = regression()
    ((_, values),) = contributions(ensemble, ensemble.finite_parts()[0], Wanted(0, "risk")).values()
    own = np.square(ensemble.outputs - ensemble.target).mean(axis=(1, 2)) + 0.3
    np.testing.assert_allclose(values, own, rtol=1e-12)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Wanted(0, "risk", "zero_one"), "no zero_one: this study has squared_error, absolute_error"),
        (Wanted(0, "variance_data"), "variance_data needs design=crossed"),
        (Wanted(0, "kw_bias_squared", "squared_error"), "kw_bias_squared is not defined under squared_error"),
        (Wanted(0, "weight_norm"), "weight_norm was not measured: add it to training.measures"),
        (Wanted(0, "committee.risk", "squared_error", 50), "a committee of 50 needs as many independent models"),
    ],
)
def test_a_quantity_that_this_study_cannot_have_says_why(asked, why):
    ensemble = regression()
    with pytest.raises(NotKnown, match=why.split(":")[0]):
        contributions(ensemble, ensemble.finite_parts()[0], asked)


def test_bias_without_known_noise_is_told_from_neither():
    ensemble = replace(regression(), noise_N=None, noise_distribution=None, reference="labels")
    with pytest.raises(NotKnown, match="the noise is not known here"):
        contributions(ensemble, ensemble.finite_parts()[0], Wanted(0, "bias_squared"))


@pytest.mark.parametrize("sizes", [(2,)])
def test_two_replicates_are_too_few_to_leave_one_out(sizes):
    ensemble = regression(sizes=sizes)
    with pytest.raises(NotKnown, match="fewer than 3 replicates"):
        contributions(ensemble, ensemble.finite_parts()[0], Wanted(0, "variance"))


def test_a_measure_that_is_nan_says_so():
    ensemble = replace(regression(), measured=Measured({"squared_error": np.array([1.0, np.nan] + [1.0] * 5)}))
    with pytest.raises(NotKnown, match="not finite in some models"):
        contributions(ensemble, {"squared_error": None}, Wanted(0, "train_risk"))


def test_a_collector_decomposes_once_for_all_that_is_wanted_of_a_loss(monkeypatch):
    ensemble = classes()
    parts, calls, decompose = ensemble.finite_parts()[0], [], CellEnsemble.decompose
    monkeypatch.setattr(CellEnsemble, "decompose", lambda self, losses: calls.append(losses) or decompose(self, losses))
    wanted = [Wanted(0, "variance_effect", "zero_one"), Wanted(0, "net_variance", "zero_one")]
    collector = ContributionCollector({0: [*wanted, Wanted(0, "risk", "zero_one")]})
    collector.collect(ensemble, parts)
    assert len(calls) == 7
    for one, rows in collector.table().groupby("quantity"):
        ((_, values),) = contributions(ensemble, parts, Wanted(0, one, "zero_one")).values()
        np.testing.assert_array_equal(rows["value"], values)
