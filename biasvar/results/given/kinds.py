"""What predictions and target are: numbers, or scores, probabilities, logits or labels of classes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.reading.ambiguity import Words, are_scores, refuse_scores_or_logits, target_by_words
from biasvar.decomposition.reading.checks import check_outputs
from biasvar.decomposition.reading.class_labels import class_names, in_one_type
from biasvar.decomposition.reading.encode import column, encode_labels
from biasvar.decomposition.reference import reference_of_classes, reference_of_numbers
from biasvar.results.given.given_cells import GivenCell


@dataclass(frozen=True)
class Kinds:
    """What the predictions of all cells are, and their reference."""

    outputs_are: str
    reference: str


def understood(
    cells: Sequence[GivenCell], outputs_are: str | None, target_is: str | None, labels: Sequence | None
) -> tuple[list[GivenCell], Kinds]:
    """Return cells with outputs and targets as ``decompose`` takes them, and what they are.

    Raises
    ------
    ValueError
        For arrays that could be read in several ways, and for values that are not what they are said to be.
    """
    kinds = {outputs_are or kind_of(cell, target_is) for cell in cells}
    if len(kinds) > 1:
        raise ValueError(f"cells hold different predictions ({', '.join(sorted(kinds))}); outputs_are= says which")
    (kind,) = kinds
    names = None if labels is None else class_names(labels)
    if kind == "labels":
        classes = classes_of(cells) if names is None else names
        read = [of_labels(cell, target_is, classes) for cell in cells]
    else:
        read = [of_outputs(cell, kind, target_is, names) for cell in cells]
    references = {reference for _, reference in read}
    if len(references) > 1:
        raise ValueError(f"cells have different references ({', '.join(sorted(references))}); report them apart")
    return [cell for cell, _ in read], Kinds(kind, references.pop())


def kind_of(cell: GivenCell, target_is: str | None) -> str:
    """Return what the outputs of a cell are, by their values and the target beside them."""
    outputs, target = cell.outputs, cell.target
    if outputs.shape[-1] == 1 or outputs.dtype.kind in "US":
        if outputs.dtype.kind in "US":
            return "labels"
        if target_is != "values" and all(is_whole(values) for values in (outputs, target)) and cell.noise_N is None:
            raise ValueError(
                "predictions and target are whole numbers: outputs_are='labels' says that they are classes, and "
                "outputs_are='values' numbers"
            )
        return "values"
    whole = Outputs(outputs)
    if not are_scores(whole, column(target), cell.noise_N, target_is):
        return "values"
    refuse_scores_or_logits(whole)
    return "probabilities"


def is_whole(values: np.ndarray) -> bool:
    """Return whether an array holds whole numbers in an integer type."""
    return values.dtype.kind in "biu"


def of_outputs(cell: GivenCell, kind: str, target_is: str | None, names: np.ndarray | None) -> tuple[GivenCell, str]:
    """Return a cell with one column per output, and what its reference is."""
    outputs = cell.outputs
    check_outputs(Outputs(outputs), kind)
    target = target_by_words(column(cell.target), kind, Words(outputs_are=kind, target_is=target_is, classes=names))
    width = 1 if target.ndim == 1 else target.shape[1]
    if width != outputs.shape[-1] and (kind == "values" or target.ndim == 2):
        raise ValueError(f"target has {width} outputs and predictions have {outputs.shape[-1]}")
    if kind == "values":
        reference = reference_of_numbers(target.reshape(len(target), -1), cell.noise_N)
        kept = None if cell.noise_N is None else np.broadcast_to(np.asarray(cell.noise_N, float), len(target))
        return replace(cell, target=target.astype(float), noise_N=kept), name_of(reference.kind)
    if outputs.shape[-1] < 2:
        raise ValueError(f"predictions are {kind} of 1 class; expected [.., N, K], K of at least 2")
    classes = np.arange(outputs.shape[-1]) if names is None else names
    if len(classes) != outputs.shape[-1]:
        raise ValueError(f"labels name {len(classes)} classes and predictions have {outputs.shape[-1]} outputs")
    return as_classes(cell, target, classes)


def of_labels(cell: GivenCell, target_is: str | None, classes: np.ndarray) -> tuple[GivenCell, str]:
    """Return a cell of predicted labels as votes, one-hot [*sizes, N, K], and what its reference is."""
    if cell.outputs.shape[-1] != 1:
        raise ValueError(f"label predictions have {cell.outputs.shape[-1]} outputs; expected one label a point")
    words = Words(outputs_are="labels", target_is=target_is, classes=classes)
    target = target_by_words(column(cell.target), "labels", words)
    votes, _ = encode_labels(cell.outputs[..., 0], target, cell.noise_N, classes)
    one_hot = votes[..., None] == np.arange(len(classes))
    return as_classes(replace(cell, outputs=one_hot.astype(np.uint8)), target, classes)


def as_classes(cell: GivenCell, target: np.ndarray, classes: np.ndarray) -> tuple[GivenCell, str]:
    """Return a cell with its target as class numbers [N], a distribution or votes [N, K]; and what it is."""
    reference = reference_of_classes(target, classes, cell.noise_N)
    if reference.kind == "labels":
        target = reference.target_NK.argmax(axis=1)
    elif target.ndim == 1:  # labels that are free of noise
        target = reference.target_NK
    elif reference.kind == "distribution":
        target = target.astype(float)
    return replace(cell, target=target, noise_N=None), name_of(reference.kind)


def classes_of(cells: Sequence[GivenCell]) -> np.ndarray:
    """Return every class that is predicted or a target, in order; column numbers beside a distribution."""
    if any(column(cell.target).ndim == 2 for cell in cells):
        return np.arange(max(cell.target.shape[1] for cell in cells))
    every: list[Any] = [values.ravel() for cell in cells for values in (cell.outputs, cell.target)]
    if len({values.dtype.kind in "US" for values in every}) > 1:
        raise ValueError("predictions and target are labels of different types: texts beside numbers")
    return np.unique(np.concatenate(in_one_type(*every)))


def name_of(kind: str) -> str:
    """Return the name of a reference in tables."""
    return "distribution" if kind == "optimum" else kind
