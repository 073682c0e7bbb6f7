"""What every resampling scheme gives."""

from typing import ClassVar

from biasvar.settings import Problem


class Scheme:
    """Replicate -> the rows of its training set.

    A member of the family names its ``kind`` and says in ``variance_means`` what the word variance then estimates, in
    words that fit a table cell or follow "the variance is the". Every scheme but ``fresh`` gives ``rows(seed,
    replicate, n_pool, n_train)``, the rows of the pool that one training set holds.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int] = 1
    variance_means: ClassVar[str]

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return how many rows the pool must have for this many draws of training sets."""
        return n_train

    def expected_distinct(self, n_train: int, n_pool: int) -> float:
        """Return the expected number of distinct rows of a training set, at which a model can interpolate."""
        return n_train

    def incompatibility(self, n_train: int) -> Problem | None:
        """Return why training sets of this size have no variance with a meaning, if they have none."""
        return None

    def warning(self, n_train: int, n_pool: int, draws: int) -> str:
        """Return what may not be meant of this many draws of training sets from a pool, or an empty text."""
        return ""
