"""The page on images: its sweeps compose as written, and its three lines make the file of people's labels."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from biasvar.composition.compose import compose_study
from biasvar.data.images.cifar10n import ARRAYS, FILE, read_arrays

PAGE = (Path(__file__).parent.parent / "docs" / "images.md").read_text().replace("\\\n", " ")
SWEEPS = re.findall(r"biasvar (sweep [^`\n]+)", PAGE)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in a folder that holds what the page speaks of: images of pets, and people's labels."""
    monkeypatch.chdir(tmp_path)
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(400):
            Image.new("RGB", (2, 2), (number % 256, number // 256, 0)).save(f"pets/{name}/{number}.bmp")
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / FILE, **dict.fromkeys(ARRAYS.values(), np.zeros(50_000, dtype=np.uint8)))
    read_arrays.cache_clear()
    yield tmp_path
    read_arrays.cache_clear()


@pytest.mark.parametrize("command", SWEEPS)
def test_every_sweep_of_the_page_composes_as_written(here, command):
    _, study_plan = compose_study(shlex.split(command)[1:], lambda warning: None)
    assert len(study_plan.cells) > 1


@pytest.mark.slow
def test_the_pages_three_lines_make_the_file_of_peoples_labels(here):
    import torch

    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    labels = {name: np.arange(50_000) % 10 for name in ARRAYS.values()}
    torch.save(labels, "CIFAR-10_human.pt")
    exec(code, {})
    assert len([line for line in code.splitlines() if line]) == 3
    found = read_arrays(Path("data") / FILE)
    assert found.keys() == labels.keys() and all(np.array_equal(found[name], labels[name]) for name in labels)
