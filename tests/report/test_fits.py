"""The figure of single fits: a function of one input in a few cells, with their mean and f*."""

from dataclasses import replace

import numpy as np
import pytest

from biasvar.report.figures.fits import Fits, limits
from tests.undrawn import undrawn

SMALL = ["replicates=4", "data.n_train=12", "data.n_eval=50", "engine=serial"]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Return a function that sweeps a tiny study of polynomials."""

    def make(*overrides):
        study = [] if overrides[0].startswith("study=") else ["study=u_curve"]
        return undrawn(tmp_path_factory.mktemp("study"), *SMALL, *study, *overrides)

    return make


def test_the_fits_are_the_stored_predictions_and_their_mean(sweep):
    study = sweep("model.degree=0,1,3", "data.function=cubic", "data.noise=gaussian")
    drawn = study.plot("fits")
    assert [fan.title for fan in drawn.fans] == ["degree = 0", "degree = 1", "degree = 3"]
    for number, fan in enumerate(drawn.fans):
        table = study.predictions(number).pivot(index="point", columns="replicate", values="prediction")
        for replicate in range(4):
            np.testing.assert_array_equal(fan.fits[f"replicate {replicate}"], table[replicate])
            np.testing.assert_array_equal(
                drawn.lines_[fan.title, f"replicate {replicate}"].get_ydata(), table[replicate]
            )
        np.testing.assert_allclose(fan.fits["mean"], table.mean(axis=1), rtol=1e-12)
        np.testing.assert_allclose(fan.fits["truth"], 2 * fan.x**3 - fan.x, rtol=1e-12)
    assert (
        "the fits of 4 replicates" in drawn.caption and "whose distance from f* (dashed) is the bias" in drawn.caption
    )
    assert "root mean squared distance of their mean from f*" in drawn.alt


def test_of_many_cells_the_first_the_best_and_the_last_are_drawn(sweep):
    study = sweep("model.degree=range(0,8)")
    table = study.results.of_loss("squared_error")
    best = table["model.degree"].iloc[int(table["risk"].argmin())]
    shown = [fan.title for fan in study.plot("fits").fans]
    assert shown == list(dict.fromkeys(f"degree = {degree}" for degree in (0, best, 7)))


def test_of_a_table_the_labels_stand_beside_the_mean(sweep):
    results = sweep("model.degree=1").results
    labels = results.fits.replace({"fit": {"truth": "labels"}})
    (drawn,) = Fits.from_results(replace(results, fits=labels), "squared_error")
    assert "among labels" in drawn.caption and "f*" not in drawn.alt
    drawn.plot()
    assert drawn.lines_["", "labels"].get_linestyle() == "None"


def test_models_of_several_inputs_have_no_such_figure(sweep):
    study = sweep("study=default", "data.dimension=5", "model.features=2,4")
    assert study.results.fits is None
    with pytest.raises(ValueError, match="no figure fits: it needs models that are functions of one input"):
        study.plot("fits")


def test_the_wild_ends_of_a_mean_fit_do_not_flatten_the_truth(sweep):
    drawn = sweep("model.degree=1,3").plot("fits")
    truth = np.concatenate([fan.fits["truth"] for fan in drawn.fans])
    wild = replace(drawn.fans[1], fits=drawn.fans[1].fits | {"mean": np.append(truth[:45], [1e3] * 5)})
    (low, high), reach = limits((drawn.fans[0], wild)), np.ptp(truth)
    assert low <= truth.min() and truth.max() <= high and high - low < 4 * reach
    away = replace(wild, fits=wild.fits | {"mean": np.full(50, 1e3)})
    assert limits((drawn.fans[0], away))[1] >= 1e3
