from types import SimpleNamespace

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.results import closure
from biasvar.results.closure import NotClosed
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.table import build_results
from biasvar.results.tables import write_tables
from biasvar.results.verification.comparisons import compare
from biasvar.results.verification.forms import closed_forms
from biasvar.results.verification.verification import verify_study
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.theory import bayes_error, minimum_norm_risk

LINEAR = {
    "name": "small",
    "seed": 3,
    "replicates": 12,
    "data": {"kind": "linear", "dimension": 30, "n_train": 30, "n_eval": 40},
    "resampling": {"kind": "fresh"},
    "model": {"kind": "linear", "features": 5},
    "training": {"kind": "exact"},
}
CLASSES = LINEAR | {
    "data": {"kind": "gaussian_classes", "classes": 3, "n_train": 30, "n_eval": 200},
    "model": {"kind": "random_features", "features": 8},
}


def closed_form(study, loss, epoch=None):
    """Return the first closed form of a cell, or None."""
    return next(iter(closed_forms(study, loss, epoch)), None)


ALONE = SimpleNamespace(measured=SimpleNamespace(measures={}))
"""An ensemble of which nothing is known beside its predictions."""


class Silent:
    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def plan_of(settings, features=(5, 30)):
    if not features:
        return plan([({}, settings)])
    model = settings["model"]
    return plan(({"model.features": p}, settings | {"model": model | {"features": p}}) for p in features)


@pytest.fixture
def make(tmp_path):
    """Return a function that runs a study, writes its table, and returns its folder."""

    def made(settings=LINEAR, features=(5, 30)):
        folder = tmp_path / "study"
        run(folder, plan_of(settings, features), workers=1, progress=Silent())
        write_tables(build_results(cells_in(folder)), folder)
        return folder

    return made


def verdicts(found):
    return {finding.subject: finding.holds for finding in found.findings}


def test_a_sound_study_holds_and_its_estimates_agree_with_the_closed_form(make):
    found = verify_study(make())
    assert found.wrong == 0
    assert set(verdicts(found).values()) == {True}
    by_cell = {(one.cell, one.term): one for one in found.comparisons}
    assert set(by_cell) == {(f"features={p}", term) for p in (5, 30) for term in ("bias_squared", "variance")}
    exact = minimum_norm_risk(np.full(30, 30**-0.5), 5, 30, 0.04)
    variance = by_cell["features=5", "variance"]
    assert variance.truth == exact.variance and variance.holds and variance.exact and abs(variance.distance) < 4
    infinite = by_cell["features=30", "variance"]
    assert np.isinf(infinite.truth) and infinite.holds is None and "near to p = n" in infinite.why


def test_a_damaged_shard_is_named_and_so_are_the_members_that_it_takes(make):
    folder = make()
    shard = next((folder / "shards").glob("*/*.npz"))
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    found = verify_study(folder)
    texts = {finding.subject: finding.text for finding in found.findings if finding.holds is False}
    assert shard.stem in texts["shards"] and "checksum" in texts["shards"]
    assert "of 12 are used" in texts["members"] and "not trained yet" in texts["members"]
    assert {"shards", "members", "results.csv"} == set(texts)


def test_a_table_that_was_changed_is_seen_with_its_place(make):
    folder = make()
    path = folder / "results.csv"
    text = path.read_text()
    column = text.splitlines()[0].split(",").index("variance")
    old = text.splitlines()[1].split(",")[column]
    path.write_text(text.replace(old, "0.123", 1))
    finding = next(one for one in verify_study(folder).findings if one.subject == "results.csv")
    assert finding.holds is False and "variance in row 1 is 0.123" in finding.text
    path.unlink()
    assert verdicts(verify_study(folder))["results.csv"] is None
    path.write_text("a,b\n1,2\n")
    finding = next(one for one in verify_study(folder).findings if one.subject == "results.csv")
    assert finding.holds is False and "not the same columns" in finding.text


def test_sums_that_do_not_close_are_said(make, monkeypatch):
    folder = make()

    def never(cell, parts):
        raise NotClosed("cell {}: the residual is 1")

    monkeypatch.setattr(closure, "require_closure", never)
    found = verify_study(folder)
    assert found.wrong == 1 and verdicts(found)["closure"] is False and verdicts(found)["shards"] is True


def test_evaluation_points_that_cannot_be_read_are_named(make):
    folder = make()
    path = next((folder / "evaluation").glob("*.npz"))
    path.write_bytes(b"nothing")
    finding = next(one for one in verify_study(folder).findings if one.subject == "evaluation points")
    assert finding.holds is False and path.name in finding.text


