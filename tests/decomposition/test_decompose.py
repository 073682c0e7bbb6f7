import numpy as np
import pytest

import biasvar
from biasvar.decomposition import LOSSES

GOOD = np.zeros((3, 5))


@pytest.mark.parametrize(
    ("predictions", "target", "options", "message"),
    [
        (GOOD[:1], np.zeros(5), {}, "variance needs at least 2"),
        (GOOD[0], np.zeros(5), {}, r"predictions have shape \(5,\); expected \[R, N\]"),
        (GOOD, np.zeros(4), {}, r"target has shape \(4,\); expected \[N\] or \[N, K\] with N = 5"),
        (np.zeros((3, 5, 2)), np.zeros((5, 3)), {}, "target has 3 outputs and predictions have 2"),
        (
            np.where(np.eye(3, 5) == 1, np.nan, 0),
            np.zeros(5),
            {},
            r"3 values that are not finite, the first at \(0, 0, 0\)",
        ),
        (GOOD, np.full(5, np.inf), {}, "targets have 5 values that are not finite"),
        (np.zeros((3, 5, 2)), np.array([0, 1, 2, 0, 1]), {}, "labels must be integers from 0 to 1"),
        (GOOD, np.zeros(5), {"loss": "mea"}, "loss = 'mea' is not known; choose one of squared_error, zero_one"),
        (np.full((3, 5), 7), np.full((5, 2), 0.5), {"loss": "zero_one"}, "must be 0 to 1"),
    ],
)
def test_arrays_that_cannot_be_decomposed_are_refused_with_what_was_found(predictions, target, options, message):
    with pytest.raises(ValueError, match=message):
        biasvar.decompose(predictions, target, **options)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_has_the_same_functions_and_intervals_that_hold_the_estimate(loss):
    assert LOSSES[loss].__doc__ and LOSSES[loss].TASKS
    generator = np.random.default_rng(0)
    parts = biasvar.decompose(generator.random((8, 60, 3)), generator.dirichlet(np.ones(3), 60), loss=loss)
    for name in parts.resamples:
        low, high = parts.interval(name)
        assert low <= getattr(parts, name) <= high
    with pytest.raises(ValueError, match="has no interval"):
        parts.interval("colour")


def test_the_same_seed_gives_the_same_interval():
    generator = np.random.default_rng(0)
    predictions, target = generator.random((8, 60)), generator.random(60)
    one, two, other = (
        biasvar.decompose(predictions, target, noise=0, seed=seed).interval("risk") for seed in (0, 0, 1)
    )
    assert one == two != other
