"""Warnings on the rows of a table that are held out."""

from collections.abc import Sequence

import numpy as np

from biasvar.data.rows import Evaluation, Rows


def warnings_on_rows(
    points: Evaluation, pool: Rows, class_names: Sequence[str], categories_C: Sequence[int]
) -> list[str]:
    """Return the warnings on rows, classes and categories that one side of the split has, and the other should not."""
    every = (
        duplicates(points, pool),
        classes_without_points(points, class_names),
        categories_without_rows(points, pool, categories_C),
    )
    return [text for text in every if text]


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


def categories_without_rows(points: Evaluation, pool: Rows, categories_C: Sequence[int]) -> str:
    """Return the warning for evaluation points with a category that no row of the pool has, or an empty string."""
    unseen_N = np.zeros(len(points.x_ND), dtype=bool)
    for place in np.flatnonzero(categories_C):
        code_N = points.x_ND[:, place]
        unseen_N |= ~np.isnan(code_N) & ~np.isin(code_N, pool.x_nD[:, place])
    if not unseen_N.any():
        return ""
    counted = f"{np.count_nonzero(unseen_N):,} of {len(unseen_N):,} evaluation points"
    return f"{counted} have a category that no row of the pool has: models see it as none"
