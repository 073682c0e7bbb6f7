"""Figures go to files: the backend that a notebook exports to its commands does not matter, and is not lost."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import biasvar.report.figures, matplotlib, os, sys
assert "matplotlib.pyplot" not in sys.modules
name = os.environ["MPLBACKEND"]
assert name != "svg" or matplotlib.rcParams._get_backend_or_none() == "svg"
print(name)
"""


@pytest.mark.ci
@pytest.mark.slow
@pytest.mark.parametrize("name", ["module://matplotlib_inline.backend_inline", "nonsense", "svg"])
def test_a_backend_that_is_not_there_ends_no_report(name):
    environment = os.environ | {"MPLBACKEND": name}
    found = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == name
