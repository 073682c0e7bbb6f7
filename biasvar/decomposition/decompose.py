"""``decompose``: from predictions and a target to noise, bias and variance."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np

from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.noise.distributions import check_noise_distribution
from biasvar.decomposition.reading.ambiguity import Words
from biasvar.decomposition.reading.checks import (
    check_integer,
    check_predictions,
    check_target,
    check_terms,
    crossed_axes,
    relative_weights,
)
from biasvar.decomposition.reading.class_labels import class_names
from biasvar.decomposition.reading.encode import check_width, encode, kind_of_outputs
from biasvar.decomposition.reading.plain_arrays import is_read_in_parts, plain_array, plain_numbers
from biasvar.decomposition.reading.point_labels import in_order, labels_of, refuse_points_in_rows
from biasvar.decomposition.result import Decomposition
from biasvar.decomposition.terms import NESTED
from biasvar.decomposition.tiles import joined

DESIGNS = ("joint", "crossed", "nested")
SOURCES = ("data", "init")


@overload
def decompose(predictions: Any, target: np.ndarray, *, loss: str = ..., **options: Any) -> Decomposition: ...


@overload
def decompose(
    predictions: Any, target: np.ndarray, *, loss: Sequence[str], **options: Any
) -> dict[str, Decomposition]: ...


def decompose(  # type: ignore[misc]  # both overloads take the options below
    predictions: Any,
    target: np.ndarray,
    *,
    loss: str | Sequence[str] = "squared_error",
    noise: np.ndarray | float | None = None,
    noise_distribution: str | None = None,
    weights: np.ndarray | None = None,
    design: str | None = None,
    labels: Sequence | None = None,
    outputs_are: str | None = None,
    target_is: str | None = None,
    sources: Sequence[str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> Decomposition | dict[str, Decomposition]:
    """Decompose the risk of an ensemble at N points.

    Points are processed in tiles, on as many threads as there are cores. Besides the predictions themselves, memory
    grows with N and not with R N.

    Parameters
    ----------
    predictions
        Joint design: [R, N] or [R, N, K] over R replicates; every source of randomness is drawn anew in each.
        Crossed design: [I, J, N] or [I, J, N, K] over I data seeds and J init seeds, or one axis for each of
        ``sources``. Nested design: [I, J, N] or [I, J, N, K] over J inner draws within each of I outer ones.
        Regression values; class outputs [.., K] as ``outputs_are`` says; or, under zero-one loss,
        class labels [.., N], any integers or strings. An array, or anything sliced like an array with axis K (a
        memory map, a data set in a file), which is read a tile of points at a time, several times. Where a data
        frame [R, N] and ``target`` or ``noise`` both label their points, the points are aligned by label.
    target
        What the predictions are compared with: f*(x) as [N] or [N, K] with its ``noise``; a label distribution [N,
        K], rows summing to one; vote counts [N, K], whole numbers with at least two votes per point (the finite
        number of votes is corrected for); or labels [N], one per point, whose noise is not known. Under absolute
        error also draws of the label [N, S]. Set ``target_is`` where an array could be read in more than one way.
    loss
        ``squared_error``, ``zero_one``, ``cross_entropy`` (in nats) or ``absolute_error``; or several,
        which share work.
    noise
        Variance of the labels given x, [N] or one number; 0 beside class labels declares them free of noise.
    noise_distribution
        The distribution of that noise, which the absolute error needs beside f*(x): ``gaussian``, ``laplace``,
        ``uniform`` or ``student`` (with 5 degrees of freedom). Its expectations are then exact.
    weights
        How much each point counts, [N], in every mean over points and in its interval: as where points are drawn from
        another distribution than the one that the risk is about. Only their ratios matter. A point of weight 0 is as if
        it were left out.
    design
        ``joint``, ``crossed`` or ``nested``; by default joint, where the shapes of predictions and target are
        unambiguous.
    labels
        The classes in the order of the columns [.., K]; by default 0 to K - 1.
    outputs_are
        ``values`` (numbers), ``scores`` of classes, ``probabilities`` (checked; cross-entropy divides them by their
        sum), ``logits`` or ``labels``. The predicted class is the one with the largest output. The default is
        probabilities under cross-entropy; under zero-one loss labels without an axis K, and scores with one; under
        squared error values, or scores where they are probabilities beside labels, a distribution or votes.
        Required where squared error has other class outputs, which may be scores or logits.
    target_is
        ``values`` (f*(x), or numbers with their noise in them), ``labels``, ``distribution`` or ``counts``.
        Required for one-hot rows, and under squared error for rows that sum to one beside predictions that do not.
    sources
        Names of the crossed axes; by default data and init.
    resamples
        Number of bootstrap resamples behind ``interval``, where it is a bootstrap interval.
    seed
        Seed of the resamples.

    Returns
    -------
    Decomposition
        Its ``reference`` says what bias is measured against: ``distribution``, ``votes`` or ``labels``. Against
        labels alone, squared error has ``bias_squared_plus_noise`` and no ``bias_squared``. With several losses, a
        dictionary from loss to decomposition.

    Raises
    ------
    ValueError
        For shapes or point labels that do not match, values that are masked or not finite, weights that are negative
        or all 0, probabilities that do not sum to one, ambiguous arrays, a zero probability whose logarithm is needed,
        fewer than two replicates or seeds, or an unknown loss.
    """
    losses = [loss] if isinstance(loss, str) or not isinstance(loss, Iterable) else list(loss)
    for name in losses:
        if not isinstance(name, str) or name not in LOSSES:
            raise ValueError(f"loss = {name!r} is not known; choose one of {', '.join(LOSSES)}")
    if design not in (None, *DESIGNS):
        raise ValueError(f"design = {design!r} is not known; choose one of {', '.join(DESIGNS)}")
    if sources is not None and design != "crossed":
        raise ValueError("sources name the axes of a crossed design: add design='crossed'")
    check_integer("resamples", resamples, 2, ", and 1,000 for the ends of an interval")
    check_integer("seed", seed, 0)
    if noise_distribution is not None:
        check_noise_distribution(noise_distribution, noise)
    axes = crossed_axes(sources or SOURCES) if design == "crossed" else NESTED if design == "nested" else ("replicate",)
    classes = None if labels is None else class_names(labels)
    names_axes = design in ("joint", "nested") or (design == "crossed" and sources is not None)
    words = Words(outputs_are, target_is, names_axes, classes, noise_distribution or "")
    target, noise, weights = by_labels(predictions, target, noise, weights, classes)
    if not is_read_in_parts(predictions):
        predictions = plain_array("predictions", predictions)
    target = plain_array("target", target)
    noise = None if noise is None else plain_numbers("noise", noise)
    if noise is not None and noise.dtype.kind == "b":
        raise ValueError("noise holds truth values; expected a variance")
    check_predictions(predictions, axes)
    sizes, rest = predictions.shape[: len(axes)], predictions.shape[len(axes) :]
    check_target(target, rest[0])
    weights_N = np.zeros(0) if weights is None else relative_weights(weights, rest[0])
    ensembles: dict[tuple[str, bool], Ensemble] = {}
    of_loss: dict[str, Ensemble] = {}
    for name in losses:
        kind = kind_of_outputs(outputs_are, len(rest) == 2, LOSSES[name])
        check_width(rest, kind, name)
        key = (kind, LOSSES[name].READS_DRAWS)
        if key not in ensembles:
            outputs, kind, reference = encode(predictions, sizes, kind, target, noise, name, words)
            reference = replace(reference, weights_N=weights_N)
            ensembles[key] = Ensemble(outputs, kind, sizes, axes, reference, seed)
        of_loss[name] = ensembles[key]
        if hasattr(LOSSES[name], "check_outputs"):
            LOSSES[name].check_outputs(of_loss[name])
    found = {
        name: Decomposition(name, of_loss[name], points, plug_in, resamples)
        for ensemble in ensembles.values()
        for name, (points, plug_in) in estimates(ensemble, [n for n in losses if of_loss[n] is ensemble]).items()
    }
    return found[loss] if isinstance(loss, str) else {name: found[name] for name in losses}


def by_labels(
    predictions: Any, target: Any, noise: Any, weights: Any, classes: np.ndarray | None
) -> tuple[Any, Any, Any]:
    """Return target, noise and weights in the order of the predictions' points, a target's columns in that of classes.

    Only labelled data frames are reordered: a frame of predictions [R, N] by its columns.
    """
    refuse_points_in_rows(predictions, target)
    points, of = labels_of(predictions, 1), "the columns of predictions"
    target = in_order("target", target, points, of)
    if points is None:
        points, of = labels_of(target, 0), "target"
    noise, weights = in_order("noise", noise, points, of), in_order("weights", weights, points, of)
    names = None if classes is None else classes.tolist()
    return in_order("target", target, names, "labels=", axis=1), noise, weights


Terms = dict[str, np.ndarray]


def estimates(ensemble: Ensemble, losses: list[str]) -> dict[str, tuple[Terms, Terms]]:
    """Return the terms and the plug-in terms per point under each loss; the losses share work on each tile."""

    def of_tile(tile: Ensemble) -> list[tuple[Terms, Terms]]:
        with np.errstate(over="ignore", invalid="ignore"):
            return [LOSSES[name].estimate(tile) for name in losses]

    tiles = list(ensemble.in_tiles(of_tile))
    found = {}
    for place, name in enumerate(losses):
        points, plug_in = (joined(tile[place][which] for tile in tiles) for which in (0, 1))
        check_terms(points)
        found[name] = points, plug_in
    return found
