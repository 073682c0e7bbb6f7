import math

import numpy as np
import pytest

from biasvar.theory import minimum_norm_risk

BETA = np.full(120, 120**-0.5)


def test_risk_equals_the_published_formula():
    # Belkin, Hsu, Xu 2019, theorem 1: the whole risk, not split.
    for p in (5, 20, 60, 120):
        seen, unseen = p / 120, 1 - p / 120
        if p <= 38:
            published = (unseen + 0.04) * (1 + p / (40 - p - 1))
        else:
            published = seen * (1 - 40 / p) + (unseen + 0.04) * (1 + 40 / (p - 40 - 1))
        assert minimum_norm_risk(BETA, p, 40, 0.04).risk == pytest.approx(published, rel=1e-12)


def test_the_variance_is_infinite_at_the_threshold_and_zero_without_features():
    assert all(math.isinf(minimum_norm_risk(BETA, p, 40, 0.04).variance) for p in (39, 40, 41))
    nothing = minimum_norm_risk(BETA, 0, 40, 0.04)
    assert (nothing.bias_squared, nothing.variance) == (pytest.approx(1), 0)


def test_more_features_than_there_are_is_refused():
    with pytest.raises(ValueError, match="p = 121"):
        minimum_norm_risk(BETA, 121, 40, 0.04)
