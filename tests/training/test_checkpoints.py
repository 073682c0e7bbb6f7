"""Laws of checkpoints: a member that resumes has the bits of one that was never stopped, whoever is beside it."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.training import checkpoints
from biasvar.training.checkpoints import NO_CHECKPOINTS, Checkpoints
from biasvar.training.readouts import Readout
from biasvar.training.stack import loop as stack_loop
from biasvar.training.train import train
from tests.training.test_laws import members_of

TRAINERS = ("stack", "module", "convnet")
OPTIONS = {
    "plain": {"epochs": 4},
    "adam, read on the way": {"optimizer": "adam", "lr": 0.01, "evaluate_at": (0, 1, 3), "epochs": 4},
    "cosine, double, pool, measures": {
        "schedule": "cosine", "dtype": "float64", "epochs": 4, "momentum": 0.5, "measures": ("weight_norm",),
        "rows": ("evaluation", "pool"), "evaluate_at": (2, 4),
    },
}  # fmt: skip


class Killed(BaseException):
    """The end of a process."""


class Memory(dict):
    """Files that are kept in memory; a kill comes right after the given number of them is written."""

    def __init__(self, kill_after=None, *given):
        super().__init__(*given)
        self.kill_after, self.written = kill_after, []

    def read(self, member):
        return self.get(member)

    def write(self, member, arrays):
        self[member] = {name: np.array(array) for name, array in arrays.items()}
        self.written.append(member)
        if len(self.written) == self.kill_after:
            raise Killed


@pytest.fixture(autouse=True)
def every_epoch(monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)


def epochs_of(files):
    """Return the epochs after which members resume, by identity."""
    return {name: Checkpoints(files).of(name, members_of("stack")[0].asked).epoch for name in files}


def killed(members, after):
    """Return what a kill leaves behind."""
    files = Memory(after)
    with pytest.raises(Killed):
        train(members, Checkpoints(files))
    return Memory(None, files)


def require_same(found, expected):
    """Check that members have the same bits, everywhere where they are read."""
    expected = {one.member.id: one for one in expected}
    assert len(found) > 0
    for one in found:
        other = expected[one.member.id]
        assert one.outputs.keys() == other.outputs.keys()
        for readout, values in one.outputs.items():
            assert np.array_equal(values, other.outputs[readout], equal_nan=True)
        assert repr(one.outcome) == repr(other.outcome)  # NaN differs from itself


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_member_killed_after_any_epoch_resumes_with_the_same_bits(trainer, options):
    members = members_of(trainer, 2, **OPTIONS[options])
    expected = train(members)
    for after in (1, 10):
        files = killed(members, after)
        found = train(members, Checkpoints(files))
        require_same(found, expected)
        again = Memory(None, files)
        require_same(train(members, Checkpoints(again)), expected)
        assert not again.written, "members that are done are not trained again"


def count_epochs(monkeypatch):
    """Return the list of the epochs that stacks train from now on."""
    trained, train_epoch = [], stack_loop.Stack.train_epoch
    monkeypatch.setattr(
        stack_loop.Stack, "train_epoch", lambda self, epoch: trained.append(epoch) or train_epoch(self, epoch)
    )
    return trained


def test_what_is_done_is_not_trained_again(monkeypatch):
    members = members_of("stack", 2, epochs=5)
    files = killed(members, 8)  # four members, each twice: after the untrained network comes epoch 1, and so on
    assert set(epochs_of(files).values()) == {2}
    trained = count_epochs(monkeypatch)
    train(members, Checkpoints(files))
    assert trained == [2, 3, 4]


def test_members_that_were_saved_after_different_epochs_resume_each_from_its_own(monkeypatch):
    members = members_of("stack", 2, epochs=4)
    expected = train(members)
    files = killed(members, 6)  # in the middle of writing
    epochs = epochs_of(files)
    assert sorted(epochs.values()) == [1, 1, 2, 2]
    del files[next(name for name, epoch in epochs.items() if epoch == 2)]
    trained = count_epochs(monkeypatch)
    require_same(train(members, Checkpoints(files)), expected)
    assert sorted(trained) == sorted([0, 1, 2, 3, 1, 2, 3, 2, 3])


def test_members_resume_beside_others_than_before():
    members = members_of("stack", 3, epochs=4)
    expected = train(members)
    files = killed(members, 6)
    require_same(train(members[::-2], Checkpoints(files)), expected)
    require_same(train(members[2:3], Checkpoints(files)), expected)
    require_same([one for member in members for one in train([member], Checkpoints(files))], expected)


def test_without_time_between_them_there_are_none(monkeypatch):
    monkeypatch.setattr(checkpoints, "SECONDS", 180.0)
    files = Memory()
    train(members_of("stack", 1), Checkpoints(files))
    assert not files.written and not NO_CHECKPOINTS.is_due()


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_checkpoint_for_other_readouts_is_ignored(trainer):
    members = members_of(trainer, 1, epochs=4)
    files = killed(members, 3)
    more = [replace(one, training=replace(one.training, evaluate_at=(1, 4))) for one in members]
    assert [one.id for one in more] == [one.id for one in members]
    found = train(more, Checkpoints(files))
    require_same(found, train(more))
    assert all(Readout(epoch=1) in one.outputs for one in found)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_members_that_diverge_cost_no_neighbour_that_resumes(trainer):
    good, bad = members_of(trainer, 1, epochs=4), members_of(trainer, 1, lr=1e30, epochs=4)
    members = [*good, *bad]
    expected = train(members)
    for after in (1, 3, 5):
        files = killed(members, after)
        require_same(train(members, Checkpoints(files)), expected)
    assert all(np.isfinite(array).all() for arrays in files.values() for array in arrays.values())


def test_the_kernel_and_exact_training_keep_none():
    for trainer in ("kernel", "exact", "estimator"):
        files = Memory()
        train(members_of(trainer, 1), Checkpoints(files))
        assert not files.written
