"""A diagnosis reads as its numbers say, and stands at the head of the page."""

from types import SimpleNamespace

import pandas as pd
import pytest

from biasvar.report.page.html import write_page
from biasvar.report.words.diagnosis import diagnosis_in_words
from biasvar.report.words.replicates import more_replicates
from biasvar.results.diagnosis.diagnosis import diagnose

ELSEWHERE = SimpleNamespace(study=lambda cell: None)


def text_of(results, **where):
    return diagnosis_in_words(diagnose(results, ELSEWHERE, where), results)


def test_the_regime_comes_with_its_numbers(studies, with_replicates):
    results = with_replicates(studies["u"]())
    text = text_of(results, **{"model.degree": 1})
    assert text.paragraphs[0] == "The cell model.degree = 1, by its squared error."
    assert text.paragraphs[1] == (
        "Squared error: high bias; bias squared 0.450 (0.405 to 0.495) is 0.99 of risk − noise = 0.454, and its whole "
        "interval lies above half of it."
    )
    assert "high bias. The validation error, 0.554, is high (noise, 0.100, is 0.18 of it" in text.paragraphs[-1]
    assert text.paragraphs[-1].endswith("The table agrees.")
    assert list(text.remedies) == ["Against high bias", "Against high variance"]
    larger = next(one for one in text.remedies["Against high bias"] if one.startswith("A larger model"))
    assert larger.startswith("A larger model: model.degree = 5 lowers the risk by 0.36")
    assert "n = 40" in text.how and "replicate" in text.how


def test_unknown_noise_is_said(studies):
    text = " ".join(text_of(studies["zero_one"](), **{"model.width": 2}).paragraphs)
    assert "Squared error: not decided" in text
    assert "more replicates would not decide. Bias and noise cannot be told apart here: the noise is not known." in text
    assert "Zero-one loss: " in text


def test_cells_near_the_threshold_are_said_to_be(studies):
    near = text_of(studies["plain_descent"](), **{"model.features": 130}).paragraphs
    assert [one for one in near if one.startswith("Near the threshold: the capacity is within a factor 1.5")]
    far = text_of(studies["plain_descent"](), **{"model.features": 500}).paragraphs
    assert not [one for one in far if one.startswith("Near")]


@pytest.mark.parametrize(
    ("times", "design", "text"),
    [
        (2.0, "joint", "about 40 more replicates"),
        (1.001, "joint", "about 1 more replicate"),
        (4.1, "joint", "about 130 more replicates"),
        (2.0, "crossed", "about 7 more seeds of each source"),
        (5000.0, "joint", ""),
        (float("inf"), "joint", ""),
        (float("nan"), "joint", ""),
    ],
)
def test_replicates_are_counted_in_words(times, design, text):
    vary = "data × init" if design == "crossed" else "data+init"
    row = pd.DataFrame([{"n_ok": 49 if design == "crossed" else 40, "design": design, "vary": vary}])
    assert more_replicates(row, times) == text


def test_the_page_begins_with_it_and_escapes_it(studies, tmp_path):
    results = studies["odd"]()
    page = write_page(results, [], tmp_path, (), text_of(results)).read_text()
    assert page.index("<h2>Diagnosis</h2>") < page.index("<h2>Results</h2>")
    assert "The cell of least squared error: " in page and page.count("<script>") == 1
    assert "No cell has an estimate to diagnose." in write_page(results, [], tmp_path).read_text()
