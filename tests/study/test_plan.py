import pytest

from biasvar.data import SOURCES
from biasvar.settings import SettingsError
from biasvar.study import plan as plan_module
from biasvar.study.plan import output_bytes, pack, plan


def test_a_plan_has_a_member_for_each_cell_and_replicate(small_plan):
    study = small_plan()
    assert len(study.cells) == 3 and len(study.members) == 12
    assert study.axes == ("model.features",)


def test_replicates_share_their_draws_across_cells(small_plan):
    first, second, _ = small_plan().cells
    assert [member.draws for member in first.members] == [member.draws for member in second.members]


def test_cells_with_the_same_settings_share_their_members(settings):
    study = plan([({"seed": 3}, settings()), ({"seed": 3}, settings()), ({"seed": 4}, settings(seed=4))])
    assert len(study.members) == 8


def test_more_replicates_keep_the_members_there_are(small_plan):
    assert small_plan().members.keys() < small_plan(replicates=6).members.keys()


def test_packing_loses_and_doubles_no_member_and_puts_the_longest_job_first(small_plan):
    members = small_plan((1, 2, 3, 6, 12), replicates=300, limits={"max_models": 9999}).members
    jobs = pack(members.values())
    packed = [member.id for job in jobs for member in job.members]
    assert sorted(packed) == sorted(members)
    assert len(jobs) > 4
    assert [job.flops for job in jobs] == sorted((job.flops for job in jobs), reverse=True)
    assert len({job.id for job in jobs}) == len(jobs)


def test_a_job_ends_where_its_outputs_are_as_many_as_a_worker_should_hold(settings, monkeypatch):
    decays = [0.1 * k for k in range(10)]
    cells = [({"w": w}, settings(replicates=30, training={"kind": "exact", "weight_decay": w})) for w in decays]
    members = plan(cells).members
    one = output_bytes(next(iter(members.values())))
    assert one == 30 * 8, "n_eval numbers in float64"
    for largest, most in ((25 * one, 20), (7 * one, 7), (one - 1, 1)):
        monkeypatch.setattr(plan_module, "LARGEST_OUTPUTS", largest)
        jobs = pack(members.values())
        assert max(len(job.members) for job in jobs) == most, "whole paths where they fit, else parts of them"
        assert sorted(member.id for job in jobs for member in job.members) == sorted(members)


def test_a_weight_decay_path_stays_in_one_job(settings):
    decays = [0.0, 0.1, 1.0]
    cells = [({"w": w}, settings(replicates=200, training={"kind": "exact", "weight_decay": w})) for w in decays]
    for job in pack(plan(cells).members.values()):
        by_replicate = {}
        for member in job.members:
            by_replicate.setdefault(member.draws["data"], []).append(member.training.weight_decay)
        assert all(sorted(path) == decays for path in by_replicate.values())


STACKED = {"kind": "convnet", "width": 2, "norm_order": "after"}  # which has no compiled kernel


