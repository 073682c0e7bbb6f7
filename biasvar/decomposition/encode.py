"""From what people have to what the losses work on: labels to numbers of classes, targets to a reference."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from biasvar.decomposition.checks import check_finite, check_labels, check_outputs, plain_array
from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.reference import (
    Reference,
    is_distribution,
    is_near_distribution,
    is_votes,
    one_hot,
    reference_of_classes,
    reference_of_numbers,
)

Noise = np.ndarray | float | None


def kind_of_outputs(outputs_are: str | None, has_outputs: bool, loss: ModuleType) -> str:
    """Return what predictions are: as told, else labels [.., N] under a loss that takes them, else the loss's first.

    Raises
    ------
    ValueError
        For a kind that the loss does not take.
    """
    if outputs_are is None:
        return "labels" if not has_outputs and "labels" in loss.TAKES else loss.TAKES[0]
    if outputs_are not in loss.TAKES:
        name = loss.__name__.rsplit(".", 1)[-1]
        raise ValueError(f"outputs_are = {outputs_are!r} does not go with {name}; it takes {', '.join(loss.TAKES)}")
    return outputs_are


def check_width(shape: tuple[int, ...], kind: str, loss: str) -> None:
    """Refuse predictions [N] or [N, K] of one output where classes are expected."""
    width = shape[1] if len(shape) == 2 else 1
    if kind != "labels" and "regression" not in LOSSES[loss].TASKS and width < 2:
        raise ValueError(f"predictions have {width} output; {loss} expects [.., N, K], K of at least 2")


def class_names(labels: Sequence) -> np.ndarray:
    """Return the classes in the order of the columns, [K].

    Raises
    ------
    ValueError
        For anything but a list of names, each there once.
    """
    classes = plain_array("labels", list(labels) if isinstance(labels, tuple | range) else labels)
    if classes.ndim != 1 or len(np.unique(classes)) < len(classes):
        raise ValueError(
            f"labels = {labels!r}; expected a list that names each class once, in the order of the columns"
        )
    return classes


def encode(
    predictions: Any,
    axes: int,
    kind: str,
    target: np.ndarray,
    noise: Noise,
    classes: np.ndarray | None,
    loss: str,
    is_given: bool,
    noise_distribution: str,
) -> tuple[Outputs, str, Reference]:
    """Return the outputs of predictions [*sizes, N] or [*sizes, N, K], what they are, and the reference.

    ``axes`` counts the sizes. ``told`` says that people said what the predictions are, so that values are not taken
    for scores.
    """
    has_outputs = len(predictions.shape) == axes + 2
    if kind == "labels":
        if has_outputs:
            raise ValueError(
                f"label predictions have {predictions.shape[-1]} outputs; expected one label a point, [.., N]"
            )
        votes, reference = encode_labels(np.asarray(predictions), column(target), noise, classes)
        return Outputs(votes[..., None]), kind, reference
    outputs = Outputs(predictions if has_outputs else np.asarray(predictions)[..., None])
    if LOSSES[loss].READS_DRAWS:
        outputs, target = outputs.about_first(target)
        return outputs, kind, encode_draws(outputs, target, noise, noise_distribution)
    if outputs.width > 1:
        target = column(target)
    if kind == "values" and not is_given and are_scores(outputs, target, noise):
        kind = "scores"
    if kind == "values":
        outputs, target = outputs.about_first(target)
    return outputs, kind, encode_outputs(outputs, kind, target, noise, classes)


def column(target: np.ndarray) -> np.ndarray:
    """Return labels [N, 1] as [N]."""
    return target[:, 0] if target.ndim == 2 and target.shape[1] == 1 else target


def encode_labels(
    predictions: np.ndarray, target: np.ndarray, noise: Noise, labels: np.ndarray | None
) -> tuple[np.ndarray, Reference]:
    """Return label predictions [.., N] as numbers of classes, and the reference.

    Against a distribution or votes [N, K] the labels must be its column numbers, or ``labels`` names the columns.
    """
    predictions_MN = predictions.reshape(-1, predictions.shape[-1])
    check_labels("predictions", predictions_MN)
    if target.ndim == 1:
        check_labels("target", target)
    if labels is not None:
        classes = labels
    elif target.ndim == 2:
        classes = np.arange(target.shape[1])
    elif (predictions.dtype.kind in "US") != (target.dtype.kind in "US"):
        found = f"predictions hold {predictions.dtype} and target {target.dtype}"
        raise ValueError(f"{found}; expected labels of one type")
    else:
        classes = np.unique(np.concatenate([predictions.ravel(), target]))
    votes_MN = np.stack([np.argmax(one_hot(one_N, classes), axis=1) for one_N in predictions_MN])
    return votes_MN.reshape(predictions.shape), reference_of_classes(target, classes, noise)


def encode_outputs(
    outputs: Outputs, kind: str, target: np.ndarray, noise: Noise, labels: np.ndarray | None
) -> Reference:
    """Check outputs, and return the reference: of numbers beside values, else of classes."""
    check_outputs(outputs, kind)
    classes = np.arange(outputs.width) if labels is None else labels
    if len(classes) != outputs.width:
        raise ValueError(f"labels name {len(classes)} classes and predictions have {outputs.width} outputs")
    columns = 1 if target.ndim == 1 and kind == "values" else len(classes) if target.ndim == 1 else target.shape[1]
    if columns != outputs.width:
        raise ValueError(f"target has {columns} outputs and predictions have {outputs.width}")
    if kind == "values":
        if labels is not None:
            raise ValueError(
                "labels name classes, and these predictions are numbers: outputs_are='scores' says otherwise"
            )
        return reference_of_numbers(target.reshape(len(target), -1), noise)
    if target.ndim == 1:
        check_labels("target", target)
    return reference_of_classes(target, classes, noise)


def are_scores(outputs: Outputs, target: np.ndarray, noise: Noise) -> bool:
    """Say whether outputs that nothing was said of are scores of classes: the target tells.

    Raises
    ------
    ValueError
        For what could be numbers as well as classes, such as probabilities whose sums are not quite one.
    """
    if outputs.width == 1:
        return False
    if target.ndim == 1:
        return True
    if noise is not None:
        return False
    if is_distribution(target):
        return True
    if are_all(is_distribution, outputs):
        if is_votes(target):
            return True
        raise ValueError(
            "predictions are probabilities, and the target is no label distribution: its first row sums to "
            f"{target.sum(axis=1)[0]:g}; expected 1, or votes in whole numbers; {A_WORD}"
        )
    if is_near_distribution(target):
        raise ValueError(f"target: {near_distribution(target)}; expected 1 of a label distribution; {A_WORD}")
    if are_all(is_near_distribution, outputs):
        raise ValueError(
            f"predictions: {near_distribution(outputs.at(slice(0, 1))[0])}; expected 1 of probabilities; {A_WORD}"
        )
    if is_votes(target) and are_all(lie_in_unit_interval, outputs):
        raise ValueError(f"predictions lie between 0 and 1, and the target holds whole numbers, as votes do; {A_WORD}")
    return False


def are_all(hold: Callable[[np.ndarray], bool], outputs: Outputs) -> bool:
    """Say whether something holds of the rows [.., K] of every point, none of which is negative."""
    if not np.issubdtype(outputs.dtype, np.number) or not outputs.range[0] >= 0:
        return False
    return all(outputs.in_tiles(lambda points: hold(outputs.at(points).reshape(-1, outputs.width))))


def lie_in_unit_interval(rows: np.ndarray) -> bool:
    """Say whether no value is above one; none is below zero."""
    return bool(rows.max() <= 1)


def near_distribution(rows: np.ndarray) -> str:
    """Return what is said of rows that are nearly probabilities."""
    return f"the first row sums to {float(rows[0].sum(dtype=float)):.9g}, and all rows to nearly as much"


A_WORD = "outputs_are='values' means numbers, and outputs_are='scores' classes"


def encode_draws(outputs: Outputs, target: np.ndarray, noise: Noise, noise_distribution: str) -> Reference:
    """Check predictions of one number a point; return the reference: f* and a distribution, or label draws [N, S]."""
    check_outputs(outputs, "values")
    check_finite("target", target)
    if outputs.width != 1:
        raise ValueError(f"predictions have {outputs.width} outputs; expected one number a point [.., N]")
    draws_NS = target.astype(float).reshape(len(target), -1)
    if noise_distribution and draws_NS.shape[1] == 1:
        return replace(reference_of_numbers(draws_NS, noise), noise_distribution=noise_distribution)
    if noise is not None and (np.any(np.asarray(noise) != 0) or draws_NS.shape[1] > 1):
        raise ValueError(
            "noise does not say what the distribution of the label is, which the absolute error needs; give draws of "
            "the label at each point [N, S] as the target, or its noise_distribution beside f*(x), or noise=0 where "
            "f*(x) is the label"
        )
    return Reference("draws" if draws_NS.shape[1] > 1 or noise is not None else "labels", draws_NS)
