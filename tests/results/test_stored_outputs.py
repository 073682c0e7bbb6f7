"""Outputs that stay in the files of a study: the same numbers as the stacked members, and the same report."""

from itertools import pairwise

import numpy as np
import pytest

from biasvar.decomposition import tiles
from biasvar.results.build import build
from biasvar.results.stored import stored_outputs
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.stored.stored_outputs import StoredOutputs
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store

SETTINGS = {
    "name": "stored",
    "seed": 2,
    "data": {"kind": "gaussian_classes", "n_train": 30, "n_eval": 150, "classes": 3, "dimension": 2},
    "resampling": {"kind": "fresh"},
    "model": {"kind": "random_features", "features": 8},
    "training": {"kind": "exact"},
    "interval": {"resamples": 100},
}
DESIGNS = {"joint": {"replicates": 8}, "crossed": {"design": {"kind": "crossed", "seeds": 3}}}


class Silent:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


@pytest.fixture(params=DESIGNS)
def folder(request, tmp_path):
    """A small study."""
    run(tmp_path, plan([({}, SETTINGS | DESIGNS[request.param])]), 1, Silent())
    return tmp_path


def ensemble_of(folder):
    (ensemble,) = cells_in(folder).ensembles()
    return ensemble


def test_stored_outputs_are_the_stacked_members(folder, monkeypatch):
    monkeypatch.setattr(stored_outputs, "IN_MEMORY", 0)
    ensemble, store = ensemble_of(folder), Store(folder)
    stored = ensemble.outputs
    assert isinstance(stored, StoredOutputs)
    index = store.index(pytest.fail)
    entries = [index[member.id] for member in read_manifest(folder).cells[0].members]
    stacked = np.stack([store.outputs(entry) for entry in entries]).reshape(stored.shape)
    assert (stored.ndim, stored.dtype, stored.nbytes) == (stacked.ndim, stacked.dtype, stacked.nbytes)
    for start, stop in pairwise((0, 40, 41, 150)):
        assert np.array_equal(stored[..., start:stop, :], stacked[..., start:stop, :])
    with pytest.raises(TypeError, match="expected"):
        stored[..., 0:3, 0]
    monkeypatch.undo()
    assert np.array_equal(ensemble_of(folder).outputs, stacked)


def test_the_tables_are_the_same_whether_outputs_are_in_memory_or_read_in_parts(folder, monkeypatch):
    whole = build(folder, cells_in(folder))
    monkeypatch.setattr(stored_outputs, "IN_MEMORY", 0)
    monkeypatch.setattr(tiles, "TILE_BYTES", 2**12)
    parts = build(folder, cells_in(folder))
    for name in ("table", "committees", "sensitivity", "noise"):
        one, other = getattr(whole, name), getattr(parts, name)
        assert list(one) == list(other) and len(one) == len(other) > 0
        for column in one.select_dtypes("number"):
            # A residual is rounding, and no mean.
            assert np.allclose(one[column], other[column], rtol=1e-9, atol=1e-12, equal_nan=True), (name, column)
