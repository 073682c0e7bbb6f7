"""A study goes on with the data that it began with, or not at all."""

import json

import numpy as np
import pytest

from biasvar.data.images.cifar10 import FILES
from biasvar.data.images.cifar10h import FILE, read_counts
from biasvar.study.plan import plan
from biasvar.study.run import run
from tests.recorded_study import rewrite


class Silent:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def study_of(data, replicates, **changes):
    settings = {
        "name": "small",
        "replicates": replicates,
        "data": data,
        "resampling": {"kind": "bootstrap"},
        "model": {"kind": "random_features", "features": 4},
        "training": {"kind": "exact"},
        "engine": {"kind": "serial"},
    }
    return plan([({}, settings | changes)])


def images(root):
    return {"kind": "cifar10", "root": root, "n_train": 12, "n_eval": 4}


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


def test_a_file_that_changed_is_named_with_both_checksums_and_nothing_is_touched(
    tmp_path, small_cifar10, put, make_batch, forget
):
    root, folder = put(small_cifar10), tmp_path / "study"
    run(folder, study_of(images(root), 3), 1, Silent())
    before = files(folder)
    put({"data_batch_3": make_batch([1, 2, 3, 4, 5])})
    forget()
    says = f"data_batch_3 is not the published file: md5 expected {FILES.train['data_batch_3']}, got"
    for replicates in (3, 5):
        with pytest.raises(OSError, match=says):
            run(folder, study_of(images(root), replicates), 1, Silent())
    assert files(folder) == before
    put(small_cifar10)
    forget()
    assert run(folder, study_of(images(root), 5), 1, Silent()).trained == 2


def test_data_with_another_published_checksum_is_refused_with_both(tmp_path):
    digits = {"kind": "digits", "n_train": 40, "n_eval": 20}
    run(tmp_path, study_of(digits, 3), 1, Silent())
    (now,) = json.loads((tmp_path / "study.json").read_text())["data"]
    rewrite(tmp_path, data=["sha256:0123"])
    before = files(tmp_path)
    with pytest.raises(OSError, match=rf"since its models were trained: sha256:0123 -> {now}\n  hint .* --out"):
        run(tmp_path, study_of(digits, 5), 1, Silent())
    assert files(tmp_path) == before


def test_votes_that_changed_are_refused_with_both_checksums(tmp_path, small_cifar10, put, monkeypatch):
    monkeypatch.setattr("biasvar.data.images.cifar10h.SHAPE", (5, 10))
    root, folder = put(small_cifar10), tmp_path / "study"
    study = study_of(images(root), 3, noise={"reference": "cifar10h"})
    labels_NK = np.eye(10, dtype=int)[5:]  # of the only test batch
    for votes, refused in ((5, False), (5, False), (6, True)):
        np.save(tmp_path / "root" / FILE, votes * labels_NK)
        read_counts.cache_clear()
        if refused:
            with pytest.raises(
                OSError, match=r"human annotations have changed .*: sha256 \w{64} -> \w{64}\n  hint .* --out"
            ):
                run(folder, study, 1, Silent())
        else:
            run(folder, study, 1, Silent())
    read_counts.cache_clear()
