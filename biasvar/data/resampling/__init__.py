"""Resampling schemes: replicate -> the rows of its training set. A new scheme is one file and one entry in ``SCHEMES``.

Each scheme defines in ``variance_means`` what its variance estimates; nothing else defines it.
"""

from biasvar.data.resampling.bootstrap import Bootstrap
from biasvar.data.resampling.disjoint import Disjoint
from biasvar.data.resampling.fixed_design import FixedDesign
from biasvar.data.resampling.fresh import Fresh
from biasvar.data.resampling.kfold import Kfold
from biasvar.data.resampling.subsample import Subsample

SCHEMES = {scheme.kind: scheme for scheme in (Fresh, Bootstrap, Subsample, Disjoint, Kfold, FixedDesign)}


def given_by(scheme: str) -> str:
    """Return what all training sets of a scheme have in common; empty if nothing, or for predictions without one."""
    return SCHEMES[scheme].given if scheme in SCHEMES else ""
