"""Compare a sweep with the exact bias and variance of minimum-norm regression (Belkin, Hsu, Xu 2019).

    python scripts/closed_form.py [OVERRIDES]

Sweeps ``data=linear model=linear`` (D = 120, beta_j^2 = 1/120, n = 40, sigma^2 = 0.04, fresh training sets) into a
temporary folder and prints, for each number of features, estimate, exact value and their distance in standard errors.
Standard errors come from 20 independent groups of replicates. Exits with 1 where a distance is above 4.
"""

import math
import sys
import tempfile

import numpy as np

import biasvar
from biasvar.study.store.store import Store
from biasvar.theory import minimum_norm_risk

STUDY = ["data=linear", "model=linear", "training=exact", "resampling=fresh", "replicates=400"]
FEATURES = "model.features=5,10,20,30,34,37,38,39,40,41,42,43,46,50,60,80,120"
GROUPS = 20
LIMIT = 4.0


def main(overrides: list[str]) -> int:
    """Run the study and print the comparison."""
    worst, peak = 0.0, (0.0, 0)
    with tempfile.TemporaryDirectory() as folder:
        study = biasvar.sweep([*STUDY, FEATURES, "limits.max_models=100000", *overrides], out=folder)
        store = Store(study.folder)
        print(f"{'p':>4} {'bias^2':>10} {'exact':>10} {'z':>6} {'variance':>12} {'exact':>12} {'z':>6}")
        for number, cell in enumerate(study.made_of.plan.cells):
            data, p = cell.study.data, cell.study.model.features
            known = store.read_evaluation(cell.members[0])
            predictions = np.reshape(study.predictions(number)["prediction"], (len(cell.members), -1, 1))
            exact = minimum_norm_risk(data.coefficients(), p, data.n_train, data.noise_std**2)
            whole = biasvar.decompose(predictions, known.target, noise=known.noise_N)
            groups = [
                biasvar.decompose(g, known.target, noise=known.noise_N) for g in np.array_split(predictions, GROUPS)
            ]
            line, peak = f"{p:>4}", max(peak, (float(whole.risk or 0), p))
            for name, width in (("bias_squared", 10), ("variance", 12)):
                error = np.std([getattr(group, name) for group in groups], ddof=1) / math.sqrt(GROUPS)
                truth = getattr(exact, name)
                z = (getattr(whole, name) - truth) / error if math.isfinite(exact.variance) else math.nan
                worst = max(worst, 0.0 if math.isnan(z) else abs(z))
                line += f" {getattr(whole, name):>{width}.4f} {truth:>{width}.4f} {z:>6.2f}"
            print(line)
    print(f"largest distance {worst:.2f} standard errors; the risk peaks at p = {peak[1]}")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
