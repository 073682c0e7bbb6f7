"""Fresh draws from the law."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Fresh:
    """Each replicate's training set is drawn anew from the law; needs data with a known law, and no pool."""

    kind: ClassVar[str] = "fresh"
    variance_means: ClassVar[str] = "variance over fresh training sets, exactly that of the decomposition"
