"""A CIFAR-10 of five images a batch, whose checksums pass for the published ones."""

import hashlib
import os
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest

from biasvar.data.images.cifar10 import FILES
from biasvar.data.images.published import Archive, read_split
from biasvar.data.training_set import evaluation_of, pool_of

IMAGES = 5


def batch(labels, seed=0):
    """Return the bytes of a batch in the format of the published ones."""
    images = np.random.default_rng(seed).integers(0, 256, (len(labels), 3072), dtype=np.uint8)
    content = pickle.dumps({"data": images, "labels": [int(label) for label in labels]}, protocol=3)
    return content.replace(b"numpy._core.", b"numpy.core.")  # the name that the published files know


def md5_of(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def forget():
    """Return a function that forgets every file that was read; it is called before and after the test too."""

    def forget_all():
        for kept in (read_split, pool_of, evaluation_of):
            kept.cache_clear()

    forget_all()
    yield forget_all
    forget_all()


@pytest.fixture
def small_cifar10(monkeypatch, forget):
    """Return the contents of a small CIFAR-10's files by name; these are taken for the published ones."""
    names = [*FILES.train, *FILES.test]
    contents = {name: batch([(place + row) % 10 for row in range(IMAGES)], place) for place, name in enumerate(names)}
    contents["batches.meta"] = b"the names"
    for table in (FILES.train, FILES.test, FILES.other):
        for name in table:
            monkeypatch.setitem(table, name, md5_of(contents[name]))
    monkeypatch.setattr("biasvar.data.images.published_images.TEST_IMAGES", IMAGES)
    return contents


@pytest.fixture
def put(tmp_path):
    """Return a function that writes files where CIFAR-10 is looked for, and returns ``data.root``."""

    def write(contents, root=tmp_path / "root"):
        folder = root / FILES.folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        return str(root)

    return write


@pytest.fixture
def open_folder():
    """Return a folder that anybody may search."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture
def published(monkeypatch):
    """Return a function that lets an archive pass for the published one."""

    def passes(path):
        (name,) = FILES.archives
        monkeypatch.setitem(FILES.archives, name, Archive(md5_of(path.read_bytes()), path.stat().st_size))

    return passes


@pytest.fixture(scope="session")
def make_batch():
    """Return a function from labels to the bytes of a batch."""
    return batch
