"""Laws that every design obeys; the table of designs is the list."""

from math import prod

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.settings import SettingsError
from biasvar.study.checks import warnings_on
from biasvar.study.designs import DESIGNS
from biasvar.study.plan import pack, plan
from biasvar.study.sources import fixed_sources, inactive_source
from biasvar.training.member import Draws
from biasvar.training.sources import SOURCES_OF_VARIANCE
from biasvar.training.train import train

CLASSES = {"kind": "gaussian_classes", "n_train": 40, "label_noise": 0.2}
MLP = {"kind": "mlp", "width": 4, "dropout": 0.1}
SGD = {"kind": "sgd", "batch_size": 8}
EVERYTHING = {"data": CLASSES, "model": MLP, "training": SGD}


@pytest.fixture
def study(settings):
    """Return a function from changed settings to the one cell's study."""
    return lambda **changes: plan([({}, settings(**changes))]).cells[0].study


@pytest.mark.parametrize("kind", [kind for kind, design in DESIGNS.items() if hasattr(design, "vary")])
def test_a_cell_has_a_member_for_each_place_of_the_designs_axes_and_no_two_draw_the_same(settings, kind):
    for vary in (["data"], ["data", "init"], ["init", "label_noise", "data"]):
        design = {"kind": kind, "vary": vary} | ({"seeds": 3} if kind == "crossed" else {})
        cell = plan([({}, settings(**EVERYTHING, design=design))]).cells[0]
        sizes = cell.study.design.sizes(cell.study.replicates)
        assert len(sizes) == len(cell.study.design.sources)
        assert len({member.draws for member in cell.members}) == len(cell.members) == prod(sizes)
        fixed = set(SOURCES_OF_VARIANCE) - set(vary)
        assert all(member.draws[source] == 0 for member in cell.members for source in fixed)
        assert all(any(member.draws[source] for member in cell.members) for source in vary)


def test_a_study_that_says_nothing_of_its_design_varies_everything_jointly(study):
    design = study().design
    assert design.sources == ("replicate",)
    assert design.draws(4, SOURCES_OF_VARIANCE) == [Draws.joint(replicate) for replicate in range(4)]


def test_a_crossed_design_counts_in_c_order_the_first_source_slowest(study):
    one = study(**EVERYTHING, design={"kind": "crossed", "vary": ["init", "data"], "seeds": 2})
    assert one.design.sources == ("init", "data") and one.design.sizes(one.replicates) == (2, 2)
    drawn = one.design.draws(one.replicates, SOURCES_OF_VARIANCE)
    assert [(draws["init"], draws["data"]) for draws in drawn] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_sources_joined_by_plus_are_drawn_together_and_called_by_the_first(study):
    one = study(**EVERYTHING, design={"kind": "crossed", "seeds": 2})
    assert one.design.sources == ("data", "init") and fixed_sources(one) == ()
    for draws in one.design.draws(one.replicates, SOURCES_OF_VARIANCE):
        assert draws["data"] == draws["label_noise"] and draws["init"] == draws["dropout"]
    alone = study(**EVERYTHING, design={"kind": "crossed", "seeds": 2, "vary": ["data", "init+dropout"]})
    assert fixed_sources(alone) == ("label_noise", "batch_order")


def test_three_sources_cross_in_a_cube(study):
    one = study(**EVERYTHING, design={"kind": "crossed", "vary": ["data", "init", "dropout"], "seeds": 3})
    assert one.design.sizes(one.replicates) == (3, 3, 3)
    assert len(one.design.draws(one.replicates, SOURCES_OF_VARIANCE)) == 27


def test_more_seeds_keep_the_members_there_are(settings):
    few, many = (
        plan([({}, settings(**EVERYTHING, design={"kind": "crossed", "seeds": seeds}))]).members for seeds in (2, 4)
    )
    assert few.keys() < many.keys()


def test_members_of_a_crossed_cell_share_their_training_sets_within_a_job(settings):
    features = {"kind": "random_features", "features": 8}
    study_plan = plan([({}, settings(model=features, design={"kind": "crossed", "seeds": 20}))])
    for job in pack(study_plan.members.values()):
        data = [member.draws["data"] for member in job.members]
        assert data == sorted(data)


@pytest.mark.parametrize(
    ("changes", "source", "where"),
    [
        ({}, "label_noise", ""),
        ({"data": {"kind": "linear", "dimension": 12, "noise_std": 0.0}}, "label_noise", "data.noise_std = 0"),
        ({"resampling": {"kind": "bootstrap"}}, "label_noise", "resampling=bootstrap, where the noise belongs"),
        ({"data": CLASSES}, "label_noise", ""),
        ({"data": CLASSES | {"label_noise": 0.0}}, "label_noise", "data=gaussian_classes without data.label_noise"),
        ({"data": {"kind": "diabetes"}, "resampling": {"kind": "bootstrap"}}, "label_noise", "data=diabetes, whose"),
        ({}, "init", "model=linear"),
        ({"training": SGD}, "init", ""),
        ({"model": {"kind": "random_features"}}, "init", ""),
        ({}, "batch_order", "training=exact"),
        ({"training": SGD}, "batch_order", ""),
        ({"training": SGD | {"batch_size": 20}}, "batch_order", "full batches (training.batch_size = 20, data.n_tr"),
        ({}, "dropout", "model.dropout = 0"),
        ({"model": {"kind": "random_features"}}, "dropout", "model=random_features"),
        (EVERYTHING, "dropout", ""),
        ({"model": {"kind": "mlp"}, "training": SGD}, "dropout", "model.dropout = 0"),
    ],
)
def test_a_source_that_is_not_there_is_known(study, changes, source, where):
    found = inactive_source(study(**changes), source)
    assert found.startswith(where) and bool(found) == bool(where)


