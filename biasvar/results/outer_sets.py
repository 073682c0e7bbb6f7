"""The risk of committees from their own training data: what models say of the outer set that they were drawn from.

In a nested design each outer set is one data set, of which the inner models are fitted to some rows: a committee as it
is in practice, without a test label. Outer sets are independent, so estimates have intervals over them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from biasvar.decomposition.committees.generalised_cross_validation import Residuals, corrected_gcv_risk, gcv_risk
from biasvar.decomposition.committees.out_of_bag import extrapolated_risk, out_of_bag_risk

ESTIMATES = {
    "risk_ecv": "the same risk from the training data alone, mean over outer sets: out-of-bag errors of one and two "
    "members, extrapolated (design=nested training.rows=[evaluation,pool], up to 50 members)",
    "risk_cgcv": "the same by corrected generalised cross-validation (exact fits of subsamples)",
    "risk_gcv": "the same by plain generalised cross-validation, which is too high for few members",
}
MOST_MEMBERS = 50


class OuterSet(NamedTuple):
    """Predictions at all n rows of one outer set, their targets, and which rows each model was fitted to."""

    predictions_JnK: np.ndarray
    target_nK: np.ndarray
    fitted_Jn: np.ndarray


@dataclass(frozen=True)
class OuterSets:
    """The outer sets of a cell, one after another; ``lacking`` says why there are none.

    ``freedom_IJ`` are the degrees of freedom of the models, where they are smoothers of ``rows`` distinct rows;
    ``no_gcv`` says why they are not.
    """

    sets: Iterable[OuterSet] = ()
    rows: int = 0
    freedom_IJ: np.ndarray | None = None
    no_gcv: str = ""
    lacking: str = ""

    def risks(self, members_S: Sequence[int]) -> tuple[dict[str, np.ndarray], str]:
        """Return estimates of the risk for each number of members, name -> [I, S], and why some are missing."""
        if self.lacking:
            return {}, self.lacking
        found: dict[str, list[np.ndarray]] = {name: [] for name in ESTIMATES}
        reasons = dict.fromkeys([self.no_gcv] if self.freedom_IJ is None else [])
        for outer, one in enumerate(self.sets):
            try:
                known = out_of_bag_risk(one.predictions_JnK, one.target_nK, ~one.fitted_Jn)
                found["risk_ecv"].append(extrapolated_risk(known, members_S))
            except ValueError as error:
                reasons[f"risk_ecv: {error}"] = None
            if self.freedom_IJ is not None:
                fits = Residuals(one.predictions_JnK - one.target_nK, self.freedom_IJ[outer], self.rows)
                found["risk_gcv"].append(gcv_risk(fits, members_S))
                found["risk_cgcv"].append(corrected_gcv_risk(fits, members_S))
        count = max(map(len, found.values()))
        whole = {name: np.array(risks_IS) for name, risks_IS in found.items() if risks_IS and len(risks_IS) == count}
        return whole, "; ".join(reasons)
