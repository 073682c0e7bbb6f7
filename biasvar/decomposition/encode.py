"""From what people have to what the losses work on: labels to one-hot votes, targets to a reference."""

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from biasvar.decomposition.checks import check_finite, check_labels, check_law, plain_array
from biasvar.decomposition.losses import LOSSES, absolute_error
from biasvar.decomposition.reference import (
    Reference,
    is_law,
    is_votes,
    one_hot,
    reference_of_classes,
    reference_of_numbers,
)

Noise = np.ndarray | float | None
LOWEST = np.finfo(float).min  # stands for minus infinity, which a logit may be


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
    flat: np.ndarray, kind: str, target: np.ndarray, noise: Noise, classes: np.ndarray | None, loss: str, told: bool
) -> tuple[np.ndarray, str, Reference]:
    """Return outputs [M, N, K] of predictions [M, N] or [M, N, K], what they are, and the reference.

    ``told`` says that people said what the predictions are, so that values are not taken for scores.
    """
    if kind == "labels":
        if flat.ndim == 3:
            raise ValueError(f"label predictions have {flat.shape[-1]} outputs; expected one label a point, [.., N]")
        votes, reference = encode_labels(flat, column(target), noise, classes)
        return votes, kind, reference
    outputs_MNK = flat if flat.ndim == 3 else flat[..., None]
    if "regression" not in LOSSES[loss].TASKS and outputs_MNK.shape[-1] < 2:
        raise ValueError(f"predictions have {outputs_MNK.shape[-1]} output; {loss} expects [.., N, K], K of at least 2")
    if LOSSES[loss] is absolute_error:
        outputs_MNK, reference = encode_draws(outputs_MNK, target, noise)
        return outputs_MNK, kind, reference
    if outputs_MNK.shape[-1] > 1:
        target = column(target)
    if kind == "values" and not told and are_scores(outputs_MNK, target, noise):
        kind = "scores"
    outputs_MNK, reference = encode_outputs(outputs_MNK, kind, target, noise, classes)
    return outputs_MNK, kind, reference


def column(target: np.ndarray) -> np.ndarray:
    """Return labels [N, 1] as [N]."""
    return target[:, 0] if target.ndim == 2 and target.shape[1] == 1 else target


def encode_labels(
    predictions_MN: np.ndarray, target: np.ndarray, noise: Noise, labels: np.ndarray | None
) -> tuple[np.ndarray, Reference]:
    """Return label predictions [M, N] as one-hot votes [M, N, C], and the reference.

    Against a law or votes [N, K] the labels must be its column numbers, or ``labels`` names the columns.
    """
    check_labels("predictions", predictions_MN)
    if target.ndim == 1:
        check_labels("target", target)
    if labels is not None:
        classes = labels
    elif target.ndim == 2:
        classes = np.arange(target.shape[1])
    elif (predictions_MN.dtype.kind in "US") != (target.dtype.kind in "US"):
        found = f"predictions hold {predictions_MN.dtype} and target {target.dtype}"
        raise ValueError(f"{found}; expected labels of one type")
    else:
        classes = np.unique(np.concatenate([predictions_MN.ravel(), target]))
    votes = np.stack([one_hot(one_N, classes) for one_N in predictions_MN])
    return votes, reference_of_classes(target, classes, noise)


def encode_outputs(
    outputs_MNK: np.ndarray, kind: str, target: np.ndarray, noise: Noise, labels: np.ndarray | None
) -> tuple[np.ndarray, Reference]:
    """Return outputs [M, N, K] as float64, checked, and the reference: of numbers beside values, else of classes."""
    check_finite("predictions", np.maximum(outputs_MNK, LOWEST) if kind == "logits" else outputs_MNK)
    outputs_MNK = outputs_MNK.astype(float)
    if kind == "logits" and np.isneginf(outputs_MNK).all(axis=-1).any():
        raise ValueError("predictions: the logits of some point are all minus infinity; expected a finite one")
    if kind == "probabilities":
        check_law("predictions", outputs_MNK)
    classes = np.arange(outputs_MNK.shape[-1]) if labels is None else labels
    if len(classes) != outputs_MNK.shape[-1]:
        raise ValueError(f"labels name {len(classes)} classes and predictions have {outputs_MNK.shape[-1]} outputs")
    columns = 1 if target.ndim == 1 and kind == "values" else len(classes) if target.ndim == 1 else target.shape[1]
    if columns != outputs_MNK.shape[-1]:
        raise ValueError(f"target has {columns} outputs and predictions have {outputs_MNK.shape[-1]}")
    if kind == "values":
        if labels is not None:
            raise ValueError(
                "labels name classes, and these predictions are numbers: outputs_are='scores' says otherwise"
            )
        return outputs_MNK, reference_of_numbers(target.reshape(len(target), -1), noise)
    if target.ndim == 1:
        check_labels("target", target)
    return outputs_MNK, reference_of_classes(target, classes, noise)


def are_scores(outputs_MNK: np.ndarray, target: np.ndarray, noise: Noise) -> bool:
    """Say whether outputs that nothing was said of are scores of classes: the target tells."""
    if outputs_MNK.shape[-1] == 1:
        return False
    if target.ndim == 1:
        return True
    if noise is not None:
        return False
    predictions_are_laws = is_law(outputs_MNK.reshape(-1, outputs_MNK.shape[-1]))
    if predictions_are_laws and not is_law(target) and not is_votes(target):
        raise ValueError(
            "predictions are probabilities, and the target is no label law: its first row sums to "
            f"{target.sum(axis=1)[0]:g}; expected 1, or votes in whole numbers; outputs_are='values' means numbers"
        )
    return is_law(target) or (is_votes(target) and predictions_are_laws)


def encode_draws(outputs_MNK: np.ndarray, target: np.ndarray, noise: Noise) -> tuple[np.ndarray, Reference]:
    """Return predictions of one number [M, N, 1], and the reference as draws of the label [N, S]."""
    check_finite("predictions", outputs_MNK)
    check_finite("target", target)
    if outputs_MNK.shape[-1] != 1:
        raise ValueError(f"predictions have {outputs_MNK.shape[-1]} outputs; expected one number a point [.., N]")
    draws_NS = target.astype(float).reshape(len(target), -1)
    if noise is not None and (np.any(np.asarray(noise) != 0) or draws_NS.shape[1] > 1):
        raise ValueError(
            "noise does not say what the law of the label is, which the absolute error needs; give draws of the label "
            "at each point [N, S] as the target, or noise=0 where f*(x) is the label"
        )
    kind = "draws" if draws_NS.shape[1] > 1 or noise is not None else "labels"
    return outputs_MNK.astype(float), Reference(kind, draws_NS)
