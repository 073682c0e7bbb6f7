"""Claims on the command line: printed with the configuration, judged by a sweep, followed back by verify."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import biasvar

DOCS = Path(__file__).parents[2] / "docs"
VERB = [sys.executable, "-c", "from biasvar.cli.main import main; main()"]


def run(*words):
    return subprocess.run([*VERB, *map(str, words)], capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The study of docs/claims.md in a folder of one's own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "study").mkdir()
    (text,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "claims.md").read_text(), re.S)
    (folder / "study" / "mine.yaml").write_text(text)
    return folder


@pytest.mark.slow
@pytest.mark.ci
def test_claims_are_printed_judged_and_followed_back(own):
    words = ["sweep", "study=mine", "--config-dir", own, "replicates=12", "model.degree=0,6,12"]
    shown = run(*words, "--cfg", "job")
    assert "- id: variance_rises" in shown.stdout and "expect: smallest_at" in shown.stdout
    done = run(*words, "--out", own / "out")
    assert done.returncode == 0 and "claims: Of 2 claims" in done.stderr, done.stderr
    study = biasvar.load(own / "out")
    assert list(study.claims["id"]) == ["variance_rises", "least_at_six"]
    assert study.claims["verdict"].iloc[0] == "holds" and len(study.contributions) == 12 * 5
    assert "What the study asks, in plain words." in (own / "out" / "report.html").read_text()
    claims = json.loads((own / "out" / "study.json").read_text())["claims"]
    assert [claim["added_after"] for claim in claims] == [0, 0]
    checked = run("verify", own / "out")
    assert checked.returncode == 0 and "claims.csv: 2 verdicts follow from contributions.csv" in checked.stdout


@pytest.mark.slow
@pytest.mark.ci
def test_a_verdict_that_was_changed_is_found(own):
    out = own / "changed"
    run("sweep", "study=mine", "--config-dir", own, "replicates=12", "model.degree=0,6,12", "--out", out)
    path = out / "claims.csv"
    path.write_text(path.read_text().replace(",holds,", ",does not hold,", 1))
    found = run("verify", out)
    assert found.returncode == 3 and "variance_rises is 'does not hold'" in found.stdout


def test_the_page_on_claims_has_every_expectation_and_key():
    from biasvar.study.claims.claim import CELLS, Words, fields
    from biasvar.study.claims.expectations import EXPECTATIONS
    from biasvar.study.claims.quantities import OPTIONS

    text = (DOCS / "claims.md").read_text()
    names = [*EXPECTATIONS, *CELLS, "where", *OPTIONS, *(field.name for field in fields(Words))]
    assert [name for name in names if f"`{name}" not in text] == []
