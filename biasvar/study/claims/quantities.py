"""The quantities that claims may be about: each has an interval over replicates, or is known exactly."""

import re
from collections.abc import Mapping

from biasvar.decomposition.terms import SOURCES, TERMS
from biasvar.training.measures import MEASURES
from biasvar.training.modes import SPREAD

OF_COMMITTEES = "committee.risk"
"""The column ``risk`` of committee.csv; ``members`` and ``rule`` choose the row."""
OF_MEMBERS: Mapping[str, str] = {
    "train_risk": "training risk",
    SPREAD: "spread of the predictions over masks",
    **{name: measure.MEANING for name, measure in MEASURES.items()},
}
"""Numbers that every model has of its own."""
QUANTITIES = (*(name for name in TERMS if name != "residual"), *OF_MEMBERS, OF_COMMITTEES)
SOURCE = f"(_({'|'.join(SOURCES)}))"
OF_DESIGN = re.compile(rf"variance({SOURCE}{{2,}}|{SOURCE}_given{SOURCE}+)")
"""The names of components that only some crossed designs have: interactions, and what a source adds to others."""
STATISTICS = ("mean", "variance")
CRITERIA = ("risk", *OF_MEMBERS)
"""Numbers of single replicates, by which each replicate can pick a cell."""
OPTIONS = ("loss", "quantity", "members", "rule", "statistic", "pick_by")
"""What a cell of a claim may say beside the values of the axes.

``statistic`` is the mean over replicates, or the variance of a quantity that every replicate has of its own. With
``pick_by`` each replicate picks, of all cells with these values, the one where that quantity of its own is least.
"""


def is_quantity(name: object) -> bool:
    """Return whether claims may be about what has this name."""
    return name in QUANTITIES or (isinstance(name, str) and OF_DESIGN.fullmatch(name) is not None)