def test_settings_that_were_edited_fail_by_name_and_do_not_hide_the_rest(make):
    folder = make()
    whole = (folder / "study.json").read_text()
    (folder / "study.json").write_text(whole.replace('"tolerance": 0.001', '"tolerance": 0.5'))
    found = verify_study(folder)
    (fault,) = [one for one in found.findings if one.subject == "settings"]
    assert fault.holds is False and "settings.tolerance: 0.001 -> 0.5" in fault.text and found.wrong == 1
    (folder / "study.copy.json").write_text(whole.replace('"data=linear": 1', '"data=linear": 2'))
    found = verify_study(folder)
    assert [one.holds for one in found.findings] == [True, False, False] and "edited or damaged" in found.findings[
        1
    ].text


def test_nothing_is_written(make):
    folder = make()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    verify_study(folder)
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_the_noise_of_gaussian_classes_is_compared_once_a_loss(make):
    found = verify_study(make(CLASSES, (8, 16)))
    truths = {one.loss: one.truth for one in found.comparisons}
    error = bayes_error(3, 1.5)
    assert truths == {"squared_error": error.squared_error, "zero_one": error.zero_one}
    assert len(found.comparisons) == 2 and found.wrong == 0


def test_the_noise_of_unequal_classes_is_compared_where_the_plane_of_the_means_says_all(make):
    unequal = CLASSES["data"] | {"priors": [0.5, 0.3, 0.2], "correlations": [0.0, 0.8, -0.5], "n_eval": 4000}
    found = verify_study(make(CLASSES | {"data": unequal}, (8,)))
    assert len(found.comparisons) == 2 and all(one.holds for one in found.comparisons)
    spread = [({}, CLASSES | {"data": unequal | {"spreads": [1, 2, 0.5], "dimension": d}}) for d in (2, 3)]
    plane, space = (closed_form(cell.study, "zero_one") for cell in plan(spread).cells)
    assert plane.truths["noise"] == pytest.approx(0.0863, abs=1e-4) and space is None


def test_a_value_without_sampling_error_holds_to_rounding(make):
    found = verify_study(make(LINEAR, (0, 5)))
    assert found.wrong == 0 and {one.cell for one in found.comparisons} == {"features=0", "features=5"}


@pytest.mark.parametrize("change", [{"data": {"whiten": "standard"}}, {"training": {"importance": 1.0}}])
def test_a_fixed_design_has_no_closed_form_where_inputs_or_rows_are_changed(change):
    settings = FIXED | {"data": LINEAR["data"] | change.get("data", {}), "model": {"kind": "linear", "features": 5}}
    settings["training"] = {"kind": "exact", **change.get("training", {})}
    assert closed_form(plan([({}, settings)]).cells[0].study, "squared_error") is None


@pytest.mark.parametrize(
    "change",
    [
        {"resampling": {"kind": "bootstrap"}},
        {"model": {"kind": "linear", "features": 5, "intercept": True}},
        {"design": {"kind": "joint", "vary": ["data"]}},
        {"data": {"kind": "synthetic"}, "model": {"kind": "polynomial"}},
        {"training": {"kind": "sgd"}},
        {"training": {"kind": "exact", "directions": 3}},
        {"training": {"kind": "exact", "cutoff": 0.2}},
    ],
    ids=["bootstrap", "intercept", "fixed", "synthetic", "sgd", "directions", "cutoff"],
)
def test_cells_without_a_closed_form_have_none(change):
    study = plan([({}, LINEAR | change)]).cells[0].study
    assert closed_form(study, "squared_error") is None


def test_each_fit_of_a_linear_law_has_its_own_closed_form():
    def form(model, decay=0.0, **data):
        change = {"model": model, "training": {"kind": "exact", "weight_decay": decay}, "data": LINEAR["data"] | data}
        return closed_form(plan([({}, LINEAR | change)]).cells[0].study, "squared_error")

    linear, features = {"kind": "linear", "features": 5}, {"kind": "random_features", "features": 5}
    assert (form(linear).source, form(linear).error) == ("minimum norm", 0)
    assert (form(linear, 0.1).source, form(linear, 0.1).error) == ("ridge", pytest.approx(0.02 * (20 / 30) ** 2))
    assert form(features, 0.1).source == "random features" and "variance" in form(features, 0.1).truths
    assert "heavy tails" in form(features).not_tested
    assert "too small" in form(features, 0.1, dimension=5).not_tested
    assert form(features | {"features": 5000}, 0.1) is None


SCALES = [1.0, 3.0, 0.2, *[0.5] * 27]


