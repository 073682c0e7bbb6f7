import hashlib
import pickle

import numpy as np
import pytest

from biasvar.data import SOURCES, cifar10_files
from biasvar.data.cifar10_files import FOLDER, read_batch

Cifar10 = SOURCES["cifar10"]


class Evil:
    """A pickle that would run code when it is loaded."""

    def __reduce__(self):
        return (exec, ("import pathlib; pathlib.Path('canary').touch()",))


def write_batch(folder, content, name="data_batch_1"):
    folder.mkdir(parents=True, exist_ok=True)
    data = pickle.dumps(content, protocol=2)
    (folder / name).write_bytes(data)
    return folder / name, hashlib.md5(data, usedforsecurity=False).hexdigest()


def test_a_missing_file_is_named_with_what_to_do(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no file data_batch_1 in .*biasvar data prepare cifar10.*data=synthetic"
    ):
        Cifar10(root=str(tmp_path)).pool(0)


def test_another_file_is_never_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, _ = write_batch(tmp_path / FOLDER, Evil())
    with pytest.raises(OSError, match="md5 expected c99cafc152244af753f735de768cd75f, got"):
        Cifar10(root=str(tmp_path)).pool(0)
    assert path.exists() and not (tmp_path / "canary").exists()


def test_a_batch_with_the_right_checksum_may_still_name_nothing_but_arrays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, md5 = write_batch(tmp_path, Evil())
    with pytest.raises(pickle.UnpicklingError, match="does not belong into a CIFAR-10 batch"):
        read_batch(path, md5)
    assert not (tmp_path / "canary").exists()


def test_a_folder_in_place_of_a_file_is_an_error(tmp_path):
    (tmp_path / FOLDER / "data_batch_1").mkdir(parents=True)
    with pytest.raises(FileNotFoundError):
        Cifar10(root=str(tmp_path)).pool(0)


@pytest.mark.data
def test_the_real_images_are_read_as_published(cifar10_root):
    images, labels = cifar10_files.read_split(cifar10_root, True)
    test_images, test_labels = cifar10_files.read_split(cifar10_root, False)
    assert images.shape == (50_000, 3072) and test_images.shape == (10_000, 3072) and images.dtype == np.uint8
    # The data set has 5,000 training and 1,000 test images of each class.
    assert set(np.bincount(labels)) == {5000} and set(np.bincount(test_labels)) == {1000}


@pytest.mark.data
@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"view": "images"}, (3, 32, 32)),
        ({"view": "flat", "grey": True}, (1024,)),
        ({"view": "pca", "components": 20}, (20,)),
    ],
)
def test_views_have_the_shape_that_they_say(cifar10_root, options, shape):
    data = Cifar10(root=cifar10_root, n_train=60, n_eval=30, **options)
    train, evaluation = data.fit_view(data.pool(0).x_nD[:60], np.ones(60, int), data.evaluation(0).x_ND)
    assert data.shape == shape
    assert train.shape == (60, *shape) and evaluation.shape == (30, *shape)


@pytest.mark.data
def test_torchvision_reads_the_same(cifar10_root):
    from torchvision.datasets import CIFAR10

    theirs = CIFAR10(cifar10_root, train=False, download=False)
    images, labels = cifar10_files.read_split(cifar10_root, False)
    assert np.array_equal(images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), theirs.data)
    assert labels.tolist() == theirs.targets
