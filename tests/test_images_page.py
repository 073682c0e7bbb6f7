"""The page on images: its three lines make the file of people's labels."""

import re
from pathlib import Path

import numpy as np
import pytest

from biasvar.data.images.cifar10n import ARRAYS, FILE, read_arrays

PAGE = (Path(__file__).parent.parent / "docs" / "images.md").read_text()


@pytest.mark.slow
def test_the_pages_three_lines_make_the_file_of_peoples_labels(tmp_path, monkeypatch):
    import torch

    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    labels = {name: np.arange(50_000) % 10 for name in ARRAYS.values()}
    torch.save(labels, "CIFAR-10_human.pt")
    exec(code, {})
    assert len([line for line in code.splitlines() if line]) == 3
    found = read_arrays(Path("data") / FILE)
    assert found.keys() == labels.keys() and all(np.array_equal(found[name], labels[name]) for name in labels)
