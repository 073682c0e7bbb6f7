import tracemalloc

import pytest

from biasvar.study import memory
from biasvar.study.memory import needed_bytes, require_memory, study_bytes
from biasvar.study.plan import pack, plan
from biasvar.training.train import train

WIDE = {"model": {"kind": "random_features", "features": 300}}


def study(settings, **changes):
    return plan([({"model.features": 300}, settings(**WIDE | changes))])


@pytest.mark.parametrize("n_train", [150, 400])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_what_is_said_of_memory_is_near_what_is_taken(settings, n_train, weight_decay):
    data = {"kind": "linear", "dimension": 12, "n_train": n_train, "n_eval": 2000}
    one = study(settings, data=data, training={"kind": "exact", "weight_decay": weight_decay})
    member = one.cells[0].members[0]
    train([member])  # what is loaded and kept is there
    tracemalloc.start()
    train([member])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.5 * most < needed_bytes(one.cells[0]) < 2.5 * most


def test_a_model_that_cannot_fit_is_refused_with_what_makes_it_large(settings, monkeypatch, tmp_path):
    fits = study(settings)
    require_memory(fits)
    monkeypatch.setattr(memory, "machine_bytes", lambda: needed_bytes(fits.cells[0]) - 1)
    with pytest.raises(OSError, match=r"one model at model.features=300 needs about .* data.n_train = 20 "):
        require_memory(fits)
    monkeypatch.setattr(memory, "machine_bytes", lambda: None)
    require_memory(fits)


def test_workers_take_memory_each_and_no_more_than_there_are_jobs(settings):
    one = study(settings)
    jobs = pack(one.members.values())
    assert len(jobs) == 1
    assert study_bytes(one, jobs, 8) == study_bytes(one, jobs, 1)
    worker, together = study_bytes(one, jobs * 3, 2)
    shared = together - 2 * worker
    assert 0 < shared < worker
    assert study_bytes(one, [], 2) == (0, shared)
