"""The study's reference of noise: refused where the data does not have it, kept with the evaluation points."""

import numpy as np
import pytest

from biasvar.data.images.cifar10h import FILE
from biasvar.data.rows import Evaluation
from biasvar.settings import SettingsError
from biasvar.study.plan import plan
from biasvar.study.run import read_data
from biasvar.study.store.store import Store

CLASSES = {"kind": "gaussian_classes", "n_train": 20, "n_eval": 30}
FEATURES = {"kind": "random_features", "features": 5}
IMAGES = {"kind": "cifar10", "n_train": 20, "n_eval": 30, "grey": True}


@pytest.mark.parametrize(
    ("data", "reference", "words"),
    [
        (CLASSES, "injected", "injected does not fit data=gaussian_classes, data.label_noise = 0"),
        ({"kind": "linear", "n_train": 20, "n_eval": 120}, "injected", "data=linear, whose labels are numbers"),
        (CLASSES | {"label_noise": 0.1}, "cifar10h", r"people labelled CIFAR-10's test images \(needs data=cifar10\)"),
        (CLASSES, "votes", "noise.reference = votes is not allowed"),
    ],
)
def test_a_reference_that_the_data_does_not_have_is_a_problem(settings, data, reference, words):
    with pytest.raises(SettingsError, match=words):
        plan([({}, settings(data=data, model=FEATURES, noise={"reference": reference}))])


def test_the_reference_changes_no_member(settings):
    data = CLASSES | {"label_noise": 0.1}
    plans = [
        plan([({}, settings(data=data, model=FEATURES, noise={"reference": reference}))])
        for reference in ("auto", "labels", "injected")
    ]
    assert plans[0].members.keys() == plans[1].members.keys() == plans[2].members.keys()


def test_votes_that_are_asked_for_later_are_kept_beside_the_evaluation_points(tmp_path, small_plan):
    store, member = Store(tmp_path), small_plan().cells[0].members[0]
    store.create()
    votes, plain = np.array([[3, 4], [5, 0]]), Evaluation(np.zeros((2, 1)), np.array([0, 1]))
    store.keep_evaluations({member: plain})
    first = store.evaluation_path(member).read_bytes()
    assert store.read_evaluation(member).votes_NK is None
    store.keep_evaluations({member: Evaluation(plain.x_ND, plain.target, votes_NK=votes)})
    found = store.read_evaluation(member)
    assert np.array_equal(found.votes_NK, votes) and found.votes_NK.dtype == votes.dtype
    assert np.array_equal(found.x_ND, plain.x_ND) and found.noise_N is None
    assert store.evaluation_path(member).read_bytes() == first


@pytest.mark.data
def test_votes_are_read_only_when_they_are_the_reference(settings, cifar10h_root):
    for reference in ("auto", "cifar10h"):
        parts = {"data": IMAGES | {"root": cifar10h_root}, "resampling": {"kind": "disjoint"}, "model": FEATURES}
        (known,) = read_data(plan([({}, settings(**parts, noise={"reference": reference}))])).values()
        assert (known.votes_NK is not None) == (reference == "cifar10h")
    assert np.mean(known.votes_NK.argmax(axis=1) == known.target) > 0.9


@pytest.mark.data
def test_missing_votes_are_an_error_before_anything_is_written(settings, cifar10_root, tmp_path):
    (tmp_path / "cifar-10-batches-py").symlink_to(f"{cifar10_root}/cifar-10-batches-py")
    data = IMAGES | {"root": str(tmp_path)}
    study = settings(data=data, resampling={"kind": "disjoint"}, model=FEATURES, noise={"reference": "cifar10h"})
    with pytest.raises(FileNotFoundError, match=f"no file {FILE}"):
        read_data(plan([({}, study)]))
