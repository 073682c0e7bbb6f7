"""The page holds the whole study, runs nothing, fetches nothing, and is the same bytes each time."""

import re
import xml.etree.ElementTree
from html.parser import HTMLParser

import pandas as pd
import pytest

from biasvar.report.figures import draw_figures
from biasvar.report.page.html import write_page
from biasvar.report.words.notes import notes_of
from biasvar.report.words.summary import summary
from biasvar.results.numbers import interval, number, plain, span


class Reader(HTMLParser):
    """Collects tags, ids and text of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.ids, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.text.append(data)


def read(results, folder, notes=()):
    """Write the page of a study; return its text and what a parser sees."""
    text = write_page(results, draw_figures(results, folder), folder, notes).read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    return text, reader


def test_every_study_makes_a_page_that_runs_and_fetches_nothing(any_study, tmp_path):
    _, reader = read(any_study, tmp_path)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"link", "iframe", "object", "embed", "img", "form"}
    assert not [name for _, attrs in reader.tags for name in attrs if name.startswith("on") or name == "style"]
    policy = next(attrs for tag, attrs in reader.tags if tag == "meta" and "http-equiv" in attrs)
    hashed = r"'sha256-[\w+/=]{44}'"
    assert re.fullmatch(
        rf"default-src 'none'; img-src data:; style-src {hashed}; script-src {hashed}", policy["content"]
    )
    fetched = [attrs["href"] for tag, attrs in reader.tags if tag == "a" and not attrs["href"].startswith("#")]
    assert all(re.fullmatch(r"(figures/)?[\w%-]+\.(pdf|svg|png|csv|parquet)", address) for address in fetched)


@pytest.mark.slow
def test_ids_are_unique_and_every_reference_is_met(any_study, tmp_path):
    text, reader = read(any_study, tmp_path)
    assert len(reader.ids) == len(set(reader.ids))
    referred = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    assert referred <= set(reader.ids)


@pytest.mark.slow
def test_figures_are_images_with_a_text_and_well_formed(studies, tmp_path):
    results = studies["descent"]()
    text, reader = read(results, tmp_path)
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(pictures) == 4
    assert [attrs["role"] for attrs in pictures] == ["group", "img", "img", "img"]
    assert all("Horizontal axis" in attrs["aria-label"] for attrs in pictures)
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        xml.etree.ElementTree.fromstring(picture)


def test_names_are_inert(studies, tmp_path):
    results = studies["odd"]()
    text, reader = read(results, tmp_path, notes=["<img src=x onerror=alert(1)>"])
    assert text.count("<script>") == 1
    assert "<img" not in text
    assert results.name in "".join(reader.text)
    titles = [attrs["title"] for tag, attrs in reader.tags if tag == "td" and "title" in attrs]
    assert "x" * 500 in titles


@pytest.mark.ci
@pytest.mark.slow
def test_same_bytes_twice_and_nothing_left_aside(studies, tmp_path):
    results = studies["zero_one"]()
    first, _ = read(results, tmp_path)
    second, _ = read(results, tmp_path)
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures", "report.html"]
    assert str(tmp_path) not in first


def test_a_page_of_somebody_else_is_left_alone(studies, tmp_path):
    (tmp_path / "report.html").write_text("<p>mine</p>")
    with pytest.raises(FileExistsError):
        write_page(studies["u"](), [], tmp_path)
    assert (tmp_path / "report.html").read_text() == "<p>mine</p>"


def test_long_tables_say_where_the_rest_is(studies, tmp_path):
    results = studies["u"]()
    table = pd.concat([results.table] * 50, ignore_index=True)
    object.__setattr__(results, "table", table)
    text = write_page(results, [], tmp_path).read_text(encoding="utf-8")
    assert "The first 500 of 600 rows" in text
    body = text[text.index('aria-label="Results"') :]
    assert body.count("<tr>") == 501


def test_summary_has_minimum_and_thresholds(studies):
    (varied, curve) = summary(studies["plain_descent"]())
    assert varied.startswith("Varied: features over 5, 10, 20")
    assert "the risk is least, 0.371 (0.334 to 0.408), at features = 1000" in curve
    assert "the measured interpolation threshold is at 100" in curve
    (_, curve) = summary(studies["u"]())
    assert "never crossed" in curve


def test_notes_tell_what_must_be_known(studies):
    gaps = " ".join(notes_of(studies["gaps"]()))
    assert "1 of 12 cells have fewer replicates than planned (35 of 50)" in gaps
    assert "1 of 12 cells have no estimate" in gaps
    assert "never clipped" in gaps
    votes = " ".join(notes_of(studies["zero_one"]()))
    assert "a share of 0.63 is distinct" in votes
    assert "threshold is at parameters / (rows × outputs) = 0.63 and not at 1" in votes
    assert "majority vote over 10 replicates" in votes
    assert "bias_squared_plus_noise" in votes


def test_numbers_as_people_read_them():
    assert number(0.123456) == "0.123"
    assert number(-0.00378) == "−0.00378"
    assert number(1234.6) == "1,230"
    assert number(1e-20) == "1.00×10⁻²⁰"
    assert number(9.999) == "10.0"
    assert number(float("nan")) == "–"
    assert plain(1e-8) == "10⁻⁸"
    assert plain(0.001) == "0.001"
    assert plain(True) == "True"
    assert plain(None) == "none"
    assert interval(1.0, 0.9, 1.1) == "1.00 (0.900 to 1.10)"
    assert interval(1.0, float("nan"), 1.1) == "1.00"
    assert span([43, 50]) == "43 to 50"
