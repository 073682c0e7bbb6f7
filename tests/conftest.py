"""Where the real images are: the folder that BIASVAR_DATA names, if it is there."""

import os
from pathlib import Path

import pytest

import biasvar

CHECKOUT = Path(biasvar.__file__).parent.parent


@pytest.fixture(scope="session")
def cifar10_root():
    root = os.environ.get("BIASVAR_DATA")
    if not root or not (Path(root) / "cifar-10-batches-py").is_dir():
        pytest.skip("BIASVAR_DATA names no folder that holds cifar-10-batches-py: the real images are not here")
    return str(Path(root).resolve())


@pytest.fixture(scope="session")
def cifar10h_root(cifar10_root):
    if not (Path(cifar10_root) / "cifar10h-counts.npy").is_file():
        pytest.skip(f"there is no cifar10h-counts.npy in {cifar10_root}: the people's labels are not here")
    return cifar10_root


@pytest.fixture(scope="session")
def cifar10n_root(cifar10_root):
    if not (Path(cifar10_root) / "cifar10n.npz").is_file():
        pytest.skip(f"there is no cifar10n.npz in {cifar10_root}: the people's labels of training images are not here")
    return cifar10_root
