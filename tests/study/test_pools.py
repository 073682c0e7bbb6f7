"""The pool of a source with a known distribution, where nobody says how many rows it has."""

import json
import re

import numpy as np
import pytest

from biasvar.cli.pool import pool_in_words
from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of
from biasvar.settings import SettingsError
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store
from biasvar.training.readouts import Readout

SIZES = (20, 30)


def study(settings, scheme, sizes=SIZES, rows=("evaluation",), **more):
    data = {"kind": "linear", "dimension": 12, "n_eval": 30} | more
    training = {"kind": "exact", "rows": list(rows)}
    cells = [
        ({"data.n_train": n}, settings(data=data | {"n_train": n}, resampling={"kind": scheme}, training=training))
        for n in sizes
    ]
    return plan(cells)


@pytest.mark.parametrize(
    ("command", "pool"),
    [
        ("study=u_curve resampling=bootstrap", "100 rows, of which bootstrap draws n_train = 100"),
        ("study=u_curve resampling=kfold", "112 rows, of which kfold draws n_train = 100"),
        ("study=u_curve resampling=subsample data.n_train=30,40", "60 to 80 rows, of which subsample draws n_train ="),
        ("study=u_curve resampling=disjoint data.n_train=10", "1,000 rows, of which disjoint draws n_train = 10"),
        ("study=u_curve resampling=bootstrap data.n_pool=700", "700 rows, of which bootstrap draws n_train = 100"),
        ("study=bootstrap_shift", "100 rows, of which bootstrap draws n_train = 100"),
        ("study=u_curve", ""),
    ],
)
def test_the_pool_in_force_follows_the_scheme_and_not_the_replicates(command, pool):
    for replicates in (20, 30):
        composed = plan_of(*compose([*command.split(), f"replicates={replicates}"], None, "config"))
        assert re.match(pool, pool_in_words(composed)) and bool(pool) == bool(pool_in_words(composed))


def test_every_cell_has_the_pool_of_its_n_train_and_can_predict_it(tmp_path, settings, progress):
    planned = study(settings, "subsample", rows=("pool",))
    assert run(tmp_path, planned, 2, progress).trained == 8
    store = Store(tmp_path)
    index = store.index(progress.warn)
    for cell in read_manifest(tmp_path).cells:
        for member in cell.members:
            outputs_NK = store.outputs(index[member.id], Readout(rows="pool"))
            assert outputs_NK.shape == (2 * cell.study.data.n_train, 1) and np.isfinite(outputs_NK).all()


def test_a_pool_that_follows_is_the_one_that_has_so_many_rows(settings):
    follows, told = (study(settings, "bootstrap", [20], **more) for more in ({}, {"n_pool": 20}))
    assert follows.members.keys() == told.members.keys()
    assert not follows.members.keys() & study(settings, "bootstrap", [20], n_pool=1000).members.keys()


def test_more_sizes_extend_a_study_whose_pools_follow_them_and_another_pool_does_not(tmp_path, settings, progress):
    run(tmp_path, study(settings, "bootstrap", [20]), 2, progress)
    assert json.loads((tmp_path / "study.json").read_text())["settings"]["data"]["n_pool"] == 20
    assert run(tmp_path, study(settings, "bootstrap", [30, 20]), 2, progress).trained == 4
    with pytest.raises(SettingsError, match=r"another study\n  data.n_pool: null -> 1000 "):
        run(tmp_path, study(settings, "bootstrap", [20], n_pool=1000), 2, progress)