def test_members_that_train_side_by_side_are_packed_together_whatever_their_cells(settings):
    images = {"kind": "digits", "view": "images", "n_train": 400, "n_eval": 50}
    networks = {"data": images, "resampling": {"kind": "bootstrap"}, "model": STACKED}
    grid = [
        (
            {"training.weight_decay": decay},
            settings(**networks, training={"kind": "sgd", "epochs": 300, "weight_decay": decay}),
        )
        for decay in (0.0, 0.1)
    ]
    jobs = pack(plan(grid).members.values())
    whole = grid[0][1]["replicates"] * 2 // 4
    assert sorted(len(job.members) for job in jobs)[-whole:] == [4] * whole
    assert len(jobs) == -(-grid[0][1]["replicates"] * 2 // 4)


def test_members_of_different_devices_never_share_a_job(settings):
    networks = {"model": {"kind": "mlp"}, "training": {"kind": "sgd"}}
    grid = [({"device": device}, settings(**networks, device=device)) for device in ("cpu", "cuda")]
    assert all(len({m.device for m in job.members}) == 1 for job in pack(plan(grid).members.values()))


def test_members_of_one_job_have_outputs_of_one_shape(settings):
    cells = [({"n": n}, settings(data={"kind": "linear", "dimension": 5, "n_eval": n})) for n in (10, 20)]
    assert all(len({m.data.n_eval for m in job.members}) == 1 for job in pack(plan(cells).members.values()))


def test_components_are_fewer_than_the_rows_that_are_distinct_under_the_bootstrap(settings, monkeypatch):
    data = {"kind": "cifar10", "view": "pca", "n_train": 3000, "components": 2500}
    images = settings(data=data, resampling={"kind": "bootstrap"}, model={"kind": "random_features"})
    plan([({}, images)])
    monkeypatch.setattr(SOURCES["cifar10"], "available", lambda self: 3000)
    with pytest.raises(SettingsError) as error:
        plan([({}, images)])
    (problem,) = error.value.problems
    assert problem.needs.endswith("data.n_train = 3000, of which about 1897 are distinct under bootstrap")


def test_every_problem_of_every_cell_is_said_once(settings):
    bad = settings(model={"kind": "linear", "features": -1}, replicates=1, training={"kind": "exakt"})
    with pytest.raises(SettingsError) as error:
        plan([({}, bad), ({}, bad)])
    assert [problem.key for problem in error.value.problems] == ["model.features", "training", "replicates"]
    assert error.value.problems[1].hint == "did you mean exact?"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"data": {"kind": "digits"}},
            "resampling=fresh draws from a distribution, and data=digits is a table of 1,000 rows",
        ),
        (
            {"resampling": {"kind": "disjoint"}, "data": {"kind": "linear", "n_train": 300, "n_pool": 1000}},
            "data.n_train = 300 x replicates = 4 needs 1,200 rows, and the pool has 1,000",
        ),
        (
            {"resampling": {"kind": "subsample"}, "data": {"kind": "linear", "n_train": 50, "n_pool": 40}},
            "data.n_train = 50 needs 50 rows, and the pool has 40",
        ),
        ({"model": {"kind": "linear", "features": 13}}, "features = 13 is more than the 12 inputs of data=linear"),
        ({"model": {"kind": "polynomial"}}, "model=polynomial takes one input"),
        ({"model": {"kind": "mlp"}}, "training=exact fits what is linear in its parameters"),
        (
            {"model": {"kind": "mlp"}, "training": {"kind": "sgd", "dtype": "bfloat16"}},
            "on a CPU the compiled kernel trains model=mlp",
        ),
        (
            {"model": {"kind": "convnet"}, "training": {"kind": "sgd"}},
            "model=convnet takes square images",
        ),
        (
            {"data": {"kind": "digits"}, "resampling": {"kind": "bootstrap"}, "model": {"kind": "convnet"},
             "training": {"kind": "sgd"}},
            "model=convnet takes square images",
        ),
        (
            {"data": {"kind": "digits"}, "resampling": {"kind": "bootstrap"}, "model": {"kind": "resnet"},
             "training": {"kind": "sgd"}},
            "model=resnet takes images",
        ),
        ({"loss": "zero_one"}, "loss = zero_one does not fit data=linear, which is regression"),
        ({"data": {"kind": "linear", "dimension": 50, "n_eval": 20}}, "data.n_eval = 20 is not allowed"),
        ({"data": {"kind": "linear", "dimension": 3, "scales": [1, 2]}}, "data.scales has 2 numbers"),
        ({"data": {"kind": "gaussian_classes", "spreads": [1, 2]}}, "data.spreads has 2 numbers, and data.classes = 3"),
        ({"data": {"kind": "gaussian_classes", "priors": [0.5, 0.5, 0.5]}}, "data.priors add up to 1.5"),
        ({"device": "gpu"}, "device = gpu is not allowed"),
        (
            {"data": {"kind": "cifar10", "view": "pca", "components": 100, "n_train": 100},
             "resampling": {"kind": "disjoint"}},
            "data.components = 100 is not allowed",
        ),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_each_other_are_refused(settings, changes, says):
    with pytest.raises(SettingsError, match=says):
        plan([({}, settings(**changes))])
