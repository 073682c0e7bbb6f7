"""What all tests share: one thread, and the real images where BIASVAR_DATA names their folder."""

import os
from pathlib import Path

import pytest

import biasvar

CHECKOUT = Path(biasvar.__file__).parent.parent

# Each worker of pytest has one core: more threads than that wait for each other. Neither numpy nor torch is loaded yet,
# and the processes that tests start inherit it.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

LONGEST = ("cli", "training", "results", "report")
"""The folders whose files take longest."""


def pytest_collection_modifyitems(items):
    """Begin with the longest files, which workers take one by one, so that none waits for the last of another."""
    here = Path(__file__).parent
    folders = {item: item.path.relative_to(here).parts[0] for item in items}
    items.sort(key=lambda item: LONGEST.index(folders[item]) if folders[item] in LONGEST else len(LONGEST))


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
