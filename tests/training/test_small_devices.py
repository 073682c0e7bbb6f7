"""A device whose memory is too small: stacks are halved, which changes no member, and what fits nowhere is said."""

import dataclasses

import pytest
import torch

from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.store import Store
from biasvar.training import TRAININGS, tasks
from biasvar.training import train as train_module
from biasvar.training.member import Draws, Member
from biasvar.training.stack import loop
from biasvar.training.trainers import TRAINERS
from tests.results.test_verification import Silent

DATA = SOURCES["digits"](n_train=40, n_eval=20, view="images")


def members_of(count, device="cuda"):
    model, training = FAMILIES["convnet"](width=2), TRAININGS["sgd"](epochs=1, batch_size=16)
    parts = (DATA, SCHEMES["bootstrap"](), model, training)
    return [Member(*parts, device, 0, Draws.joint(replicate)) for replicate in range(count)]


def tasks_of(members):
    return [tasks.task_of(member, train_module.inputs_of(member)) for member in members]


@pytest.fixture
def small(monkeypatch):
    """Return a function that lets a device hold so many members at a time, and the sizes that it was asked for."""
    asked, freed = [], []

    def holds(most):
        def trained(layers, tasks, device):
            asked.append(len(tasks))
            if len(tasks) > most:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
            return [(task.streams.initialisation, task.config.batch_size) for task in tasks]

        monkeypatch.setattr(loop, "train", trained)
        monkeypatch.setattr(torch.cuda, "empty_cache", lambda: freed.append(len(asked)))
        return asked, freed

    return holds


@pytest.mark.parametrize(("most", "sizes"), [(8, [8]), (5, [8, 4, 4]), (2, [8, 4, 2, 2, 4, 2, 2]), (1, None)])
def test_a_stack_that_does_not_fit_is_trained_in_halves_with_every_member_in_its_place(small, most, sizes):
    asked, freed = small(most)
    members = members_of(8)
    of_members = tasks_of(members)
    trained = TRAINERS["stack"]().train(members[0], of_members)
    assert trained == [(task.streams.initialisation, 16) for task in of_members], "mini-batches stay as they are"
    assert sizes is None or asked == sizes
    assert freed == [turn + 1 for turn, size in enumerate(asked) if size > most], "the cache is freed each time"


def test_an_odd_stack_is_cut_without_loss(small):
    small(2)
    members = members_of(7)
    of_members = tasks_of(members)
    assert TRAINERS["stack"]().train(members[0], of_members) == [
        (task.streams.initialisation, 16) for task in of_members
    ]


def test_one_member_that_does_not_fit_is_an_error_with_what_to_change(small):
    small(0)
    members = members_of(4)
    says = (
        r"one model of [\d,]+ parameters does not fit into the memory of device=cuda: take a smaller model.width or "
        r"training.batch_size, or device=cpu \(CUDA out of memory"
    )
    with pytest.raises(MemoryError, match=says):
        TRAINERS["stack"]().train(members[0], tasks_of(members))


def test_a_job_that_does_not_fit_commits_nothing_of_itself_and_is_counted_as_failed(tmp_path, monkeypatch):
    def too_small(layers, tasks, device):
        raise torch.OutOfMemoryError("CUDA out of memory")

    settings = {
        "name": "small",
        "replicates": 3,
        "data": {"kind": "digits", "n_train": 40, "n_eval": 20, "view": "images"},
        "resampling": {"kind": "bootstrap"},
        "model": {"kind": "convnet", "width": 2, "norm_order": "after"},
        "training": {"kind": "sgd", "epochs": 1, "batch_size": 16},
        "engine": {"kind": "serial"},
    }
    study_plan = plan([({}, settings)])
    with monkeypatch.context() as patched:
        patched.setattr(loop, "train", too_small)
        outcome = run(tmp_path, study_plan, 1, Silent())
    assert outcome.trained == 0 and outcome.reasons.total() == 3
    assert all("MemoryError: one model of" in reason and "take a smaller" in reason for reason in outcome.reasons)
    index = Store(tmp_path).index(pytest.fail)
    assert not [entry for entry in index.values() if entry.outcome.ok]
    assert run(tmp_path, study_plan, 1, Silent()).trained == 3, "the same command tries them again"


def test_halves_of_a_stack_train_the_same_members():
    members = [dataclasses.replace(member, device="cpu") for member in members_of(2)]
    whole = TRAINERS["stack"]().train(members[0], tasks_of(members))
    for member, one in zip(members, whole, strict=True):
        (alone,) = TRAINERS["stack"]().train(member, tasks_of([member]))
        assert (alone.eval_NK == one.eval_NK).all()
