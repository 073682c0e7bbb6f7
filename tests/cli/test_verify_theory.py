"""What ``biasvar verify --theory`` prints, and its exit code."""

import pytest

from biasvar.api import theory
from biasvar.cli.main import cli
from biasvar.results.verification.forms import gradient_descent
from biasvar.theory import gradient_descent_risk


@pytest.fixture
def descent(monkeypatch):
    """Leave one family, which takes a second."""
    monkeypatch.setattr(theory, "FAMILIES", [one for one in theory.FAMILIES if one.study == "gradient_descent"])


def verified(capsys):
    code = cli.main(["verify", "--theory"], standalone_mode=False)
    return code, capsys.readouterr().out.splitlines()


def test_each_number_has_a_line_and_the_last_line_counts_them(descent, capsys):
    code, lines = verified(capsys)
    assert code == 0 and lines[-1] == "16 numbers, 16 agree"
    assert lines[0] == "gradient descent: Heckel, Yilmaz 2021; study=theory/gradient_descent"
    assert len([line for line in lines if line.endswith("agrees")]) == 16


def test_a_formula_that_is_off_is_told_and_is_a_failure(descent, capsys, monkeypatch):
    def off(*args):
        return gradient_descent_risk(args[0] * 1.1, *args[1:])

    monkeypatch.setattr(gradient_descent, "gradient_descent_risk", off)
    code, lines = verified(capsys)
    assert code == 3 and not lines[-1].startswith("16 numbers, 16") and any("DIFFERS" in line for line in lines)
