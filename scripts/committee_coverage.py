"""The risk of committees from their training data: how close it is, and how often its nominal 95 % intervals hold it.

    python scripts/committee_coverage.py [trials=500] [outer=10] [seed=0]

A data set has n rows of p standard normal inputs, |beta|^2 = 1 and noise of variance s2. Each of 50 members is ridge
regression with (X'X/k + lam I) on k of its rows, drawn without replacement. A study has several data sets, which its
intervals are over. The truth is the mean over all data sets of the risk of their own members' committees, known in
closed form for standard normal inputs.
"""

import sys
from typing import NamedTuple

import numpy as np

from biasvar.decomposition.committees.generalised_cross_validation import Residuals, corrected_gcv_risk, gcv_risk
from biasvar.decomposition.committees.out_of_bag import extrapolated_risk, out_of_bag_risk
from biasvar.decomposition.means import student_interval

MEMBERS = 50
SHOWN = (1, 2, 3, 5, 10, 20, 50)
ESTIMATES = ("ECV", "CGCV", "GCV")


class Setting(NamedTuple):
    """Rows, inputs, rows of a member, penalty per row, and variance of the noise."""

    n: int
    p: int
    k: int
    lam: float
    s2: float


SETTINGS = (Setting(400, 100, 130, 0.01, 1.0), Setting(300, 60, 150, 0.1, 0.5), Setting(200, 100, 60, 0.1, 0.25))


class DataSet(NamedTuple):
    """One data set: its members' true risks by their number [M], and what is known of them without test labels."""

    risk_M: np.ndarray
    predictions_MnK: np.ndarray
    target_nK: np.ndarray
    fitted_Mn: np.ndarray
    freedom_M: np.ndarray


def data_set(generator: np.random.Generator, setting: Setting, members: int = MEMBERS) -> DataSet:
    """Draw a data set and fit its members."""
    n, p, k, lam, s2 = setting
    beta_p, x_np = np.full(p, np.sqrt(1 / p)), generator.standard_normal((n, p))
    y_n = x_np @ beta_p + np.sqrt(s2) * generator.standard_normal(n)
    rows_Mk = np.array([generator.permutation(n)[:k] for _ in range(members)])
    fitted_Mn = np.zeros((members, n), dtype=bool)
    np.put_along_axis(fitted_Mn, rows_Mk, True, axis=1)
    inverse_Mpp = np.linalg.inv([x_np[rows].T @ x_np[rows] + k * lam * np.eye(p) for rows in rows_Mk])
    w_Mp = np.stack([inverse @ (x_np[rows].T @ y_n[rows]) for inverse, rows in zip(inverse_Mpp, rows_Mk, strict=True)])
    freedom_M = p - k * lam * np.trace(inverse_Mpp, axis1=1, axis2=2)
    errors_Mp = w_Mp - beta_p
    alone, whole = np.mean(np.sum(errors_Mp**2, axis=1)), np.sum(errors_Mp.mean(axis=0) ** 2)
    across = (whole - alone / members) / (1 - 1 / members)
    risk_M = s2 + across + (alone - across) / np.arange(1, members + 1)
    return DataSet(risk_M, (w_Mp @ x_np.T)[..., None], y_n[:, None], fitted_Mn, freedom_M)


def estimates(one: DataSet, k: int) -> np.ndarray:
    """Return the three estimates of the risk of 1 to M members, [3, M]."""
    numbers = range(1, len(one.risk_M) + 1)
    known = out_of_bag_risk(one.predictions_MnK, one.target_nK, ~one.fitted_Mn)
    fits = Residuals(one.predictions_MnK - one.target_nK, one.freedom_M, k)
    return np.array([extrapolated_risk(known, numbers), corrected_gcv_risk(fits, numbers), gcv_risk(fits, numbers)])


def main() -> None:
    """Print a table for each setting."""
    options = {"trials": 500, "outer": 10, "seed": 0}
    options |= {name: int(value) for name, value in (text.split("=") for text in sys.argv[1:])}
    trials, outer = options["trials"], options["outer"]
    error = np.sqrt(0.05 * 0.95 / trials)
    print(f"{trials:,} studies of {outer} data sets each (standard error of a coverage of 0.95: {error:.4f})\n")
    for setting in SETTINGS:
        generator = np.random.default_rng(options["seed"])
        true_M, found_TOEM = np.zeros(MEMBERS), np.empty((trials, outer, 3, MEMBERS))
        for place in np.ndindex(trials, outer):
            one = data_set(generator, setting)
            true_M += one.risk_M / (trials * outer)
            found_TOEM[place] = estimates(one, setting.k)
        off_EM = found_TOEM.mean(axis=(0, 1)) / true_M - 1
        worst = ", ".join(f"{name} {np.abs(off).max():.2%}" for name, off in zip(ESTIMATES, off_EM, strict=True))
        about = ", ".join(f"{name} = {value:g}" for name, value in setting._asdict().items())
        print(f"{about}; largest error from 1 to {MEMBERS} members: {worst}\n")
        print("| members | risk | ECV | CGCV | GCV | held by ECV | by CGCV | by GCV |")
        print("|---|---|---|---|---|---|---|---|")
        for members in SHOWN:
            true, shares = true_M[members - 1], []
            for estimate in range(3):
                low_T, high_T = student_interval(found_TOEM[:, :, estimate, members - 1].T, 0.95)
                shares.append(np.mean((low_T <= true) & (true <= high_T)))
            errors = " | ".join(f"{off:+.1%}" for off in off_EM[:, members - 1])
            print(f"| {members} | {true:.3f} | {errors} | {' | '.join(f'{one:.3f}' for one in shares)} |", flush=True)
        print()


if __name__ == "__main__":
    main()