def test_least_squares_on_fewer_inputs_than_rows_has_a_closed_form_at_any_scales(make):
    data = LINEAR["data"] | {"scales": SCALES}
    found = verify_study(make(LINEAR | {"data": data}, (3, 30)))
    assert {one.cell for one in found.comparisons} == {"features=3"} and all(one.holds for one in found.comparisons)
    unseen = 27 * 0.25 / 30
    truths = {one.term: one.truth for one in found.comparisons}
    assert truths == {
        "bias_squared": pytest.approx(unseen),
        "variance": pytest.approx((0.04 + unseen) * 3 / (30 - 3 - 1)),
    }


@pytest.mark.parametrize(
    "change",
    [{"model": {"kind": "random_features", "features": 5}}, {"training": {"kind": "exact", "weight_decay": 1}}],
)
def test_forms_for_standard_normal_inputs_are_not_those_of_other_scales(change):
    data = LINEAR["data"] | {"scales": SCALES}
    assert closed_form(plan([({}, LINEAR | change)]).cells[0].study, "squared_error") is not None
    assert closed_form(plan([({}, LINEAR | change | {"data": data})]).cells[0].study, "squared_error") is None


TWO_LAYERS = LINEAR | {
    "data": {"kind": "linear", "dimension": 60, "n_train": 80, "n_eval": 100, "noise_std": 0.5},
    "training": {"kind": "exact", "weight_decay": 2 * 0.05 / 48},
    "model": {
        "kind": "random_features",
        "features": 48,
        "activation": "identity",
        "weights": "orthonormal",
        "offsets": False,
    },
}


@pytest.mark.ci
@pytest.mark.slow
def test_crossed_seeds_of_a_two_layer_linear_network_give_its_components(make):
    design = {"kind": "crossed", "vary": ["data", "label_noise", "init"], "seeds": 9}
    found = {one.term: one for one in verify_study(make(TWO_LAYERS | {"design": design}, (48,))).comparisons}
    expected = {"variance_data": 0.0497, "variance_label_noise": 0.0, "variance_init": 0.1301}
    assert {term: round(found[term].truth, 4) for term in expected} == expected
    assert found["variance_interaction"].truth == pytest.approx(0.1482 + 0.1601 + 0.0781, abs=2e-4)
    assert {"bias_squared", "variance"} < found.keys() and all(one.holds for one in found.values())


def test_components_are_those_of_the_sources_that_a_design_draws_together():
    def form(**design):
        return closed_form(plan([({}, TWO_LAYERS | {"design": design})]).cells[0].study, "squared_error")

    together = form(kind="crossed", vary=["data+label_noise", "init"]).truths
    assert together["variance_data"] == pytest.approx(0.0497 + 0.1601, abs=2e-4)
    assert together["variance_interaction"] == pytest.approx(0.1482 + 0.0781, abs=2e-4)
    assert form(kind="joint").truths.keys() == {"bias_squared", "variance"}
    assert form(kind="joint").source == "two-layer linear network"


INPUTS = {"kind": "synthetic", "inputs": [-1, -0.5, 0, 0.5, 1], "noise_std": 0.5, "noise": "laplace"}
FIXED = LINEAR | {"replicates": 300, "resampling": {"kind": "fixed_design"}}


@pytest.mark.parametrize(
    "change",
    [
        {"data": INPUTS, "model": {"kind": "polynomial", "degree": 2}},
        {"data": LINEAR["data"] | {"n_train": 40}, "model": {"kind": "linear", "features": 30}},
        {"data": LINEAR["data"], "training": {"kind": "exact", "weight_decay": 0.1}},
        {
            "data": INPUTS,
            "model": {"kind": "polynomial"},
            "resampling": FIXED["resampling"] | {"evaluation": "distribution"},
        },
    ],
    ids=["list", "least squares", "ridge", "elsewhere"],
)
def test_fixed_designs_have_the_closed_form_of_their_inputs(make, change):
    settings = FIXED | change
    terms = {one.term: one for one in verify_study(make(settings, ())).comparisons}
    assert terms.keys() == {"bias_squared", "variance"} and all(one.holds and one.exact for one in terms.values())
    assert terms["variance"].source == "fixed design"


def test_at_listed_inputs_the_variance_of_least_squares_is_sigma_squared_p_over_n():
    settings = FIXED | {"data": INPUTS, "model": {"kind": "polynomial", "degree": 2}}
    study = plan([({}, settings)]).cells[0].study
    assert (study.data.n_train, study.data.n_eval) == (5, 5)
    assert closed_form(study, "squared_error").truths["variance"] == pytest.approx(0.25 * 3 / 5, rel=1e-12)


