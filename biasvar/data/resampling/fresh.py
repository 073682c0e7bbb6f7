"""Fresh draws from the distribution."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.resampling.scheme import Scheme
from biasvar.settings import Parts, Problem


@dataclass(frozen=True)
class Fresh(Scheme):
    """Each replicate's training set is drawn anew from the data's known distribution, without a pool."""

    kind: ClassVar[str] = "fresh"
    variance_means: ClassVar[str] = (
        "variance over fresh training sets from the distribution: exactly that of the decomposition"
    )
    has_pool: ClassVar[bool] = False
    given: ClassVar[str] = ""

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return 0: there is no pool."""
        return 0

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of a table, which has no distribution to draw from."""
        data = study.data
        if data.has_distribution:
            return []
        what = (
            f"resampling={self.kind} draws from a distribution, and data={data.kind} is a table of "
            f"{data.available():,} rows"
        )
        return [Problem("resampling", what, "resampling=bootstrap, subsample, disjoint or kfold")]

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the size of the pool as an unused key."""
        return {"data.n_pool": f"resampling={self.kind} has no pool"}
