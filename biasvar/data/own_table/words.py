"""Warnings on the rows of a table that are held out."""

from collections.abc import Sequence

import numpy as np

from biasvar.data.rows import Evaluation, Rows


def warnings_on_rows(points: Evaluation, pool: Rows, class_names: Sequence[str]) -> list[str]:
    """Return the warnings on evaluation points that the pool has too, and on classes that no evaluation point has."""
    return [text for text in (duplicates(points, pool), classes_without_points(points, class_names)) if text]


def duplicates(points: Evaluation, pool: Rows) -> str:
    """Return the warning for evaluation points that the pool has too, or an empty string."""
    shared = int(np.count_nonzero(np.isin(hashes(points.x_ND, points.target), hashes(pool.x_nD, pool.y_n))))
    if not shared:
        return ""
    return (
        f"{shared:,} of {len(points.target):,} evaluation points equal a row of the pool, inputs and target: models "
        "may have learnt them by heart"
    )


def hashes(x_nC: np.ndarray, y_n: np.ndarray) -> np.ndarray:
    """Return a number for each row that equal rows share, [n]."""
    import pandas as pd

    return pd.util.hash_pandas_object(pd.DataFrame(np.column_stack([x_nC, y_n])), index=False).to_numpy()


def classes_without_points(points: Evaluation, class_names: Sequence[str]) -> str:
    """Return the warning for classes that no evaluation point has, or an empty string."""
    present = set(points.target.tolist())
    lacking = [name for place, name in enumerate(class_names) if place not in present]
    return f"no evaluation point has class {' or '.join(lacking)}: it is trained on only" if lacking else ""
