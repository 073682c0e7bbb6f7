"""Hand-made contributions."""

import numpy as np
import pandas as pd

from biasvar.results.claims.judging import Evidence, judge
from biasvar.results.claims.sample import Sample
from biasvar.study.claims.claim import Claim


def sample(values, seeds=None, source="replicate"):
    """Contributions of one source."""
    values = np.asarray(values, dtype=float)
    return Sample({source: pd.Series(values, index=range(len(values)) if seeds is None else seeds)})


def verdict(expect, *samples, level=0.95, value=None, within=None, **evidence):
    """The verdict on a claim over samples."""
    claim = Claim("one", "S7", "A claim.", "risk", expect, value, within)
    return judge(claim, Evidence(list(samples), **evidence), level)
