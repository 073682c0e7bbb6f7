"""The hardest images: the points with the largest risk in the cell of least risk."""

import pandas as pd

from biasvar.results.cells import Cells
from biasvar.results.conditions import cells_of_least_risk
from biasvar.results.results import Results

MOST_PICTURES = 24
PREFERRED = "squared_error"  # its per-point risk has no ties, unlike that of the zero-one loss


def loss_of_hardest(results: Results) -> str:
    """Return the loss that ranks images by difficulty."""
    return PREFERRED if PREFERRED in results.losses else results.losses[0]


def best_cell(results: Results, loss: str) -> int | None:
    """Return the number of the study's cell of least risk, None without an estimate."""
    risk = results.of_loss(loss).set_index("cell")["risk"]
    found = [cell for _, cell in cells_of_least_risk(results, loss)]
    return min(found, key=lambda cell: risk[cell]) if found else None


def hardest_images(points: pd.DataFrame, cell: int, cells: Cells) -> pd.DataFrame | None:
    """Return the points with the largest risk in one cell, hardest first; None if the points are not images.

    The columns added to those of ``points`` are ``picture`` (bytes [height, width] or [height, width, 3]), ``label``
    (of a distribution, the most probable class) and ``main``, the last two as class names.
    """
    known = cells.evaluation(cell)
    if known.pictures is None:
        return None
    labels_N = known.target if known.target.ndim == 1 else known.target.argmax(axis=1)
    rows = points[points["cell"] == cell].sort_values(["risk", "point"], ascending=[False, True]).head(MOST_PICTURES)
    return rows.assign(
        picture=[known.pictures[point] for point in rows["point"]],
        label=[cells.class_name(cell, labels_N[point]) for point in rows["point"]],
        main=[cells.class_name(cell, number) for number in rows["main"]],
    )
