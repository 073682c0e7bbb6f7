"""The LaTeX table: digits by the width of intervals, names as they are, and pdflatex takes every one of them."""

import math
import re
import shutil
import subprocess

import numpy as np
import pytest

from biasvar.report.latex import column_in_latex, escaped, estimate, latex, value_in_latex
from biasvar.settings import SettingsError
from tests.result_tables import ODD, STUDIES

DOCUMENT = "\\documentclass{article}\n\\usepackage{booktabs}\n"
DOCUMENT += "\\begin{document}\n%s\\end{document}\n"


@pytest.mark.parametrize(
    ("value", "low", "high", "digits", "expected"),
    [
        (0.123456, 0.11, 0.14, 2, r"$0.123\,[0.110, 0.140]$"),
        (0.123456, 0.11, 0.14, 1, r"$0.12\,[0.11, 0.14]$"),
        (12.3456, 10.0, 15.0, 2, r"$12.3\,[10.0, 15.0]$"),
        (1234.5, 1000.0, 1500.0, 2, r"$1230\,[1000, 1500]$"),
        (-0.0001, -0.004, 0.004, 1, r"$0.000\,[-0.004, 0.004]$"),
        (123456.0, 120000.0, 126000.0, 2, r"$(1.235\,[1.200, 1.260])\times 10^{5}$"),
        (1.234e-6, 1.1e-6, 1.4e-6, 2, r"$(1.23\,[1.10, 1.40])\times 10^{-6}$"),
        (0.5, -math.inf, math.inf, 2, r"$0.500\,[-\infty, \infty]$"),
        (0.09123, 0.09123, 0.09123, 2, "$0.0912$"),
        (0.09123, math.nan, math.nan, 2, "$0.0912$"),
        (0.0, 0.0, 0.0, 2, "$0$"),
        (math.nan, math.nan, math.nan, 2, "--"),
    ],
)
def test_the_half_width_decides_the_digits(value, low, high, digits, expected):
    assert estimate(value, low, high, digits) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (8, "$8$"), (0.001, "$0.001$"), (1e-8, "$10^{-8}$"), (2.5e-8, r"$2.5\times 10^{-8}$"), (np.inf, r"$\infty$"),
        (np.nan, "--"), (None, "none"), ("relu", "relu"), (True, "True"), ("a_b & 5 %", r"a\_b \& 5 \%"),
        (-3, "$-3$"), ("é ą 漢\n", "é a ?"),
    ],
)  # fmt: skip
def test_settings_are_written_as_people_do(value, expected):
    assert value_in_latex(value) == expected


def test_a_row_for_each_cell_with_its_axes_first():
    text = latex(STUDIES["u"]())
    lines = text.splitlines()
    assert lines.count(r"\midrule") == 1 and sum(line.startswith("$") for line in lines) == 12
    head = lines[lines.index(r"\toprule") + 1]
    assert head == r"model.degree & risk & noise & bias squared & variance \\"
    assert "95 \\% intervals over 50 replicates at 1,000 points, fixed, from second moments" in text
    assert latex(STUDIES["u"]()) == text


def test_cells_with_fewer_replicates_are_marked_and_missing_ones_are_dashes():
    text = latex(STUDIES["gaps"]())
    assert re.search(r"^\$4\$\$\^\\dagger\$ &", text, re.M) and r"$7$ & -- & -- & -- & -- \\" in text
    assert r"$\dagger$: fewer replicates than planned." in text


def test_several_losses_are_told_apart():
    text = latex(STUDIES["zero_one"]())
    assert r"$1$ & zero\_one & " in text and r"$1$ & squared\_error & " in text


def test_columns_and_digits_are_chosen():
    results = STUDIES["u"]()
    assert r"model.degree & n ok & risk \\" in latex(results, ["model.degree", "n_ok", "risk"])
    with pytest.raises(SettingsError, match="no column risc"):
        latex(results, ["risc"])
    with pytest.raises(SettingsError, match="digits = 0"):
        latex(results, digits=0)
    assert column_in_latex(results.table, "n_ok", 2)[0] == "$50$"


def test_hostile_names_are_text():
    assert "$" not in escaped("x^2_{a}").replace(r"\$", "") and escaped("a\\b") == r"a\textbackslash{}b"


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("name", ["u", "descent", "zero_one", "gaps", "words", "odd"])
def test_pdflatex_takes_it(name, tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    letters = "".join(map(chr, [*range(0x20, 0x250), *range(0x2000, 0x2300)]))
    (tmp_path / "d.tex").write_text(DOCUMENT % (escaped(letters) + "\n" + latex(STUDIES[name]())))
    words = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "d.tex"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert name != "odd" or ODD not in (tmp_path / "d.tex").read_text()
