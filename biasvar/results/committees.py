"""Committees of a study's models: ``committee.csv``, one row per cell, loss, rule and number of members."""

from collections.abc import Iterable, Iterator
from math import nan
from typing import Any

import numpy as np

from biasvar.decomposition import Decomposition
from biasvar.decomposition.committees.committee import committee_risk, exact_interval
from biasvar.decomposition.committees.correlation import Correlation, correlation_of, fit_correlation
from biasvar.decomposition.committees.members import most_members, shared
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.kept_cells import RowCollector

FILE = "committee.csv"
STEPS = (1, 2, 3, 5, 7, 10, 15)
COLUMNS = {
    "cell": "number of the cell, as in results.csv",
    "loss": "loss of the risk",
    "rule": "how members are combined into one prediction: vote, mean, or normalised geometric_mean of probabilities",
    "shared": "crossed designs: the seeds that members share, data and maybe label_noise; none in a joint design",
    "members": "number of members",
    "risk": "expected loss of the committee; squared error: mean over all committees, else over about 20 of each size",
    "risk_low": "lower end of its interval over replicates (squared error)",
    "risk_high": "upper end",
    "rho": "correlation of members: share of the variance that all have in common",
    "rho_from": "components: of variance (squared error, exact); line: least squares of the risk on 1 / members",
    "floor": "rho variance: what no number of members removes",
    "limit": "risk of an infinitely large committee: noise + bias + floor",
}


class CommitteeCollector(RowCollector):
    """Collects the risk of committees under each loss that has committee rules."""

    FILE, COLUMNS = FILE, COLUMNS

    def rows_of(self, ensemble: CellEnsemble, parts: Decomposition) -> Iterable[dict[str, Any]]:
        """Return the rows of one decomposition."""
        return rows_of(parts, ensemble.interval.level)


def rows_of(parts: Decomposition, level: float) -> Iterator[dict[str, Any]]:
    """Yield a row for each rule and number of members; none where only the training set varies."""
    members_S = numbers_up_to(most_members(parts.ensemble))
    if members_S[-1] < 2:
        return
    common = "+".join(parts.ensemble.sources[place] for place in shared(parts.ensemble))
    for rule in parts.family.COMMITTEES:
        risk_S = committee_risk(parts, rule, members_S)
        found, source = correlation(parts, rule, members_S, risk_S)
        about = {"rule": rule, "shared": common, "rho_from": source} | found._asdict()
        for members, risk in zip(members_S, risk_S, strict=True):
            exact = parts.loss == "squared_error"
            low, high = exact_interval(parts, members, level) if exact else (nan, nan)
            yield about | {"members": members, "risk": risk, "risk_low": low, "risk_high": high}


def numbers_up_to(most: int) -> list[int]:
    """Return 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, ... below the largest committee size, and that size."""
    found = {step * 10**power for power in range(len(str(most))) for step in STEPS}
    return [*sorted(number for number in found if number < most), most]


def correlation(
    parts: Decomposition, rule: str, members_S: list[int], risk_S: np.ndarray
) -> tuple[Correlation, str | None]:
    """Return the correlation of members and its source; NaN for rules whose risk is not linear in 1 / M."""
    variance = parts.value("variance")
    if variance > 0 and parts.loss == "squared_error":
        return correlation_of(parts), "components"
    if variance > 0 and rule == "geometric_mean":
        return fit_correlation(np.array(members_S), risk_S, variance), "line"
    return Correlation(nan, nan, nan), None
