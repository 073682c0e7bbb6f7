"""A truth of the user's own: the laws of a distribution, and one clear message for each thing that may be wrong."""

import sys

import numpy as np
import pytest

from biasvar import seeds
from biasvar.data import SOURCES
from biasvar.data.truth import BLOCK
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.table import build_results
from biasvar.settings import SettingsError, as_mapping, identity_of
from biasvar.settings.plugins import load, plugins_named
from biasvar.study.plan import plan
from biasvar.study.run import run

TRUTH = """
import numpy as np

def inputs(generator, n):
    return generator.standard_normal((n, 2)) * [1, 3]

def f(x):
    return x @ [1.0, -0.5]

def noise_std(x):
    return 0.1 + np.abs(x[:, 0])
"""
ONE = """
import numpy as np

def inputs(generator, n):
    return generator.uniform(0, 1, n)

def f(x):
    return np.sin(x)

def noise_std(x):
    return 0.2
"""


@pytest.fixture
def truth(tmp_path, monkeypatch):
    """Return a function from a file's text to the data source that it defines."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def made(text, **settings):
        path = tmp_path / "truth.py"
        path.write_text(text)
        load.cache_clear()
        return SOURCES["function"](**settings).looked_up(plugins_named([str(path)]))

    return made


def sequences():
    """Return the seeds of inputs and noise."""
    return seeds.sequence(0, "rows", 0), seeds.sequence(0, "label_noise", 0)


def test_the_first_rows_do_not_depend_on_how_many_are_drawn_even_if_the_generator_is_used_column_by_column(truth):
    data = truth(TRUTH + "\ndef inputs(g, n):\n    return np.stack([g.random(n), g.random(n)], axis=1)\n")
    few, many = (data.draw(*sequences(), n) for n in (10, 2 * BLOCK + 7))
    assert np.array_equal(few.x_nD, many.x_nD[:10]) and np.array_equal(few.y_n, many.y_n[:10])
    assert many.x_nD.shape == (2 * BLOCK + 7, 2) == (len(many.y_n), *data.shape)
    assert len(np.unique(many.x_nD)) == many.x_nD.size


def test_labels_have_the_mean_and_the_deviation_of_the_functions(truth):
    data = truth(TRUTH)
    rows = data.draw(*sequences(), 40_000)
    standardised = (rows.y_n - rows.x_nD @ [1.0, -0.5]) / (0.1 + np.abs(rows.x_nD[:, 0]))
    assert abs(standardised.mean()) < 4 / 200 and abs(np.mean(standardised**2) - 1) < 4 * np.sqrt(2) / 200


def test_evaluation_points_are_draws_with_what_is_known(truth):
    data = truth(TRUTH, n_eval=300)
    first, again, other = data.evaluation(0), data.evaluation(0), data.evaluation(1)
    assert np.array_equal(first.x_ND, again.x_ND) and not np.array_equal(first.x_ND, other.x_ND)
    assert np.allclose(first.target, first.x_ND @ [1.0, -0.5])
    assert np.allclose(first.noise_N, (0.1 + np.abs(first.x_ND[:, 0])) ** 2)


def test_inputs_of_one_number_and_noise_that_is_the_same_everywhere_are_as_simple_as_they_sound(truth):
    points = truth(ONE).evaluation(0)
    assert points.x_ND.shape == (1000, 1) and np.allclose(points.target, np.sin(points.x_ND[:, 0]))
    assert np.allclose(points.noise_N, 0.04)


def test_the_source_is_in_the_identity_and_its_place_is_not(truth):
    one, again, other = (identity_of(truth(text)) for text in (ONE, ONE, ONE + "\n# changed\n"))
    assert one == again != other
    assert one.keys() == {"kind", "numerics", "plugin_source", "n_train", "n_eval", "n_pool"}


OK = """import numpy as np
def inputs(g, n):
    return g.uniform(-1, 1, n)
def f(x):
    return x
