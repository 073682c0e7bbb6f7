"""Which rows of a table are held out as evaluation points."""

import numpy as np

from biasvar import seeds
from biasvar.data.own_table.parsing import Parsed
from biasvar.settings import Problem, SettingsError

FEWEST = 2  # evaluation points
MOST_POINTS = 10_000  # rows that are held out unless more are asked for
ORDER, GROUPS = 0, 2  # numbers of the draws of rows and of groups


def number_of_points(asked: int | None, table: Parsed) -> int:
    """Return the number of evaluation points: those of their own file, as asked, or of whole groups.

    Raises
    ------
    SettingsError
        If it is asked for beside a file, or groups do not allow it.
    """
    if table.own < len(table.x_nC):
        if asked is not None:
            what = f"data.n_eval = {asked}, and data.eval_path has the evaluation points"
            raise SettingsError([Problem("data.n_eval", what, "one of the two")])
        points = len(table.x_nC) - table.own
        if points < FEWEST:
            what = f"data.eval_path has {points} row"
            raise SettingsError([Problem("data.eval_path", what, f"at least {FEWEST} evaluation points")])
        return points
    n_eval = asked or usual(table.own)
    if table.group_n is None:
        return n_eval
    most = table.own - int(np.bincount(table.group_n).max())
    if n_eval > most:
        what = f"data.n_eval = {n_eval} rows of whole groups may leave no group to train on"
        raise SettingsError([Problem("data.n_eval", what, f"at most {most}" if most else "several groups")])
    return len(points_of_groups(table.group_n, n_eval))


def usual(rows: int) -> int:
    """Return how many of some rows are held out by default: a fifth."""
    return max(FEWEST, min(rows // 5, MOST_POINTS))


def note_on_groups(group: str, n_eval: int, table: Parsed) -> str:
    """Return what is to be known of groups."""
    left_out = f"{n_eval:,} rows of whole groups are held out"
    if table.own < len(table.x_nC) and table.group_n is not None:
        own, others = np.unique(table.group_n[: table.own]), np.unique(table.group_n[table.own :])
        shared = len(np.intersect1d(own, others))
        left_out = f"{shared:,} of the {len(others):,} groups in data.eval_path are in data.path too"
    return (
        f"data.group = {group}: {left_out}; training sets resample rows, not groups, so that rows of one group are "
        "drawn as if they were independent"
    )


def chosen_rows(table: Parsed, n_eval: int, class_n: np.ndarray | None, seed: int) -> np.ndarray:
    """Return the places of the evaluation points: all rows of their own file, whole groups, or a seeded draw."""
    if table.own < len(table.x_nC):
        return np.arange(table.own, len(table.x_nC))
    if table.group_n is not None:
        return points_of_groups(table.group_n, n_eval)
    return drawn_points(len(table.x_nC), n_eval, class_n, seed)


def drawn_points(rows: int, n_eval: int, class_n: np.ndarray | None, seed: int) -> np.ndarray:
    """Return the places of ``n_eval`` rows in a seeded order; with classes [n], in proportion to their frequencies."""
    order = seeds.generator(seed, "evaluation", ORDER).permutation(rows)
    if class_n is None:
        return order[:n_eval]
    taken_k = proportional(np.bincount(class_n), n_eval)
    by_class = order[np.argsort(class_n[order], kind="stable")]
    sorted_n = class_n[by_class]
    rank_n = np.arange(rows) - np.searchsorted(sorted_n, sorted_n)
    return by_class[rank_n < taken_k[sorted_n]]


def proportional(rows_k: np.ndarray, total: int) -> np.ndarray:
    """Return how many of the rows of each class are taken, ``total`` in all, by largest remainders.

    The last row of a class is taken only if the others do not suffice.
    """
    share_k = rows_k * total / rows_k.sum()
    taken_k = np.floor(share_k).astype(np.int64)
    is_last_k = taken_k >= rows_k - 1
    first = np.lexsort((taken_k - share_k, is_last_k))[: total - taken_k.sum()]
    taken_k[first] += 1
    return taken_k


def points_of_groups(group_n: np.ndarray, n_eval: int) -> np.ndarray:
    """Return the places of the rows of whole groups, the first in one order that hold ``n_eval`` rows together.

    The order is the same for every seed, as the number of rows must be known before a study has one.
    """
    groups = int(group_n.max()) + 1
    order = seeds.generator(0, "evaluation", GROUPS).permutation(groups)
    rows_g = np.bincount(group_n)[order]
    chosen = order[: np.searchsorted(np.cumsum(rows_g), n_eval) + 1]
    return np.flatnonzero(np.isin(group_n, chosen))
