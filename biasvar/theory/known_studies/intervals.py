"""Intervals: the coverage of 95 % intervals, and a control that is too narrow."""

import numpy as np

from biasvar import seeds
from biasvar.decomposition import decompose
from biasvar.theory.known_studies.check import Check, averaged

STUDIES, REPLICATES, POINTS = 2000, 10, 10
BIAS = 0.8


def checks(seed: int) -> list[Check]:
    """Return the coverage of the intervals of a joint design with Gaussian predictions."""
    generator = seeds.generator(seed, "estimation", 16, 0)
    truths = {"risk": BIAS**2 + 1.0, "bias_squared": BIAS**2, "variance": 1.0}
    covered: dict[str, list[bool]] = {name: [] for name in truths}
    narrow = []
    for _ in range(STUDIES):
        study = decompose(BIAS + generator.standard_normal((REPLICATES, POINTS)), np.zeros(POINTS), noise=0.0)
        for name, truth in truths.items():
            low, high = study.interval(name)
            covered[name].append(low <= truth <= high)
        low, high = study.interval("variance", 0.8)
        narrow.append(low <= 1.0 <= high)
    checks = [
        averaged(f"95 % interval of {name}: coverage", "squared_error", 0.95, np.array(covered[name], dtype=float))
        for name in truths
    ]
    taken = "80 % interval of variance taken for a 95 % one: coverage"
    return [*checks, averaged(taken, "squared_error", 0.95, np.array(narrow, dtype=float), control=True)]