def noise_std(x):
    return 0.1
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def inputs(g, n):\n    return g.random(n)\n", r"^truth.py does not define f and noise_std"),
        (OK + "def f(x):\n    return np.where(x > 0, np.nan, x)\n", r"truth.py: f returns nan at x = 0\.\d+; expected"),
        (OK + "def inputs(g, n):\n    return np.full(n, np.inf)\n", r"truth.py: inputs returns inf; expected"),
        (
            OK + "def f(x):\n    return x[:, None]\n",
            r"f\(x\) has shape \(256, 1\) for x of shape \(256,\); expected \(256,\)",
        ),
        (OK + "def f(x):\n    return 1.0\n", r"f\(x\) has shape \(\) for x of shape"),
        (OK + "def inputs(g, n):\n    return g.random((n, 2, 2))\n", r"has shape \(256, 2, 2\); expected \(256,\) or"),
        (OK + "def inputs(g, n):\n    return g.random(n - 1)\n", r"has shape \(255,\); expected"),
        (OK + "def f(x):\n    raise RuntimeError('boom')\n", r"f cannot be used: RuntimeError: boom \(line 9\)"),
        (OK + "def f(x):\n    return 'a'\n", r"f cannot be used: ValueError: could not convert string"),
        (OK + "def inputs():\n    return 1\n", r"inputs cannot be used: TypeError"),
        (OK + "def noise_std(x):\n    return x\n", r"noise_std\(x\) is -0\.99\d* at x = -0\.99\d*; expected 0 or more"),
        (
            OK + "R = np.random.default_rng(0)\ndef inputs(g, n):\n    return R.random(n)\n",
            r"other numbers at the same seed",
        ),
        (OK + "def inputs(g, n):\n    return np.linspace(0, 1, n)\n", r"is the same at every seed; expected draws"),
        (OK + "def inputs(g, n):\n    return np.sort(g.random(n))\n", r"is in order; expected rows"),
        (OK + "def f(x):\n    return x - x.mean()\n", r"f\(x\) of a row depends on the other rows, or on chance"),
        (OK + "def f(x):\n    return np.cumsum(x)\n", r"f\(x\) of a row depends on the other rows"),
        (OK + "raise ValueError('no')\n", r"truth.py cannot be loaded: ValueError: no \(line 8\)"),
    ],
)
def test_each_thing_that_may_be_wrong_has_one_message(truth, text, says):
    with pytest.raises(SettingsError, match=says) as error:
        truth(text)
    assert len(error.value.problems) == 1


def test_what_goes_wrong_at_few_inputs_only_is_named_where_it_is_met(truth):
    data = truth(OK + "def f(x):\n    return np.where(x > 0.998, np.nan, x)\n", n_eval=5000)
    with pytest.raises(SettingsError, match=r"f returns nan at x = 0\.99"):
        data.evaluation(0)


def test_without_a_plugin_it_is_said_what_one_should_define():
    with pytest.raises(SettingsError, match=r"there is no plugin .*inputs\(generator, n\).*add --plugin FILE\.py"):
        SOURCES["function"]().looked_up(())
    with pytest.raises(SettingsError, match="data=function has no plugin"):
        plan(
            [
                (
                    {},
                    {
                        "data": {"kind": "function"},
                        "resampling": {"kind": "fresh"},
                        "model": {"kind": "polynomial"},
                        "training": {"kind": "exact"},
                    },
                )
            ]
        )


def test_a_study_is_read_without_the_plugin_that_it_was_trained_with(tmp_path, truth, monkeypatch):
    class Silent:
        def start(self, total, done): ...

        def advance(self, members): ...

        def warn(self, message): ...

    settings = {
        "name": "own",
        "replicates": 4,
        "data": as_mapping(truth(TRUTH, n_train=30, n_eval=300)),
        "resampling": {"kind": "fresh"},
        "model": {"kind": "linear", "features": 2},
        "training": {"kind": "exact"},
    }
    folder = tmp_path / "study"
    assert run(folder, plan([({}, settings)]), workers=1, progress=Silent()).trained == 4
    (tmp_path / "truth.py").unlink()
    load.cache_clear()
    (row,) = build_results(cells_in(folder)).table.to_dict("records")
    # A linear model holds f, and the noise of the points is known: E (0.1 + |x|)^2 for x standard normal.
    assert row["n_ok"] == 4 and abs(row["bias_squared"]) < 0.1
    assert row["noise"] == pytest.approx(1.01 + 0.2 * np.sqrt(2 / np.pi), rel=0.25)
