from pathlib import Path

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.images.cifar10 import FILES
from biasvar.data.images.cifar10h import FILE, read_counts, require_agreement
from biasvar.data.images.published import read_split

Cifar10 = SOURCES["cifar10"]
RIGHT = np.full((10_000, 10), 5)


def changed(place, value):
    counts = RIGHT.copy()
    counts[place] = value
    return counts


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (RIGHT[:9_999], r"has shape \(9999, 10\), expected \(10000, 10\)"),
        (RIGHT / 50, "holds float64, expected whole numbers of votes"),
        (changed((7, 3), -1), "holds a count of -1"),
        (changed(8, 0), "has 0 votes on image 8, expected at least 2"),
    ],
)
def test_counts_that_are_none_are_an_error_that_names_the_file_and_its_origin(tmp_path, counts, words):
    np.save(tmp_path / FILE, counts)
    with pytest.raises(OSError, match=f"{FILE} {words}: {FILE} comes from github.com/jcpeterson/cifar-10h"):
        read_counts(str(tmp_path))


def test_a_missing_file_is_named_with_its_origin(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file cifar10h-counts.npy in .* comes from github.com/jcpeterson"):
        read_counts(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x01\x00"])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(OSError, match=r"cifar10h-counts\.npy cannot be read as an array"):
        read_counts(str(tmp_path))


def test_pickles_are_never_loaded(tmp_path):
    np.save(tmp_path / FILE, np.array([[{}]], dtype=object), allow_pickle=True)
    with pytest.raises(OSError, match="cannot be read as an array"):
        read_counts(str(tmp_path))


def test_right_counts_are_read_as_they_are(tmp_path):
    np.save(tmp_path / FILE, changed((7, 3), 9).astype(np.int32))
    assert np.array_equal(read_counts(str(tmp_path)), changed((7, 3), 9))


LABELS = np.arange(10_000) % 10
VOTES = np.eye(10, dtype=int)[LABELS] * 45 + 1


@pytest.mark.parametrize(
    ("counts", "share"),
    [
        (VOTES[::-1], "0.0"),
        (np.roll(VOTES, 1, axis=1), "0.0"),
        (VOTES[:, [0, 1, 2, 5, 4, 3, 6, 7, 8, 9]], "80.0"),
        (np.random.default_rng(0).permutation(VOTES), "9.9"),
        (RIGHT, "10.0"),
    ],
)
def test_counts_of_other_images_or_classes_are_refused_with_both_shares(counts, share):
    words = rf"{FILE}: the majority of votes is the label on {share} % of 10,000 .* expected at least 95 % \(99.2 %"
    with pytest.raises(OSError, match=words):
        require_agreement(counts, LABELS, "data")


def test_counts_that_mostly_agree_are_taken():
    counts = VOTES.copy()
    counts[:400] = np.roll(counts[:400], 1, axis=1)
    require_agreement(counts, LABELS, "data")


@pytest.mark.data
@pytest.mark.parametrize("order", ["images", "classes"])
def test_the_published_counts_in_another_order_are_refused(cifar10h_root, tmp_path, order):
    for entry in Path(cifar10h_root).iterdir():
        (tmp_path / entry.name).symlink_to(entry)
    counts = read_counts(cifar10h_root)
    (tmp_path / FILE).unlink()
    np.save(tmp_path / FILE, counts[::-1] if order == "images" else counts[:, ::-1])
    with pytest.raises(OSError, match=r"another order; cifar10h-counts\.npy comes from"):
        Cifar10(root=str(tmp_path), n_eval=500).votes(3)


@pytest.mark.data
def test_votes_are_those_on_the_evaluation_images_in_their_order(cifar10h_root):
    data = Cifar10(root=cifar10h_root, n_eval=500)
    votes_NK, labels_N = data.votes(3), data.evaluation(3).target
    agree = np.mean(votes_NK.argmax(axis=1) == labels_N)
    assert votes_NK.shape == (500, 10) and agree > 0.97
    # Negative control: another draw of images shares no order with these labels.
    assert np.mean(data.votes(4).argmax(axis=1) == labels_N) < 0.2


@pytest.mark.data
def test_people_agree_with_the_published_labels_as_often_as_is_known(cifar10h_root):
    _, labels = read_split(FILES, cifar10h_root, False)
    assert np.mean(read_counts(cifar10h_root).argmax(axis=1) == labels) == pytest.approx(0.9921, abs=1e-4)
