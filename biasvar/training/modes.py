"""Modes of prediction: what dropout does while a trained network is read, and the mean over its masks."""

from collections.abc import Callable, Iterable
from math import log

import numpy as np

from biasvar.decomposition.entropy import log_softmax
from biasvar.training.readouts import Readout

MODES = {
    "deterministic": "nothing is dropped",
    "weight_scaled": "dropout's values are multiplied by 1 - p",
    "mc": "the mean prediction over training.mc_samples dropout masks",
}
SPREAD = "mc_spread"  # a measure of members that are read under dropout masks
SPREAD_MEANING = (
    "spread of a model's predictions over dropout masks r, mean over models: a heuristic of its own uncertainty, and "
    "neither the variance over training sets nor noise"
)


def outputs_in_mode(
    readout: Readout, loss: str, predict: Callable[[int], np.ndarray]
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return outputs [..., rows, K] in a readout's mode, and the spread of predictions over masks if it has some.

    ``predict`` returns the outputs of one pass, which is that of a number of mask in mode ``mc``.
    """
    if readout.samples is None:
        return predict(0), None
    return over_masks(map(predict, range(readout.samples)), loss)


def over_masks(samples: Iterable[np.ndarray], loss: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean prediction over S >= 2 dropout masks, as outputs, and the predictions' variance, [..., rows, K].

    Predictions are probabilities under cross-entropy, whose mean is returned as its logarithm; otherwise outputs. The
    variance has divisor S - 1 (Welford 1962). Sums are in float64.
    """
    classes = loss == "cross_entropy"
    count, mean, squares, log_total = 0, np.zeros(1), np.zeros(1), np.array([-np.inf])
    with np.errstate(over="ignore", invalid="ignore"):  # outputs of a diverged member may be infinite
        for count, outputs in enumerate(samples, start=1):
            values, dtype = outputs.astype(np.float64), outputs.dtype
            if classes:
                logs = log_softmax(values)
                log_total, values = np.logaddexp(log_total, logs), np.exp(logs)
            step = values - mean
            mean = mean + step / count
            squares = squares + step * (values - mean)
        return (log_total - log(count) if classes else mean).astype(dtype), squares / (count - 1)
