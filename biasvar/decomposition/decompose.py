"""The one way in: from predictions and a target to noise, bias and variance."""

from collections.abc import Sequence

import numpy as np

from biasvar.decomposition.checks import check_predictions, check_target, check_terms, crossed_axes, plain_array
from biasvar.decomposition.encode import class_names, encode, kind_of_outputs
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.result import Decomposition

DESIGNS = ("joint", "crossed")


def decompose(
    predictions: np.ndarray,
    target: np.ndarray,
    *,
    loss: str = "squared_error",
    noise: np.ndarray | float | None = None,
    design: str = "joint",
    labels: Sequence | None = None,
    outputs_are: str | None = None,
    sources: Sequence[str] = ("data", "init"),
    resamples: int = 1000,
    seed: int = 0,
) -> Decomposition:
    """Decompose the risk of an ensemble at N points.

    Parameters
    ----------
    predictions
        Joint design: [R, N] or [R, N, K] over R replicates, in each of which every source of randomness is drawn anew.
        Crossed design: [I, J, N] or [I, J, N, K] over I data seeds and J init seeds, or one axis for each of
        ``sources``. Regression values; class outputs [.., K] as ``outputs_are`` says; or, under zero-one loss, class
        labels [.., N], any integers or strings.
    target
        What the predictions are measured against: f*(x) as [N] or [N, K] with its ``noise``; a label law [N, K], rows
        summing to one; counts of votes [N, K], whole numbers whose sums are two or more, whose finite number is
        corrected for; or labels [N], one a point, whose noise is not known. Under absolute error also draws of the
        label [N, S]. One-hot rows are a law without noise: give labels as labels.
    loss
        ``squared_error``, ``zero_one``, ``cross_entropy`` (in nats) or ``absolute_error``.
    noise
        Variance of the labels given x, [N] or one number; 0 beside class labels says that they are not noisy.
    design
        ``joint`` or ``crossed``.
    labels
        The classes in the order of the columns [.., K]; by default 0 to K - 1.
    outputs_are
        ``values`` (numbers), ``scores`` of classes, ``probabilities`` (checked), ``logits`` or ``labels``. The largest
        is the class predicted. By default probabilities under cross-entropy, labels where there is no axis K under
        zero-one loss, and scores where there is one; under squared error scores where the target is labels beside
        several outputs, a law, or (beside probabilities) votes, else values.
    sources
        Names of the crossed axes.
    resamples
        Bootstrap resamples behind ``interval``, where it is one by the bootstrap.
    seed
        Of the resamples and of the breaking of ties.

    Returns
    -------
    Decomposition
        Whose ``reference`` says what bias is measured against: ``law``, ``votes`` or ``labels``. Against labels
        alone squared error has ``bias_squared_plus_noise`` and no ``bias_squared``.

    Raises
    ------
    ValueError
        For shapes that do not fit, values that are not finite, probabilities that do not sum to one, a zero probability
        whose logarithm is needed, fewer than two replicates or seeds, or an unknown loss.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss = {loss!r} is not known; choose one of {', '.join(LOSSES)}")
    if design not in DESIGNS:
        raise ValueError(f"design = {design!r} is not known; choose one of {', '.join(DESIGNS)}")
    if resamples < 2:
        raise ValueError(f"resamples = {resamples}; an interval needs at least 2, and 1,000 for its ends")
    axes = ("replicate",) if design == "joint" else crossed_axes(sources)
    predictions, target = plain_array("predictions", predictions), plain_array("target", target)
    check_predictions(predictions, axes)
    sizes, rest = predictions.shape[: len(axes)], predictions.shape[len(axes) :]
    check_target(target, rest[0])
    kind = kind_of_outputs(outputs_are, len(rest) == 2, LOSSES[loss])
    classes = None if labels is None else class_names(labels)
    flat = predictions.reshape(-1, *rest)
    outputs_MNK, kind, reference = encode(flat, kind, target, noise, classes, loss, told=outputs_are is not None)
    ensemble = Ensemble(outputs_MNK, kind, sizes, axes, reference, seed)
    with np.errstate(over="ignore", invalid="ignore"):
        points, plug_in = LOSSES[loss].estimate(ensemble)
    check_terms(points)
    return Decomposition(loss, ensemble, points, plug_in, resamples)
