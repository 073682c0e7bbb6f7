import tracemalloc

import pytest

from biasvar.study import memory
from biasvar.study.memory import LIBRARIES, memory_for, needed_bytes, require_memory, study_bytes
from biasvar.study.memory_limit import Limit
from biasvar.study.plan import pack, plan
from biasvar.training.train import train

WIDE = {"model": {"kind": "random_features", "features": 300}}


def study(settings, **changes):
    return plan([({"model.features": 300}, settings(**WIDE | changes))])


@pytest.mark.ci
@pytest.mark.slow
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
    monkeypatch.setattr(
        memory, "memory_limit", lambda: Limit(needed_bytes(fits.cells[0]) + LIBRARIES - 1, "this box has")
    )
    says = r"one model at model.features=300 needs about .* of memory, and this box has .* data.n_train = 20 "
    with pytest.raises(OSError, match=says):
        require_memory(fits)
    monkeypatch.setattr(memory, "memory_limit", lambda: None)
    require_memory(fits)


def test_workers_take_memory_each_and_no_more_than_there_are_jobs(settings):
    one = study(settings)
    jobs = pack(one.members.values())
    assert len(jobs) == 1
    assert study_bytes(one, jobs, 8, True) == study_bytes(one, jobs, 1, True)
    worker, together = study_bytes(one, jobs * 3, 2, True)
    shared = together - 2 * worker
    assert 0 < shared < worker
    assert study_bytes(one, [], 2, True) == (0, shared)


def test_workers_of_other_processes_read_the_data_anew(settings):
    one = study(settings)
    jobs = pack(one.members.values()) * 3
    worker, together = study_bytes(one, jobs, 2, True)
    alone, apart = study_bytes(one, jobs, 2, False)
    shared = together - 2 * worker
    assert alone == worker + shared and apart == together + 2 * shared


def test_as_many_workers_as_memory_is_enough_for(settings, monkeypatch):
    one = study(settings)
    (cell,) = one.cells
    data, each = memory.shared_bytes(cell.members[0]), memory.worker_bytes(cell.members[:1])
    monkeypatch.setattr(memory, "memory_limit", lambda: Limit(LIBRARIES + data + 3.5 * each, "it has"))
    assert memory.workers_that_fit(one, shares_data=True) == 3
    assert memory.workers_that_fit(one, shares_data=False) == 1
    alone = LIBRARIES + data + each
    monkeypatch.setattr(memory, "memory_limit", lambda: Limit(LIBRARIES + data + 3.5 * alone, "it has"))
    assert memory.workers_that_fit(one, shares_data=False) == 3
    monkeypatch.setattr(memory, "memory_limit", lambda: Limit(1, "it has"))
    assert memory.workers_that_fit(one, shares_data=True) == 1
    monkeypatch.setattr(memory, "memory_limit", lambda: None)
    assert memory.workers_that_fit(one, shares_data=True) is None


@pytest.mark.parametrize(
    ("error", "says"),
    [(MemoryError("no room for (9, 9)"), r"^no room for \(9, 9\); a worker needs about \d+"),
     (MemoryError(), "^there is not enough of it; a worker needs about .* MB of memory for one model$")],
)  # fmt: skip
def test_who_runs_out_of_memory_says_what_was_needed(settings, error, says):
    with pytest.raises(MemoryError, match=says), memory_for(study(settings).cells[0].members):
        raise error


def test_cells_that_share_members_are_counted_once(settings, monkeypatch):
    training = {"kind": "sgd", "epochs": 60, "evaluate_at": list(range(1, 61))}
    many, counted, bytes_of = study(settings, training=training), [], memory.worker_bytes
    monkeypatch.setattr(memory, "worker_bytes", lambda members: counted.append(members) or bytes_of(members))
    assert len(many.cells) == 60
    require_memory(many)
    memory.workers_that_fit(many, shares_data=True)
    assert len(counted) <= 2 + 1
