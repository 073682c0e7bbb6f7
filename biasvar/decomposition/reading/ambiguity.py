"""Arrays that could be read in several ways: resolved by the caller's options, or by the only sensible reading."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from biasvar.decomposition.noise.votes import check_votes
from biasvar.decomposition.outputs import Outputs
from biasvar.decomposition.reference import is_distribution, is_near_distribution, is_one_hot, is_votes

Noise = np.ndarray | float | None

TARGETS = ("values", "labels", "distribution", "counts")
A_WORD = "outputs_are='values' means numbers, and outputs_are='scores' classes"


@dataclass(frozen=True)
class Words:
    """The caller's options on how to read the arrays; None where not given.

    ``names_axes`` says whether the caller named the axes before the points; ``classes`` are the ``labels`` in the order
    of columns [K].
    """

    outputs_are: str | None = None
    target_is: str | None = None
    names_axes: bool = False
    classes: np.ndarray | None = None
    noise_distribution: str = ""


def check_target_word(target_is: str | None, tasks: tuple[str, ...], loss: str) -> None:
    """Raise for an unknown ``target_is``, or one that does not fit the loss."""
    if target_is is None:
        return
    if target_is not in TARGETS:
        raise ValueError(f"target_is = {target_is!r} is not known; choose one of {', '.join(TARGETS)}")
    needs = {"values": "regression", "distribution": "classification", "counts": "classification"}
    if target_is in needs and needs[target_is] not in tasks:
        raise ValueError(f"target_is = {target_is!r} does not go with {loss}, a loss of {' and '.join(tasks)}")


def target_by_words(target: np.ndarray, kind: str, words: Words) -> np.ndarray:
    """Return the target in an unambiguous form beside outputs of a kind.

    Labels are [N], a distribution is floats [N, K], and counts are whole numbers [N, K].

    Raises
    ------
    ValueError
        For a target that does not match its ``target_is``, and for one-hot rows without one.
    """
    if kind == "values":
        if words.target_is in ("distribution", "counts"):
            raise ValueError(f"target_is = {words.target_is!r} goes with predictions of classes [.., N, K], not values")
        return target
    if words.target_is is None:
        if is_one_hot(target):
            raise ValueError(
                "target: all rows are one-hot; target_is='labels' says that each point has one label, whose noise is "
                "not known, and target_is='distribution' that labels are never noisy"
            )
        return target
    if words.target_is == "values":
        raise ValueError(f"target_is = 'values' goes with predictions that are values, and these are {kind}")
    if words.target_is == "labels":
        return labels_from(target, words.classes)
    if target.ndim != 2 or target.dtype.kind not in "biuf":
        raise ValueError(
            f"target_is = {words.target_is!r} and target holds {target.dtype} of shape {target.shape}; expected "
            "numbers [N, K]"
        )
    return target.astype(float) if words.target_is == "distribution" else counts_from(target)


def labels_from(target: np.ndarray, classes: np.ndarray | None) -> np.ndarray:
    """Return labels [N] as they are, or from one-hot rows [N, K]."""
    if target.ndim == 1:
        return target
    if not is_one_hot(target):
        raise ValueError(
            f"target_is = 'labels' and target has shape {target.shape}; expected labels [N], or one-hot rows"
        )
    columns_N = target.argmax(axis=1)
    return columns_N if classes is None or len(classes) != target.shape[1] else classes[columns_N]


def counts_from(target: np.ndarray) -> np.ndarray:
    """Return vote counts [N, K] as integers, also from whole numbers stored as floats."""
    fractions = np.argwhere(target != np.round(target))
    if len(fractions):
        place = tuple(map(int, fractions[0]))
        raise ValueError(f"target_is = 'counts' and target at {place} is {target[place]:g}; expected whole numbers")
    counts_NK = target.astype(np.int64)
    check_votes(counts_NK)
    return counts_NK


def refuse_another_design(
    outputs: Outputs, target: np.ndarray, loss: ModuleType, sizes: tuple[int, ...], words: Words
) -> None:
    """Raise if outputs [*sizes, N, K] have N = K, and could be one number per point with one more crossed source.

    If the target has one entry per point, predictions [I, J, N] with J = N have the same shape as [R, N, K].

    Raises
    ------
    ValueError
        With the options that tell them apart.
    """
    if words.names_axes or words.outputs_are or words.classes is not None:
        return
    if outputs.points != outputs.width or target.ndim != 1 or target.dtype.kind not in "biuf":
        return
    if "labels" in loss.TAKES:
        may_be_another = outputs.dtype.kind in "biuf" and all_hold(is_whole, outputs)
    else:
        may_be_another = "values" in loss.TAKES and words.target_is != "labels"
    if not may_be_another or are_all(is_distribution, outputs):
        return
    shape = (*sizes, outputs.points, outputs.width)
    here, there = ("design='joint'", "design='crossed'") if len(sizes) == 1 else ("sources of two", "one more source")
    axes = ("R" if len(sizes) == 1 else "I, J", "I, J" if len(sizes) == 1 else "I, J, L")
    raise ValueError(
        f"predictions of shape {shape} beside one target a point could be [{axes[0]}, N, K], K outputs a point, or "
        f"[{axes[1]}, N], one: {here} says the former, and {there} the latter"
    )


def are_scores(outputs: Outputs, target: np.ndarray, noise: Noise, target_is: str | None) -> bool:
    """Return whether outputs of unspecified kind are class scores, judging by the target.

    Raises
    ------
    ValueError
        For numbers that could also be classes, such as probabilities that do not quite sum to one.
    """
    if outputs.width == 1 or target_is == "values":
        return False
    if target.ndim == 1 or target_is is not None:
        return True
    if noise is not None:
        return False
    if are_all(is_distribution, outputs):
        if is_distribution(target) or is_votes(target):
            return True
        raise ValueError(
            "predictions are probabilities, and the target is no label distribution: its first row sums to "
            f"{target.sum(axis=1)[0]:g}; expected 1, or votes in whole numbers; {A_WORD}"
        )
    if is_distribution(target):
        raise ValueError(
            "target: all rows sum to one, as label distributions do, and predictions do not: target_is='values' means "
            f"numbers, and target_is='distribution' classes, beside {SCORES}"
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


SCORES = "outputs_are='scores', numbers that are compared with shares as they are, or outputs_are='logits'"


def refuse_scores_or_logits(outputs: Outputs) -> None:
    """Raise for class outputs, other than probabilities, that may or may not need a softmax."""
    if not are_all(is_distribution, outputs):
        raise ValueError("predictions are outputs of classes, and not probabilities: say whether they are " + SCORES)


def are_all(hold: Callable[[np.ndarray], bool], outputs: Outputs) -> bool:
    """Return whether ``hold`` is true of the rows [.., K] of every point, and no value is negative."""
    if not np.issubdtype(outputs.dtype, np.number) or not outputs.range[0] >= 0:
        return False
    return all_hold(hold, outputs)


def all_hold(hold: Callable[[np.ndarray], bool], outputs: Outputs) -> bool:
    """Return whether ``hold`` is true of the rows [.., K] of every point."""
    return all(outputs.in_tiles(lambda points: hold(outputs.at(points).reshape(-1, outputs.width))))


def is_whole(rows: np.ndarray) -> bool:
    """Return whether all numbers are whole."""
    return bool(np.array_equal(rows, np.round(rows)))


def lie_in_unit_interval(rows: np.ndarray) -> bool:
    """Return whether no value is above one; the caller has checked that none is negative."""
    return bool(rows.max() <= 1)


def near_distribution(rows: np.ndarray) -> str:
    """Return the message for rows that are nearly probabilities."""
    return f"the first row sums to {float(rows[0].sum(dtype=float)):.9g}, and all rows to nearly as much"
