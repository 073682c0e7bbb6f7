"""Studies whose pages are opened, and a browser that notes everything a page does that it should not."""

import shutil

import numpy as np
import pytest

import biasvar

SMALL = ["replicates=6", "interval.resamples=200"]
STUDIES = {
    "descent": ["model.features=5,20,50,100", *SMALL],
    "classes": ["data=digits", "model=mlp", "model.width=2,4", "training.epochs=2", *SMALL],
    "three_axes": [
        "study=u_curve",
        "model.degree=1,3,9",
        "data.n_train=20,40",
        "training.weight_decay=0,0.1",
        *SMALL,
    ],
    "claims": ["study=chapter/weight_decay", "replicates=20"],
}


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """The path of the page of each study, by its name."""
    folder = tmp_path_factory.mktemp("pages")
    found = {name: biasvar.sweep(texts, out=folder / name).page for name, texts in STUDIES.items()}
    return found | {"given": given(folder / "given"), "partial": partial(folder)}


def given(folder):
    """Report on predictions made elsewhere, with names that try to run something."""
    rng = np.random.default_rng(0)
    names = {"<script>alert(1)</script>": 0.3, '"><img src=x onerror=alert(2)>': 0.1, "x" * 300: 0.5}
    predictions = {name: rng.normal(0, sd, (8, 30)) for name, sd in names.items()}
    return biasvar.from_predictions(predictions, np.zeros(30), noise=0.1, axes=["model"], out=folder).page


def partial(folder):
    """Report on a study of which a part is not trained."""
    study = biasvar.sweep(["model.features=5,20,50", "replicates=12"], out=folder / "partial")
    shutil.rmtree(sorted((study.folder / "shards").iterdir())[0])
    with pytest.warns(UserWarning, match="partial"):
        return biasvar.load(study.folder).write_report()


@pytest.fixture(scope="session")
def chromium():
    """A headless browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, pages):
    """Open the page of a study; whatever it requests, logs or violates is a failure at the end of the test."""
    wrong, contexts = [], []

    def open_page(name, **options):
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        page = context.new_page()
        address = pages[name].as_uri()
        page.on("request", lambda request: request.url in (address, "about:blank") or note(f"requests {request.url}"))
        page.on("console", lambda message: note(f"logs {message.text}"))
        page.on("pageerror", lambda error: note(f"raises {error}"))
        page.on("dialog", lambda dialog: (note(f"opens a dialog {dialog.message}"), dialog.dismiss()))
        page.goto(address)
        return page

    def note(text):
        if not text.startswith("requests blob:"):
            wrong.append(text)

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong
