"""Check that the parts of a risk add up to it, at every point and to rounding."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from biasvar.decomposition import LOSSES, Decomposition

RESIDUAL_TOLERANCE = 1e-9  # relative to the largest term
ROUNDING = 1e-13  # of sums of probabilities, which are near 1 however small a term is


class NotClosed(Exception):
    """Risk is not the sum of its parts to rounding: a bug."""


def largest_residual(parts: Decomposition) -> float:
    """Return the largest absolute residual over points: of the loss's own identity, and of its other identities."""
    points = parts.points
    sums = [points["residual"]]
    others = (
        ("noise", "systematic_effect", "variance_effect"),
        ("kw_noise", "kw_bias_squared", "kw_variance"),
        ("kw_bias_squared_plus_noise", "kw_variance"),
    )
    for names in others:
        if all(name in points for name in names):
            sums.append(points["risk"] - sum(points[name] for name in names))
    return float(np.max(np.abs(sums)))


def closure_faults(axes: Mapping[str, Any], parts: Decomposition) -> list[str]:
    """Return what is wrong with the sum of a cell's parts; empty if they add up to the risk."""
    try:
        require_closure(axes, parts)
    except NotClosed as error:
        return [str(error)]
    return []


def require_closure(axes: Mapping[str, Any], parts: Decomposition) -> None:
    """Raise if risk is not the sum of its parts at every point, or if a part is NaN.

    Terms of a loss that only takes classes are differences of probabilities near 1, and so is their rounding.
    """
    residual = largest_residual(parts)
    largest = max(float(np.max(np.abs(parts.points[name]))) for name in parts.points if name not in ("c1", "c2"))
    rounding = 0.0 if "regression" in LOSSES[parts.loss].TASKS else ROUNDING
    if not residual <= RESIDUAL_TOLERANCE * largest + rounding:
        where = f"cell {dict(axes)}" if axes else "the only cell"
        raise NotClosed(f"{where}: the {parts.loss} residual is {residual:g}, which is not rounding")
