import hashlib
import pickle
import socket
from pathlib import Path

import numpy as np
import pytest

from biasvar.data import SOURCES
from biasvar.data.images.cifar10 import FILES
from biasvar.data.images.published import read_split
from tests.data.hindrances import HINDRANCES, put_in_place_of, unreadable

Cifar10 = SOURCES["cifar10"]


class Evil:
    """A pickle that would run code when it is loaded."""

    def __reduce__(self):
        return (exec, ("import pathlib; pathlib.Path('canary').touch()",))


@pytest.fixture(autouse=True)
def nothing_is_kept(forget):
    """Files of another test are not remembered."""


def write_batch(folder, content, name="data_batch_1"):
    folder.mkdir(parents=True, exist_ok=True)
    data = pickle.dumps(content, protocol=2)
    (folder / name).write_bytes(data)
    return folder / name, hashlib.md5(data, usedforsecurity=False).hexdigest()


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"(?s)no file data_batch_1 in .*biasvar data prepare cifar10.*data=synthetic"
    ):
        Cifar10(root=str(tmp_path)).pool(0)


def test_missing_images_are_an_error_with_the_place_the_archive_its_checksum_and_both_ways_out(tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        Cifar10(root=str(tmp_path)).evaluation(0)
    said = str(error.value)
    for words in (
        f"no file test_batch in {tmp_path / FILES.folder}",
        f"data.root = {tmp_path}",
        *(FILES.train | FILES.test),
        "cifar-10-python.tar.gz as published, md5 c58f30108f718f92721af3b95e74349a",
        "biasvar data prepare cifar10 --from FILE",
        "data=synthetic needs no download",
    ):
        assert words in said


def test_missing_images_are_never_fetched(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(FileNotFoundError):
        Cifar10(root=str(tmp_path)).pool(0)


@pytest.mark.parametrize("name", [*FILES.train, *FILES.test])
def test_the_one_missing_file_is_named(small_cifar10, put, name):
    kept = {other: content for other, content in small_cifar10.items() if other != name}
    data = Cifar10(root=put(kept | {f"{name}.part": small_cifar10[name]}), n_eval=4)
    with pytest.raises(FileNotFoundError, match=rf"no file {name} in (?s:.*), where {name} cannot be found"):
        (data.pool(0), data.evaluation(0))


@pytest.mark.parametrize("damage", [lambda c: c[:-1], lambda c: b"", lambda c: c[:9] + b"?" + c[10:]],
                         ids=["truncated", "empty", "changed"])  # fmt: skip
def test_a_damaged_file_is_named_with_both_checksums_and_kept(small_cifar10, put, damage):
    content = damage(small_cifar10["data_batch_3"])
    root = put(small_cifar10 | {"data_batch_3": content})
    expected, got = (
        hashlib.md5(c, usedforsecurity=False).hexdigest() for c in (small_cifar10["data_batch_3"], content)
    )
    with pytest.raises(OSError, match=rf"data_batch_3 is not the published file: md5 expected {expected}, got {got}"):
        Cifar10(root=root).pool(0)
    assert (Path(root) / FILES.folder / "data_batch_3").read_bytes() == content


def test_another_file_is_never_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, _ = write_batch(tmp_path / FILES.folder, Evil())
    for name in FILES.train:
        write_batch(tmp_path / FILES.folder, Evil(), name)
    with pytest.raises(OSError, match="md5 expected c99cafc152244af753f735de768cd75f, got"):
        Cifar10(root=str(tmp_path)).pool(0)
    assert path.exists() and not (tmp_path / "canary").exists()


def test_a_batch_with_the_right_checksum_may_still_name_nothing_but_arrays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, _ = write_batch(tmp_path, Evil())
    with pytest.raises(pickle.UnpicklingError, match="does not belong into a CIFAR batch"):
        FILES.read_batch(path.read_bytes(), path.name)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("label", [10, -1, 255])
def test_a_label_of_no_class_is_named_with_its_file_and_row(small_cifar10, put, make_batch, monkeypatch, label):
    wrong = make_batch([1, 2, label, 3, label])
    monkeypatch.setitem(FILES.train, "data_batch_2", hashlib.md5(wrong, usedforsecurity=False).hexdigest())
    root = put(small_cifar10 | {"data_batch_2": wrong})
    says = rf"data_batch_2: 2 labels are out of range, the first \({label}\) in row 2; expected 0 to 9"
    with pytest.raises(OSError, match=says):
        Cifar10(root=root).pool(0)


@pytest.mark.parametrize("what", HINDRANCES)
def test_what_stands_in_a_files_place_is_named_and_never_waited_for(small_cifar10, put, what):
    root = put(small_cifar10)
    put_in_place_of(Path(root) / FILES.folder / "data_batch_4", what)
    with pytest.raises(OSError, match=rf"(?s)data_batch_4 {HINDRANCES[what]}.*biasvar data prepare cifar10"):
        Cifar10(root=root).pool(0)


def test_a_file_that_may_not_be_read_is_named(small_cifar10, put, open_folder):
    root = put(small_cifar10, open_folder)
    with (
        unreadable(Path(root) / FILES.folder / "data_batch_4"),
        pytest.raises(OSError, match="data_batch_4 cannot be read: perm"),
    ):
        Cifar10(root=root).pool(0)


def test_a_folder_that_may_not_be_searched_is_named(small_cifar10, put, open_folder):
    root = put(small_cifar10, open_folder)
    with (
        unreadable(Path(root) / FILES.folder),
        pytest.raises(OSError, match="data_batch_1 cannot be accessed: perm"),
    ):
        Cifar10(root=root).pool(0)


@pytest.mark.data
def test_the_real_images_are_read_as_published(cifar10_root):
    images, labels = read_split(FILES, cifar10_root, True)
    test_images, test_labels = read_split(FILES, cifar10_root, False)
    assert images.shape == (50_000, 3072) and test_images.shape == (10_000, 3072) and images.dtype == np.uint8
    # The data set has 5,000 training and 1,000 test images of each class.
    assert set(np.bincount(labels)) == {5000} and set(np.bincount(test_labels)) == {1000}


@pytest.mark.data
@pytest.mark.parametrize(
    ("options", "shape"),
    [
        pytest.param({"view": "images"}, (3, 32, 32), marks=[pytest.mark.slow, pytest.mark.ci]),
        ({"view": "flat", "grey": True}, (1024,)),
        pytest.param({"view": "pca", "components": 20}, (20,), marks=[pytest.mark.slow, pytest.mark.ci]),
    ],
)
def test_views_have_the_shape_that_they_say(cifar10_root, options, shape):
    data = Cifar10(root=cifar10_root, n_train=60, n_eval=30, **options)
    train, evaluation = data.fit_view(data.pool(0).x_nD[:60], np.ones(60, int), data.evaluation(0).x_ND)
    assert data.shape == shape
    assert train.shape == (60, *shape) and evaluation.shape == (30, *shape)


@pytest.mark.slow
@pytest.mark.data
def test_torchvision_reads_the_same(cifar10_root):
    from torchvision.datasets import CIFAR10

    theirs = CIFAR10(cifar10_root, train=False, download=False)
    images, labels = read_split(FILES, cifar10_root, False)
    assert np.array_equal(images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), theirs.data)
    assert labels.tolist() == theirs.targets
