"""Small studies, and a progress that only remembers."""

import pytest

from biasvar.study.plan import plan

SETTINGS = {
    "name": "small",
    "seed": 3,
    "replicates": 4,
    "data": {"kind": "linear", "dimension": 12, "n_train": 20, "n_eval": 30},
    "resampling": {"kind": "fresh"},
    "model": {"kind": "linear", "features": 5},
    "training": {"kind": "exact"},
}


class Remembering:
    """A progress that remembers what it was told."""

    def __init__(self):
        self.done, self.total, self.warnings = 0, 0, []

    def start(self, total, done):
        self.total, self.done = total, done

    def advance(self, members):
        self.done += members

    def warn(self, message):
        self.warnings.append(message)


@pytest.fixture
def progress():
    return Remembering()


@pytest.fixture
def settings():
    """Return a function from changed entries to whole settings."""
    return lambda **changes: SETTINGS | changes


@pytest.fixture
def small_plan(settings):
    """Return a function from the features and other changes to a plan with one cell a number of features."""

    def make(features=(3, 5, 12), **changes):
        cells = [
            ({"model.features": p}, settings(model={"kind": "linear", "features": p}, **changes)) for p in features
        ]
        return plan(cells)

    return make
