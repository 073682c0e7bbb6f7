"""Pages in a real browser: nothing is fetched or refused, everything can be reached, read, sorted and saved."""

import re

import pandas as pd
import pytest

from tests.browser.conftest import STUDIES

pytestmark = [pytest.mark.browser, pytest.mark.ci]
NAMES = [*STUDIES, "given", "partial"]
PRINTED = 6
DARK = {"color_scheme": "dark"}


def texts(page, place):
    """Return the texts of a column of the results, as far as it is shown."""
    return page.evaluate(
        "place => [...document.querySelectorAll('table.results tbody tr:not(.off)')]"
        ".map(row => row.cells[place].textContent)",
        place,
    )


def names_of_columns(page):
    return page.evaluate("[...document.querySelectorAll('table.results th')].map(head => head.dataset.name)")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("options", [{}, DARK], ids=["light", "dark"])
def test_accessibility_rules_hold(opened, name, options):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = opened(name, **options)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = axe.Axe().run(page).response["violations"]
    assert not [(one["id"], one["nodes"][0]["html"][:200]) for one in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_never_scrolls_sideways(opened, name):
    page = opened(name, viewport={"width": 360, "height": 700})
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", NAMES)
def test_the_first_screen_has_finding_facts_and_main_figure(opened, name):
    page = opened(name)
    for selector in (".finding", ".facts", ".main svg"):
        box = page.locator(selector).first.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 800, selector


def test_colours_are_those_of_the_figure(opened):
    colour = "line => getComputedStyle(line).stroke"
    line = "#figures svg [stroke='#0072b2'], .main svg [stroke='#0072b2']"
    assert opened("three_axes").locator(line).first.evaluate(colour) == "rgb(0, 114, 178)"
    assert opened("three_axes", **DARK).locator(line).first.evaluate(colour) == "rgb(79, 179, 232)"


def test_hostile_names_are_text(opened):
    page = opened("given")
    assert page.locator("img").count() == 0 and page.locator("script").count() == 1
    assert "<script>alert(1)</script>" in page.locator("table.results").text_content()


def test_headings_sort_and_say_what_they_mean(opened):
    page = opened("descent")
    place = names_of_columns(page).index("risk")
    heading = page.locator("table.results th").nth(place)
    heading.locator("button").click()
    risks = [float(text.split(" ")[0].replace(",", "")) for text in texts(page, place)]
    assert risks == sorted(risks) and heading.get_attribute("aria-sort") == "ascending"
    heading.locator("button").click()
    assert texts(page, place) == texts(page, place) and heading.get_attribute("aria-sort") == "descending"
    assert float(texts(page, place)[0].split(" ")[0].replace(",", "")) == max(risks)
    assert "expected test loss" in page.locator("#results").text_content()


def test_rows_are_filtered_and_counted(opened):
    page = opened("three_axes")
    place = names_of_columns(page).index("data.n_train")
    page.locator("#results").get_by_label("n train").first.select_option("40")
    assert set(texts(page, place)) == {"40"}
    assert "6 of 12 rows" in page.locator("#results output").text_content()


def test_what_is_shown_is_saved(opened, tmp_path, pages):
    page = opened("descent")
    page.locator("#results").get_by_label("features").first.select_option("20")
    page.locator("#results summary").click()
    page.locator(".controls").get_by_label("noise", exact=True).uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "shown.csv")
    saved, table = pd.read_csv(tmp_path / "shown.csv"), pd.read_csv(pages["descent"].with_name("results.csv"))
    (row,), (known,) = saved.to_dict("records"), table[table["model.features"] == 20].to_dict("records")
    assert "noise" not in row and row["model.features"] == 20
    for name in ("risk", "risk_low", "risk_high", "variance"):
        assert row[name] == pytest.approx(known[name], rel=1e-5)


def test_the_main_figure_says_its_numbers_by_pointer_and_by_keyboard(opened):
    page = opened("descent")
    said = page.locator(".readout")
    page.locator(".spot").nth(1).hover()
    assert re.search(r"features = 20 · risk: [\d.]+ \([\d.]+ to [\d.]+\) .*n = 6", said.text_content())
    page.locator(".spot").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "features = 50" in said.text_content()


def test_everything_is_reached_by_the_keyboard(opened):
    page = opened("descent")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML.slice(0, 40)"))
    for start in ("<a ", "<summary", "<button", "<select", "<rect", '<div class="wide"'):
        assert any(html.startswith(start) for html in reached), start


def test_without_a_script_everything_is_there(opened):
    page = opened("claims", java_script_enabled=False)
    assert page.locator("table.results tbody tr").count() > 5
    assert page.locator(".main svg .spot title").count() > 0
    for heading in ("Diagnosis", "Claims", "Results", "Methods", "Warnings and notes", "Provenance"):
        assert page.get_by_role("heading", name=heading, exact=True).is_visible()


def test_the_provenance_repeats_the_study(opened):
    assert (
        "biasvar sweep study=chapter/weight_decay replicates=20"
        in opened("claims").locator("#provenance").text_content()
    )


@pytest.mark.parametrize("name", ["descent", "partial"])
def test_it_is_printed_on_few_pages(opened, name):
    printed = opened(name).pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= PRINTED
