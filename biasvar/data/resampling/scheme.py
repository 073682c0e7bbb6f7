"""The interface of resampling schemes."""

from bisect import bisect_right
from typing import ClassVar

import numpy as np

from biasvar.settings import Part, Parts, Problem

POOL = 1000  # default size of a pool that does not follow from that of training sets


class Scheme(Part):
    """Replicate -> the rows of its training set.

    A member of the family defines its ``kind``, and in ``variance_means`` what its variance estimates, in words that
    fit a table cell or follow "the variance is the". A scheme that draws from a pool defines ``rows``.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int] = 1
    variance_means: ClassVar[str]
    has_pool: ClassVar[bool] = True  # whether training sets are rows of a pool
    given: ClassVar[str] = "pool"  # what all training sets have in common, and intervals are conditional on

    @property
    def at_training_inputs(self) -> bool:
        """Whether the evaluation points are the training inputs."""
        return False

    def rows(self, seed: int, replicate: int, n_pool: int, n_train: int) -> np.ndarray:
        """Return the pool's rows of one training set: [n_train].

        Raises
        ------
        ValueError
            For a scheme that draws from a distribution instead of a pool.
        """
        raise ValueError(f"resampling={self.kind} draws from no pool")

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return how many rows the pool needs for this many draws of training sets."""
        return n_train

    def usual_rows(self, most: int) -> int:
        """Return the default size of a training set, given the largest that the pool allows."""
        return most

    def usual_training_set(self, available: int) -> int:
        """Return the default size of a training set that is drawn from this many rows."""
        most = bisect_right(range(1, max(available, 2) + 1), max(available, 2), key=lambda n: self.rows_needed(n, 1))
        return max(2, self.usual_rows(most))

    def usual_pool(self, n_train: int) -> int:
        """Return the default size of a pool that can have any size."""
        return POOL

    def expected_distinct(self, n_train: int, n_pool: int) -> float:
        """Return the expected number of distinct rows of a training set, at which a model can interpolate."""
        return n_train

    def incompatibility(self, n_train: int) -> Problem | None:
        """Return why the variance of training sets of this size is meaningless, or an empty string."""
        return None

    def warning(self, n_train: int, n_pool: int, draws: int) -> str:
        """Return the warning for this many draws of training sets from a pool, or an empty string."""
        return ""

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of training sets without a variance, and of a pool with too few rows."""
        rows, available = study.data.n_train, study.data.available()
        meaningless = self.incompatibility(rows)
        found = [] if meaningless is None else [meaningless]
        draws = draws_of_rows(study)
        needed = self.rows_needed(rows, draws)
        if needed <= available:
            return found
        source = "replicates" if study.design.kind == "joint" else "design.seeds"
        times = f" x {source} = {draws}" if needed > self.rows_needed(rows, 1) else ""
        what = f"data.n_train = {rows}{times} needs {needed:,} rows, and the pool has {available:,}"
        most = bisect_right(range(min(rows, available + 1)), available, key=lambda n: self.rows_needed(n, draws)) - 1
        needs = f"at most {most}" if most >= 2 else f"fewer rows for each of {draws} {source}"
        return [
            Problem("data.n_train", what, needs, "resampling=bootstrap draws with replacement"),
            *found,
        ]

    def warnings(self, study: Parts) -> list[str]:
        """Return the warnings on the training sets of a study."""
        text = self.warning(study.data.n_train, study.data.available(), draws_of_rows(study))
        return [text] if text else []


def draws_of_rows(study: Parts) -> int:
    """Return how many training sets a cell draws: one if they are fixed."""
    sizes = zip(study.design.groups, study.design.sizes(study.replicates), strict=True)
    return next((size for group, size in sizes if "data" in group), 1)
