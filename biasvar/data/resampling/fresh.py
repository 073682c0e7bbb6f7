"""Fresh draws from the law."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.resampling.scheme import Scheme


@dataclass(frozen=True)
class Fresh(Scheme):
    """Each replicate's training set is drawn anew from the law; needs data with a known law, and no pool."""

    kind: ClassVar[str] = "fresh"
    variance_means: ClassVar[str] = "variance over fresh training sets from the law: exactly that of the decomposition"

    def rows_needed(self, n_train: int, draws: int) -> int:
        """Return 0: there is no pool."""
        return 0