def test_wrong_estimates_do_not_hold_and_right_ones_do():
    generator = np.random.default_rng(0)
    study = plan([({}, LINEAR)]).cells[0].study
    form = closed_form(study, "squared_error")
    deviation = form.truths["variance"] ** 0.5
    around = deviation * generator.standard_normal((12, 40))
    right = np.sqrt(form.truths["bias_squared"]) + around
    assert all(one.holds for one in compare("a", decompose(right, np.zeros(40), noise=0.04), form, ALONE))
    wrong = 0.5 * np.sqrt(form.truths["bias_squared"]) + 2 * around
    assert not any(one.holds for one in compare("a", decompose(wrong, np.zeros(40), noise=0.04), form, ALONE))


@pytest.mark.parametrize(
    ("separation", "tested"), [(0.0, True), (1e-4, True), (1.5, True), (4.0, False), (6.0, False), (30.0, False)]
)
def test_right_noise_holds_at_any_separation_and_errors_too_rare_for_the_points_are_not_tested(
    make, separation, tested
):
    found = verify_study(make(CLASSES | {"data": CLASSES["data"] | {"separation": separation}}, (8,)))
    assert found.wrong == 0
    for one in found.comparisons:
        assert one.holds is (True if tested else None) and abs(one.distance) < 4
        assert ("too rare" in one.why) is not tested


def test_noise_that_is_not_that_of_the_separation_fails(make):
    study = plan([({}, CLASSES)]).cells[0].study
    form = closed_form(study, "zero_one")
    distribution = np.tile([0.9, 0.05, 0.05], (200, 1))
    (one,) = compare(
        "a", decompose(np.random.default_rng(0).random((3, 200, 3)), distribution, loss="zero_one"), form, None
    )
    assert one.holds is False and one.distance < -4


def test_a_fit_that_is_right_to_rounding_holds_where_nothing_varies(make):
    data = LINEAR["data"] | {"noise_std": 0.0, "n_train": 60}
    found = verify_study(make(LINEAR | {"data": data}, (30,)))
    assert {one.truth for one in found.comparisons} == {0.0}
    assert all(one.holds for one in found.comparisons)


DESCENT = {
    "data": {"kind": "linear", "dimension": 3, "scales": [1, 0.5, 0.2], "noise_std": 1, "n_train": 160, "n_eval": 30},
    "model": {"kind": "linear", "features": 3},
    "training": {
        "kind": "sgd", "lr": 0.2, "momentum": 0, "batch_size": 160, "epochs": 30, "evaluate_at": [0, 1, 5, 30],
        "init": "zeros", "dtype": "float64",
    },
    "replicates": 30,
}  # fmt: skip


def test_gradient_descent_from_zero_is_compared_after_each_epoch(make):
    found = verify_study(make(LINEAR | DESCENT, (3,)))
    assert [one.cell.split(", ")[-1] for one in found.comparisons] == [f"epoch={epoch}" for epoch in (0, 1, 5, 30)]
    assert all(one.term == "risk" and one.holds for one in found.comparisons) and found.wrong == 0


@pytest.mark.parametrize(("lr", "weight_decay"), [(0.2, 0.0), (0.1, 0.5)])
def test_gradient_descent_that_has_converged_is_compared_with_the_penalised_minimum(make, lr, weight_decay):
    changed = {name: dict(DESCENT[name]) for name in ("data", "model", "training")}
    changed["data"] |= {"dimension": 10, "scales": [], "noise_std": 0.5, "n_train": 40}
    changed["model"] |= {"features": 10}
    changed["training"] |= {"lr": lr, "weight_decay": weight_decay, "epochs": 400, "evaluate_at": [10, 400]}
    found = verify_study(make(LINEAR | DESCENT | changed, (10,)))
    converged = [one for one in found.comparisons if one.cell.endswith("epoch=400")]
    assert {one.term for one in converged} == {"bias_squared", "variance"} and found.wrong == 0
    assert all(one.term == "risk" for one in found.comparisons if one not in converged)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"training": {"momentum": 0.5}}, None),
        ({"training": {"init": "default"}}, None),
        ({"training": {"batch_size": 80}}, None),
        ({"training": {"schedule": "cosine"}}, None),
        ({"training": {"optimizer": "adam"}}, None),
        ({"training": {"weight_decay": 0.1}}, None),
        ({"model": {"features": 2}}, None),
        ({"data": {"n_train": 120}}, "too small"),
        ({"data": {"noise_std": 0.1}}, "so little noise"),
        ({"training": {"lr": 0.9}}, "so long"),
    ],
)
def test_other_descents_have_no_closed_form_or_one_that_says_nothing(change, why):
    settings = LINEAR | {name: DESCENT[name] | change.get(name, {}) for name in ("data", "model", "training")}
    form = closed_form(plan([({}, settings)]).cells[0].study, "squared_error", 5)
    assert form is None if why is None else why in form.not_tested
