"""Encode the caller's input for the losses: labels as class numbers, targets as a reference."""

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np

from biasvar.decomposition.losses import LOSSES
from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.reading.ambiguity import (
    Noise,
    Words,
    are_scores,
    check_target_word,
    refuse_another_design,
    refuse_scores_or_logits,
    target_by_words,
)
from biasvar.decomposition.reading.checks import check_finite, check_outputs
from biasvar.decomposition.reading.class_labels import check_labels, in_one_type, one_hot
from biasvar.decomposition.reference import Reference, reference_of_classes, reference_of_numbers


def kind_of_outputs(outputs_are: str | None, has_outputs: bool, loss: ModuleType) -> str:
    """Return the kind of the predictions: as given, labels [.., N] if the loss takes them, or the loss's default.

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
    """Raise for predictions [N] or [N, K] of a single output where classes are expected."""
    width = shape[1] if len(shape) == 2 else 1
    if kind != "labels" and "regression" not in LOSSES[loss].TASKS and width < 2:
        raise ValueError(f"predictions have {width} output; {loss} expects [.., N, K], K of at least 2")


def encode(
    predictions: Any, sizes: tuple[int, ...], kind: str, target: np.ndarray, noise: Noise, loss: str, words: Words
) -> tuple[Outputs, str, Reference]:
    """Return the outputs of predictions [*sizes, N] or [*sizes, N, K], their kind, and the reference."""
    takes = LOSSES[loss].TAKES
    has_outputs = len(predictions.shape) == len(sizes) + 2
    check_target_word(words.target_is, LOSSES[loss].TASKS, loss)
    if kind == "labels":
        if has_outputs:
            raise ValueError(
                f"label predictions have {predictions.shape[-1]} outputs; expected one label a point, [.., N]"
            )
        target = target_by_words(column(target), kind, words)
        votes, reference = encode_labels(np.asarray(predictions), target, noise, words.classes)
        return Outputs(votes[..., None]), kind, reference
    outputs = Outputs(predictions if has_outputs else np.asarray(predictions)[..., None])
    if LOSSES[loss].READS_DRAWS:
        outputs, target = outputs.about_first(target)
        return outputs, kind, encode_draws(outputs, target, noise, words.noise_distribution)
    if outputs.width > 1:
        target = column(target)
        refuse_another_design(outputs, target, LOSSES[loss], sizes, words)
    if kind == "values" and words.outputs_are is None and are_scores(outputs, target, noise, words.target_is):
        kind = "scores"
    target = target_by_words(target, kind, words)
    if kind == "values":
        outputs, target = outputs.about_first(target)
    reference = encode_outputs(outputs, kind, target, noise, words.classes)
    if kind == "scores" and words.outputs_are is None and "values" in takes:
        refuse_scores_or_logits(outputs)
    return outputs, kind, reference


def column(target: np.ndarray) -> np.ndarray:
    """Return labels [N, 1] as [N]."""
    return target[:, 0] if target.ndim == 2 and target.shape[1] == 1 else target


def encode_labels(
    predictions: np.ndarray, target: np.ndarray, noise: Noise, labels: np.ndarray | None
) -> tuple[np.ndarray, Reference]:
    """Return predicted labels [.., N] as class numbers, and the reference.

    Against a distribution or votes [N, K] the labels must be its column numbers, or ``labels`` must name the columns.
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
        classes = np.unique(np.concatenate(in_one_type(predictions.ravel(), target)))
    votes_MN = np.stack([np.argmax(one_hot(one_N, classes), axis=1) for one_N in predictions_MN])
    return votes_MN.reshape(predictions.shape), reference_of_classes(target, classes, noise)


def encode_outputs(
    outputs: Outputs, kind: str, target: np.ndarray, noise: Noise, labels: np.ndarray | None
) -> Reference:
    """Check outputs, and return the reference: of numbers for values, otherwise of classes."""
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


def encode_draws(outputs: Outputs, target: np.ndarray, noise: Noise, noise_distribution: str) -> Reference:
    """Check predictions of one number per point; return the reference: f* and a distribution, or label draws [N, S]."""
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