def problems(settings, **changes):
    with pytest.raises(SettingsError) as error:
        plan([({}, settings(**changes))])
    return error.value.problems


@pytest.mark.parametrize(
    ("design", "what", "hint"),
    [
        ({"kind": "crossed", "vary": ["data", "init"]}, "design.vary: init has nothing to vary in model=linear", ""),
        ({"kind": "crossed", "vary": ["data+data"]}, "design.vary = [data+data] names one twice", ""),
        ({"kind": "joint", "vary": ["data+ini"]}, "design.vary = [data+ini]: ini is not allowed", "did you mean init?"),
        ({"kind": "joint", "vary": ["init"]}, "design.vary: init has nothing to vary in model=linear", ""),
        ({"kind": "crossed", "vary": ["data"], "seeds": 1}, "design.seeds = 1 is not allowed", "variance needs at lea"),
        ({"kind": "joint", "vary": ["dat"]}, "design.vary = [dat]: dat is not allowed", "did you mean data?"),
        ({"kind": "joint", "vary": "data"}, "design.vary = data is not allowed", "write [data]"),
        ({"kind": "joint", "vary": []}, "design.vary = [] is not allowed", ""),
        ({"kind": "joint", "vary": ["data", "data"]}, "design.vary = [data, data] names one twice", ""),
        ({"kind": "joint", "seeds": 3}, "design.seeds is not a key of design=joint", "design=crossed has it"),
        ({"kind": "cross"}, "design = cross is not known", "did you mean crossed?"),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_is_refused_with_a_hint(settings, design, what, hint):
    (problem,) = problems(settings, design=design)
    assert problem.what == what
    assert problem.hint.startswith(hint)


def test_a_joint_design_may_name_sources_that_are_not_there_beside_one_that_is(study):
    assert study(design={"kind": "joint", "vary": ["data", "init"]}).design.vary == ("data", "init")


def test_disjoint_blocks_are_counted_by_draws_of_the_data(settings):
    pool = {"kind": "linear", "dimension": 12, "n_train": 20, "n_pool": 100}
    crossed = {"kind": "crossed", "vary": ["data", "init"], "seeds": 6}
    (problem,) = problems(
        settings, data=pool, resampling={"kind": "disjoint"}, model={"kind": "random_features"}, design=crossed
    )
    assert problem.what == "data.n_train = 20 x design.seeds = 6 needs 120 rows, and the pool has 100"
    assert problem.needs == "at most 16"
    plan([({}, settings(data=pool, resampling={"kind": "disjoint"}, design={"kind": "joint"}))])
    held = {"kind": "joint", "vary": ["init"]}
    plan([({}, settings(data=pool, resampling={"kind": "disjoint"}, replicates=9, model={"kind": "random_features"},
                        design=held))])  # fmt: skip


def test_a_kfold_splits_rows_that_must_be_there(settings):
    pool = {"kind": "linear", "dimension": 12, "n_train": 91, "n_pool": 100}
    (problem,) = problems(settings, data=pool, resampling={"kind": "kfold"})
    assert problem.what == "data.n_train = 91 needs 102 rows, and the pool has 100"
    assert problem.needs == "at most 90"


def test_what_is_held_is_known_and_said(study):
    joint = study(**EVERYTHING)
    assert fixed_sources(joint) == () and not [text for text in warnings_on(joint) if "fixed" in text]
    crossed = study(**EVERYTHING, design={"kind": "crossed", "vary": ["data", "label_noise"], "seeds": 2})
    assert fixed_sources(crossed) == ("init", "batch_order", "dropout")
    assert warnings_on(crossed) == ["init, batch_order, dropout are fixed: their variance is part of bias squared"]
    exact = study(design={"kind": "joint", "vary": ["data"]})
    assert warnings_on(exact) == ["label_noise is fixed: its variance is part of bias squared"]


def test_a_held_source_moves_its_variance_into_bias_squared(settings):
    """The truth of that warning: where initialisation is held, variance misses it and bias squared holds it."""
    found = {}
    for name, vary in (("all", ["data", "label_noise", "init"]), ("fixed", ["data", "label_noise"])):
        parts = []
        for seed in range(8):
            cell = plan([({}, settings(seed=seed, replicates=30, model={"kind": "random_features", "features": 4},
                                       training={"kind": "exact", "weight_decay": 0.1},
                                       design={"kind": "joint", "vary": vary}))]).cells[0]  # fmt: skip
            predictions = np.stack([one.outputs_NK for one in train(cell.members)])
            known = cell.study.data.evaluation(seed)
            parts.append(decompose(predictions, known.target, noise=known.noise_N))
        found[name] = [np.mean([getattr(one, term) for one in parts]) for term in ("bias_squared", "variance")]
    (all_bias, all_variance), (held_bias, held_variance) = found["all"], found["fixed"]
    assert held_variance < 0.8 * all_variance
    assert held_bias > all_bias + 0.5 * (all_variance - held_variance)
