"""The pages of the documentation: links lead somewhere, references are what the code says, the site builds."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from biasvar.version import __version__

TOP = Path(__file__).parent.parent
PAGES = [TOP / "README.md", TOP / "CHANGELOG.md", *sorted((TOP / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"```.*?```|`[^`]*`", re.S)


def anchors_of(text):
    """Return the anchors of a page's headings, as readers of Markdown make them."""
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_every_link_leads_somewhere(page):
    for address in LINK.findall(FENCED.sub("", page.read_text())):
        if "://" in address:
            continue
        place, _, anchor = unquote(address).partition("#")
        target = page if not place else (page.parent / place)
        assert target.exists(), address
        if anchor and target.suffix == ".md":
            assert anchor in anchors_of(target.read_text()), address


def test_the_reference_is_what_the_settings_say(monkeypatch):
    monkeypatch.syspath_prepend(TOP / "scripts")
    from reference import PAGE, page

    assert PAGE.read_text() == page()


def texts_of(tree):
    """Yield the texts of a module, of its f-strings their fixed parts, without docstrings."""
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value


def test_every_message_of_the_faq_is_in_the_code():
    texts = {text for path in (TOP / "biasvar").rglob("*.py") for text in texts_of(ast.parse(path.read_text()))}
    messages = re.findall(r"^### `(.+)`$", (TOP / "docs" / "faq.md").read_text(), re.M)
    assert len(messages) > 20
    assert not [message for message in messages if not any(message in text for text in texts)]


def test_the_citation_has_the_version_of_the_package():
    assert f"version: {__version__}" in (TOP / "CITATION.cff").read_text().splitlines()


def test_the_readme_says_everything_before_its_first_table():
    lines = (TOP / "README.md").read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    assert first <= 80 and max(map(len, lines)) <= 180


@pytest.mark.slow
@pytest.mark.ci
def test_the_site_builds_without_a_warning(tmp_path):
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_parser")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(TOP / "docs"), str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    assert "StudyResults" in (site / "api.html").read_text()
    kept = re.findall(r'href="((?:chapter|demos|gallery)/[^"]+)"', "".join(p.read_text() for p in site.glob("*.html")))
    assert "chapter/report.html" in kept and all((site / address).is_file() for address in kept)


@pytest.mark.slow
@pytest.mark.ci
def test_the_tour_runs(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(TOP / "notebooks" / "tour.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    done = nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    cells = [cell for cell in done.execute().cells if cell.cell_type == "code"]
    kinds = {kind for cell in cells for output in cell.outputs for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= kinds
