"""The labels that people gave to CIFAR-10: which are taken, and how many are not the clean ones."""

import os
from types import SimpleNamespace

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.images.cifar10n import ARRAYS, FILE, read_arrays
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import pool_of, training_set
from biasvar.settings import identity_of
from biasvar.training.sources import SOURCES_OF_VARIANCE

Cifar10 = SOURCES["cifar10"]
CLEAN = np.array([(place + row) % 10 for place in range(5) for row in range(5)])  # of the small training batches


def label_sets(**changes):
    """Return a file's arrays: label set number i has its first i labels wrong."""
    sets = {
        name: np.where(np.arange(25) < wrong, (CLEAN + 1) % 10, CLEAN) for wrong, name in enumerate(ARRAYS.values())
    }
    return {name: array for name, array in (sets | changes).items() if array is not None}


@pytest.fixture
def root(small_cifar10, put):
    """Return a function that writes arrays beside the small images, and returns ``data.root``."""

    def write(**changes):
        found = put(small_cifar10)
        np.savez(os.path.join(found, FILE), **label_sets(**changes))
        read_arrays.cache_clear()
        return found

    return write


def problems(**settings):
    """Return the problems of a study of people's labels."""
    data = Cifar10(**settings)
    return data.problems(SimpleNamespace(data=data, resampling=SCHEMES["bootstrap"](), replicates=3))


@pytest.mark.parametrize(("wrong", "name"), list(enumerate(ARRAYS)))
def test_a_label_set_is_the_pools_labels_and_its_share_of_wrong_ones_is_measured(root, wrong, name):
    data = Cifar10(root=root(), labels=name, n_train=25)
    pool = pool_of(data, 0)
    assert np.array_equal(pool.y_n, label_sets()[ARRAYS[name]]) and pool.y_n.dtype == np.int64
    drawn = training_set(data, SCHEMES["subsample"](), 0, 0, 0)
    assert drawn.label_noise_rate == (wrong / 25 if wrong else None)
    assert np.array_equal(data.evaluation(0).target, Cifar10(root=data.root).evaluation(0).target)


def test_peoples_labels_are_the_same_in_every_draw_so_that_label_noise_does_not_vary():
    why = SOURCES_OF_VARIANCE["label_noise"](Cifar10(labels="worse"), None, None, None)
    assert why == "data=cifar10 without data.label_noise"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"clean_label": (CLEAN + 1) % 10},
            "clean_label is not the label of 25 of 25 training images, the first in row 0",
        ),
        ({"clean_label": np.r_[CLEAN[:24], 9]}, "clean_label is not the label of 1 of 25 .* the first in row 24"),
        ({"clean_label": None}, "clean_label is missing"),
        ({"worse_label": None}, "worse_label is missing"),
        ({"worse_label": CLEAN[1:]}, r"worse_label has shape \(24,\), expected \(25,\)"),
        ({"worse_label": CLEAN / 1}, "worse_label holds float64, expected class numbers"),
        ({"worse_label": np.r_[CLEAN[:24], 10]}, r"worse_label 1 label is out of range, the first \(10\) in row 24"),
    ],
)
def test_label_sets_of_other_images_are_refused_with_what_is_wrong(root, changes, says):
    with pytest.raises(OSError, match=f"{FILE}: {says}.*docs/images.md"):
        Cifar10(root=root(**changes), labels="worse").pool(0)


def test_clean_labels_need_no_file_and_others_name_the_missing_one(small_cifar10, put):
    assert Cifar10(root=put(small_cifar10)).pool(0).clean_n is None
    read_arrays.cache_clear()
    with pytest.raises(FileNotFoundError, match=rf"no file {FILE} in .*CIFAR-10_human.pt.*docs/images.md"):
        Cifar10(root=put(small_cifar10), labels="aggre").pool(0)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_named(root, content):
    found = root()
    with open(os.path.join(found, FILE), "wb") as stream:
        stream.write(content)
    with pytest.raises(OSError, match=f"{FILE} cannot be read as arrays"):
        Cifar10(root=found, labels="aggre").pool(0)


def test_pickles_are_never_loaded(root):
    with pytest.raises(OSError, match="cannot be read as arrays"):
        Cifar10(root=root(worse_label=np.array([{}], dtype=object)), labels="worse").pool(0)


def test_labels_that_changed_since_the_study_began_are_refused_with_both_checksums(root):
    data = Cifar10(root=root(), labels="worse").looked_up(())
    other = Cifar10(root=root(worse_label=CLEAN), labels="worse").looked_up(())
    assert len(data.labels_sha256) == 64 and data.fingerprint() != other.fingerprint()
    assert other.pool(0).y_n.tolist() == CLEAN.tolist()
    with pytest.raises(
        OSError, match=f"worse_label has changed .*: sha256 {data.labels_sha256} -> {other.labels_sha256}"
    ):
        data.pool(0)
    clean = Cifar10(root=data.root)
    assert clean.looked_up(()) == clean and not {"labels", "labels_sha256"} & identity_of(clean).keys()
    assert "sha256" not in clean.fingerprint()


def test_flips_on_top_of_peoples_labels_are_refused_and_each_alone_is_not():
    (problem,) = problems(labels="worse", label_noise=0.2)
    assert problem.what == "data.labels = worse with data.label_noise = 0.2 changes labels twice"
    assert not problems(labels="worse") and not problems(label_noise=0.2)


@pytest.mark.data
def test_the_published_label_sets_differ_from_the_clean_labels_as_often_as_is_known(cifar10n_root):
    expected = {"aggre": 0.0901, "worse": 0.4021, "random1": 0.1723, "random2": 0.1812, "random3": 0.1764}
    for name, share in expected.items():
        pool = Cifar10(root=cifar10n_root, labels=name).pool(0)
        assert np.mean(pool.y_n != pool.clean_n) == pytest.approx(share, abs=1e-4)
