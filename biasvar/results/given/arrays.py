"""Predictions as arrays: one [R, N, K], or one for each cell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from biasvar.decomposition.reading.checks import check_predictions, check_target, crossed_axes, weights_of_points
from biasvar.decomposition.reading.plain_arrays import plain_array, plain_numbers
from biasvar.results.given.given_cells import GivenCell


def cells_of_arrays(
    predictions: Any,
    target: Any,
    *,
    noise: Any,
    weights: Any,
    counts: Any,
    sources: Sequence[str] | None,
    axes: Sequence[str] | None,
) -> tuple[list[GivenCell], tuple[str, ...]]:
    """Return the cells of an array, or of a mapping from the values of ``axes`` to arrays; and the crossed sources.

    Raises
    ------
    ValueError
        For shapes that do not fit each other, and for keys that do not have a value for each axis.
    """
    names = ("replicate",) if sources is None else crossed_axes(sources)
    if (target is None) == (counts is None):
        raise ValueError("give a target, or counts of votes in its place" + "; not both" * (target is not None))
    target = plain_array("target", target) if counts is None else plain_numbers("counts", counts)
    noise = None if noise is None else plain_numbers("noise", noise)
    weights_N = None if weights is None else weights_of_points(weights, len(target))
    if isinstance(predictions, Mapping):
        arrays = [(values_of(key, axes), array) for key, array in predictions.items()]
    else:
        arrays = [({}, predictions)]
    if not arrays:
        raise ValueError("predictions hold no cell")
    cells = [cell_of(values, array, target, noise, names) for values, array in arrays]
    return [replace(cell, weights_N=weights_N) for cell in cells], names


def values_of(key: Any, axes: Sequence[str] | None) -> dict[str, Any]:
    """Return the values of the axes that a key of a mapping stands for."""
    values = key if isinstance(key, tuple) else (key,)
    if axes is None or isinstance(axes, str) or len(values) != len(axes):
        raise ValueError(
            f"predictions have the key {key!r}, and axes = {axes!r}; expected a list of names, one for each value of a "
            "key: axes=['width'] beside {4: ..., 8: ...}"
        )
    return dict(zip(axes, values, strict=True))


def cell_of(
    values: dict[str, Any], array: Any, target: np.ndarray, noise: np.ndarray | None, names: tuple[str, ...]
) -> GivenCell:
    """Return a cell from its predictions [*sizes, N] or [*sizes, N, K]."""
    outputs = plain_array("predictions", array)
    check_predictions(outputs, names)
    outputs = outputs if outputs.ndim == len(names) + 2 else outputs[..., None]
    check_target(target, outputs.shape[-2])
    sizes = outputs.shape[: len(names)]
    kept = tuple(tuple(range(size)) for size in sizes)
    return GivenCell(values, outputs, kept, target, noise, planned=int(np.prod(sizes)))
