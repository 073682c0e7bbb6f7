"""Committees of a study's models: ``committee.csv``, one row per cell, loss, rule and number of members."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import nan
from typing import Any

import numpy as np

from biasvar.decomposition import Decomposition
from biasvar.decomposition.committees.committee import committee_risk, exact_interval
from biasvar.decomposition.committees.correlation import Correlation, correlation_of, fit_correlation
from biasvar.decomposition.committees.diversity import RULES, diversity, diversity_interval
from biasvar.decomposition.committees.members import most_members, shared
from biasvar.decomposition.means import student_interval
from biasvar.decomposition.terms import NESTED
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.kept_cells import RowCollector
from biasvar.results.outer_sets import ESTIMATES, MOST_MEMBERS

FILE = "committee.csv"
ENDS = {"": "", "_low": ": lower end of its interval over outer sets", "_high": ": upper end"}
OTHER_LOSS = "estimated under squared error only"
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
    "noise": "Bayes error; risk of the committee = noise + mean_bias + mean_variance - diversity (squared error by the "
    "mean, cross-entropy by the geometric mean: Wood et al. 2023)",
    "mean_bias": "bias of one member, corrected for the finite number of models",
    "mean_bias_plus_noise": "the same where the noise is not known",
    "mean_variance": "variance of one member, corrected too",
    "diversity": "mean loss of members less that of their committee: needs no correction",
    "diversity_low": "lower end of its interval over replicates (squared error)",
    "diversity_high": "upper end",
    **{f"{name}{end}": meaning + words for name, meaning in ESTIMATES.items() for end, words in ENDS.items()},
    "note": "why a nested design lacks risk_ecv, risk_cgcv or risk_gcv",
}


class CommitteeCollector(RowCollector):
    """Collects the risk of committees under each loss that has committee rules."""

    FILE, COLUMNS = FILE, COLUMNS

    def rows_of(self, ensemble: CellEnsemble, parts: Decomposition) -> Iterable[dict[str, Any]]:
        """Return the rows of one decomposition."""
        most = most_members(parts.ensemble)
        if most < 2:
            return []  # only the training set varies
        every = [*range(1, min(most, MOST_MEMBERS) + 1)]
        found, note = self.untested(ensemble, parts, every)
        members_S = sorted({*every, *numbers_up_to(most)}) if found else numbers_up_to(most)
        rows = rows_of(parts, members_S, ensemble.interval.level)
        untested = of_training_data(found, ensemble.interval.level) or [{}] * len(every)
        by_members = dict(zip(every, untested, strict=True))
        return [row | {"note": note} | by_members.get(row["members"], {}) for row in rows]

    def untested(
        self, ensemble: CellEnsemble, parts: Decomposition, members_S: Sequence[int]
    ) -> tuple[Mapping[str, np.ndarray], str]:
        """Return the estimates from training data, [I, S], and why a nested design lacks some; others have none."""
        if parts.ensemble.sources != NESTED:
            return {}, ""
        return ensemble.outer_sets.risks(members_S) if parts.loss == "squared_error" else ({}, OTHER_LOSS)


def of_training_data(found: Mapping[str, np.ndarray], level: float) -> list[dict[str, float]]:
    """Return the estimates [I, S] for each number of members, with their intervals over outer sets: a row for each."""
    columns: dict[str, np.ndarray] = {}
    for name, risks_IS in found.items():
        low_S, high_S = student_interval(risks_IS, level)
        columns |= {name: risks_IS.mean(axis=0), f"{name}_low": low_S, f"{name}_high": high_S}
    return [dict(zip(columns, map(float, values), strict=True)) for values in zip(*columns.values(), strict=True)]


def rows_of(parts: Decomposition, members_S: Sequence[int], level: float) -> Iterator[dict[str, Any]]:
    """Yield a row for each rule and number of members."""
    common = "+".join(parts.ensemble.sources[place] for place in shared(parts.ensemble))
    for rule in parts.family.COMMITTEES:
        risk_S = committee_risk(parts, rule, members_S)
        found, source = correlation(parts, rule, members_S, risk_S)
        about = {"rule": rule, "shared": common, "rho_from": source} | found._asdict()
        for members, risk in zip(members_S, risk_S, strict=True):
            exact = parts.loss == "squared_error"
            low, high = exact_interval(parts, members, level) if exact else (nan, nan)
            row = about | {"members": members, "risk": risk, "risk_low": low, "risk_high": high}
            yield row | (parts_of(parts, members, level) if RULES.get(parts.loss) == rule else {})


def parts_of(parts: Decomposition, members: int, level: float) -> dict[str, float]:
    """Return the parts of a committee's risk: noise, the mean bias and variance of members, and their diversity."""
    bias, exact = "bias_squared" if parts.loss == "squared_error" else "bias", parts.loss == "squared_error"
    low, high = diversity_interval(parts, members, level) if exact else (nan, nan)
    return {
        "noise": parts.value("noise") if "noise" in parts.points else nan,
        "mean_bias": parts.value(bias) if bias in parts.points else nan,
        "mean_bias_plus_noise": nan if bias in parts.points else parts.value(f"{bias}_plus_noise"),
        "mean_variance": parts.value("variance"),
        "diversity": float(diversity(parts, [members])[0]),
        "diversity_low": low,
        "diversity_high": high,
    }


def numbers_up_to(most: int) -> list[int]:
    """Return 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, ... below the largest committee size, and that size."""
    found = {step * 10**power for power in range(len(str(most))) for step in STEPS}
    return [*sorted(number for number in found if number < most), most]


def correlation(
    parts: Decomposition, rule: str, members_S: Sequence[int], risk_S: np.ndarray
) -> tuple[Correlation, str | None]:
    """Return the correlation of members and its source; NaN for rules whose risk is not linear in 1 / M."""
    variance = parts.value("variance")
    if variance > 0 and parts.loss == "squared_error":
        return correlation_of(parts), "components"
    if variance > 0 and rule == "geometric_mean":
        return fit_correlation(np.array(members_S), risk_S, variance), "line"
    return Correlation(nan, nan, nan), None
