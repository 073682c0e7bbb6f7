"""The benchmark: ours and the baselines do the same work, and every workload runs, here at toy size."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from biasvar.study.plan import pack

SCRIPTS = Path(__file__).parent.parent / "scripts"


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    """Processes that are started get the path too."""
    monkeypatch.syspath_prepend(str(SCRIPTS))


@pytest.fixture
def torch_threads():
    """Give torch its threads back, of which the baselines take what they need."""
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def load(name):
    return importlib.import_module(f"benchmarks.{name}")


def run_here(workload):
    """Run the contenders that start no processes of their own, and return the units that each did."""
    return {one.name: one.prepare(*one.arguments)() for one in workload.contenders if one.name not in ("c", "peak")}


def small(family, **settings):
    module = load(family)
    if family == "mlp":
        return module.workload("small", module.Shape(3, 4, rows=20, batch=8, epochs=1, n_eval=10, **settings), 2, 1, 2)
    if family == "convnet":
        shape = module.Shape(1, rows=8, batch=4, epochs=1, n_eval=3)
        return module.workload(shape, settings["dtype"], 2, 1, 2)
    return module.workload(module.Shape(12, 5, n_eval=10), 2, 1, 2)


@pytest.mark.parametrize("settings", [{}, {"depth": 2, "classes": 3, "optimizer": "adam", "dropout": 0.2}])
def test_networks_train_in_every_way(settings, torch_threads):
    assert run_here(small("mlp", **settings)) == {"a": 2, "a1": 2, "ours": 5.0}, "steps on 8 rows of 20, for one member"


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_convolutional_networks_train_in_every_way(dtype, torch_threads):
    assert run_here(small("convnet", dtype=dtype)) == {"a": 8, "a1": 8, "ours": 16}


def test_ridge_paths_are_fitted_in_every_way():
    assert run_here(small("ridge")) == {"a1": 25, "ours": 50}


def test_the_baseline_of_ridge_fits_the_same_models():
    ridge, product = load("ridge"), load("product")
    shape = ridge.Shape(30, 10, n_eval=20)
    members = ridge.members_of(shape, 2)
    outputs = {one.member.id: one.outputs_NK[:, 0] for one in product.train_all(pack(members))}
    ours = np.array([outputs[member.id] for member in members])
    theirs = np.array(ridge.fit_path(shape, 0) + ridge.fit_path(shape, 1))
    assert np.allclose(ours, theirs, rtol=0, atol=1e-9)
    assert not np.allclose(ours, theirs[::-1], atol=1e-3), "the other replicate and penalty are told apart"


def test_the_baseline_of_the_decomposition_has_the_same_estimates(monkeypatch):
    decomposition = load("decomposition")
    cube = decomposition.cube(7, 50, 4)
    ours, plain = decomposition.ours(*cube), decomposition.plain(*cube)
    for loss in decomposition.LOSSES:
        assert ours[loss] == pytest.approx(plain[loss], abs=1e-6)
    few = decomposition.plain(cube[0][:3], cube[1])
    assert few["cross_entropy"] != pytest.approx(plain["cross_entropy"], abs=1e-3), "other models are told apart"


def test_each_contender_has_a_process_of_its_own_and_a_row_says_what_it_did():
    workload = load("workload")
    row = dict(zip(workload.HEADER, load("decomposition").workload(4, 20, 3).measure(2), strict=True))
    assert row["unit"] == "cube" and row["(c)"] == row["% of gemm"] == "-"
    rate = {name: float(row[name].replace(",", "")) for name in ("ours, unit/s", "(a)", "ours/(a)", "peak MB")}
    assert rate["ours/(a)"] == pytest.approx(rate["ours, unit/s"] / rate["(a)"], rel=0.02)
    assert 10 < rate["peak MB"] < 1000


@pytest.mark.ci
@pytest.mark.slow
def test_models_are_spread_over_a_process_a_core():
    contenders, baselines, ridge = load("contenders"), load("baselines"), load("ridge")
    arguments = (ridge.fit_replicates, (ridge.Shape(12, 5, n_eval=10),), 3)
    (turn,) = contenders.take_turns([contenders.Contender("c", baselines.in_a_process_a_core, arguments)], 1)["c"]
    assert turn.units == 3 * 25
    assert 0 < turn.memory_before <= turn.memory_peak


def test_a_contender_that_fails_ends_the_benchmark(capfd):
    contenders, processes = load("contenders"), load("processes")
    with pytest.raises(EOFError):
        contenders.take_turns([contenders.Contender("bad", processes.answer, ("nonsense",))], 1)
    assert "no such verb: nonsense" in capfd.readouterr().err


def test_floating_point_operations_are_those_that_torch_counts():
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    def forward(network, *shape):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            network.eval()(torch.zeros(1, *shape))
        return counter.get_total_flops()

    mlp, convnet = load("mlp"), load("convnet")
    shape = mlp.Shape(6, 5, depth=2, classes=3, batch=1)
    assert shape.flops == 3 * forward(mlp.build(shape), 6) - 2 * 6 * 5
    first = 2 * 9 * 3 * 2 * 32 * 32
    assert convnet.Shape(2).flops == 3 * forward(convnet.build(2), 3, 32, 32) - first


def test_the_limit_is_in_floating_point_operations(torch_threads):
    operations = load("gemm_peak").products("float32", 32, 0.001)()
    assert operations > 0 and operations % (2 * 32**3) == 0


@pytest.mark.ci
@pytest.mark.slow
def test_a_study_of_tiny_fits_is_the_same_in_a_process_and_alone():
    processes = load("processes")
    study = ("data=synthetic", "model=polynomial", "training=exact", "model.degree=1,2", "replicates=3")
    name, process, alone, ratio = processes.tiny_fits_row(study, 1)
    assert name == "sweep of 6 tiny exact fits"
    assert float(ratio.replace(",", "")) == pytest.approx(float(process) / float(alone), rel=0.02)


def test_the_study_of_tiny_fits_has_ten_thousand():
    from biasvar.composition.compose import compose
    from biasvar.composition.planning import plan_of

    assert len(plan_of(*compose(list(load("processes").TINY), None, "config")).members) == 10_000


def test_a_member_that_fails_is_not_timed():
    mlp, product = load("mlp"), load("product")
    diverging = mlp.members_of(mlp.Shape(3, 4, rows=20, batch=8, epochs=2, n_eval=10, lr=1e30), 2)
    with pytest.raises(ArithmeticError, match="2 of 2 members failed: diverged"):
        product.train_all(pack(diverging))


def test_growth_is_the_exponent_of_a_power_law():
    growth = load("growth")
    assert growth.study(2, 10)() == 2
    assert growth.slope([5.0, 10.0, 20.0, 40.0]) == "1.00"
    assert growth.slope([7.0] * 4) == "0.00"


@pytest.mark.ci
@pytest.mark.slow
def test_the_script_measures_what_it_is_asked_for(capsys, monkeypatch):
    benchmark = importlib.import_module("benchmark")
    monkeypatch.setattr(sys, "argv", ["benchmark.py", "--only", "help", "--repeats", "1"])
    benchmark.main()
    header, rule, row, _, caption = capsys.readouterr().out.splitlines()
    assert header.startswith("| whole process") and set(rule) <= set("|-: ")
    assert row.startswith("| `biasvar --help`") and len(row) == len(header) == len(rule)
    assert "cores of" in caption and "medians of 1 repetitions" in caption


def test_every_row_has_a_name_of_its_own():
    names = [name for name, _, _ in importlib.import_module("benchmark").parts()]
    assert len(set(names)) == len(names) == 6 + 7 + 6 + 1 + 4


def test_the_cost_of_readouts_is_told_from_that_of_their_passes():
    readouts = load("readouts")
    sizes = {"data.n_train": 40, "data.n_eval": 20, "training.epochs": 20, "model.width": 2}
    small = {
        name: [f"{key}={sizes.get(key, value)}" for key, _, value in (text.partition("=") for text in texts)]
        for name, texts in readouts.STUDIES.items()
    }
    for row in readouts.rows(small, 1):
        assert len(row) == len(readouts.HEADER) and float(row[1]) > 0 and float(row[3]) > 0
