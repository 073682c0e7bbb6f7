"""Numbers whose sum is wrong are never shown as if it were right."""

from types import SimpleNamespace

import numpy as np
import pytest

from biasvar.api import load
from biasvar.cli.report import command as report_command
from biasvar.cli.signals import Stopping
from biasvar.cli.sweep import sweep
from biasvar.cli.verify import command as verify_command
from biasvar.report.words.notes import notes_of
from biasvar.results import closure
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.table import build_results
from biasvar.results.verification.verification import verify_study
from biasvar.study.plan import plan
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from tests.results.test_verification import LINEAR, Silent


@pytest.fixture
def folder(tmp_path):
    """A study of two cells."""
    model = {"kind": "linear", "features": 5}
    cells = [({"model.features": p}, LINEAR | {"model": model | {"features": p}}) for p in (5, 12)]
    run(tmp_path / "study", plan(cells), 1, Silent())
    return tmp_path / "study"


def anew(folder):
    """Forget the tables: nothing that they were made from has changed."""
    (folder / "results.json").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("amount", [pytest.param(1e-3, marks=pytest.mark.ci), np.nan, np.inf])
def test_a_sum_that_is_wrong_stands_at_the_head_of_the_page_and_no_note_calls_it_right(folder, monkeypatch, amount):
    load(folder).write_report()
    before = (folder / "report.html").read_text()
    assert 'role="alert"' not in before and "The parts add up to the risk in every row" in before
    monkeypatch.setattr(closure, "largest_residual", lambda parts: amount)
    anew(folder)
    with pytest.warns(UserWarning, match="which is not rounding"):
        study = load(folder)
    assert len(study.results.not_closed) == 2 and "which is not rounding" in study.results.not_closed[0]
    page = study.write_report().read_text()
    banner = page[page.index('role="alert"') : page.index("</header>")]
    assert "Do not use these numbers" in banner
    for features in (5, 12):
        assert f"&#39;model.features&#39;: {features}" in banner
    assert "The parts add up" not in page


def test_a_row_that_is_wrong_costs_the_others_nothing(folder, monkeypatch):
    risks = build_results(cells_in(folder)).table["risk"]
    monkeypatch.setattr(closure, "largest_residual", lambda parts: 1.0 if parts.risk == risks[1] else 0.0)
    results = build_results(cells_in(folder))
    (fault,) = results.not_closed
    assert fault == "cell {'model.features': 12}: the squared_error residual is 1, which is not rounding"
    assert results.table["residual"].tolist() == [0.0, 1.0] and results.table["risk"].equals(risks)
    assert not any("add up" in note for note in notes_of(results))


@pytest.mark.ci
@pytest.mark.slow
def test_verify_fails_and_every_verb_is_exit_3(folder, monkeypatch, capsys):
    assert report_command.main([str(folder)], standalone_mode=False) == 0
    assert verify_command.main([str(folder)], standalone_mode=False) == 0
    monkeypatch.setattr(closure, "largest_residual", lambda parts: 1e-3)
    (finding,) = [one for one in verify_study(folder).findings if one.subject == "closure"]
    assert finding.holds is False and finding.text.count("which is not rounding") == 2
    assert verify_command.main([str(folder)], standalone_mode=False) == 3
    anew(folder)
    assert report_command.main([str(folder)], standalone_mode=False) == 3
    assert sweep(read_manifest(folder), folder, Stopping()) == 3
    said = capsys.readouterr()
    assert "FAILS       closure: cell {'model.features': 5}" in said.out
    assert "error: cell {'model.features': 12}: the squared_error residual is 0.001" in said.err


def test_the_rounding_of_differences_of_probabilities_is_none_of_the_terms_own(tmp_path):
    # Terms of the zero-one loss are of 1e-9 and less, and each is a difference of numbers near 1.
    data = {"kind": "gaussian_classes", "classes": 2, "separation": 5.0, "n_train": 100, "n_eval": 500}
    run(tmp_path, plan([({}, LINEAR | {"data": data, "model": {"kind": "linear", "features": 10}})]), 1, Silent())
    results = build_results(cells_in(tmp_path))
    assert results.not_closed == () and 0 < results.table["risk"].min() < 1e-8


@pytest.mark.parametrize(("loss", "scale", "closes"), [("zero_one", 1e-9, True), ("squared_error", 1e-9, False)])
def test_a_fault_is_seen_beside_its_own_terms_and_the_only_cell_is_called_so(loss, scale, closes):
    terms = {"risk": np.full(3, scale), "residual": np.full(3, 1e-16)}
    parts = SimpleNamespace(loss=loss, points=terms)
    if closes:
        closure.require_closure({}, parts)
        terms["residual"] = np.full(3, 1e-12)
    with pytest.raises(closure.NotClosed, match=f"the only cell: the {loss} residual is"):
        closure.require_closure({}, parts)
