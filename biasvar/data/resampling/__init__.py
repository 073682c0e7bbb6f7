"""Resampling schemes: replicate -> the rows of its training set. A new scheme is one file and one entry in ``SCHEMES``.

Each scheme defines in ``variance_means`` what its variance estimates; nothing else defines it.
"""

from biasvar.family import Family

SCHEMES = Family(
    {
        "fresh": "biasvar.data.resampling.fresh:Fresh",
        "bootstrap": "biasvar.data.resampling.bootstrap:Bootstrap",
        "subsample": "biasvar.data.resampling.subsample:Subsample",
        "disjoint": "biasvar.data.resampling.disjoint:Disjoint",
        "kfold": "biasvar.data.resampling.kfold:Kfold",
        "fixed_design": "biasvar.data.resampling.fixed_design:FixedDesign",
    }
)


def given_by(scheme: str) -> str:
    """Return what all training sets of a scheme have in common; empty if nothing, or for predictions without one."""
    return SCHEMES[scheme].given if scheme in SCHEMES else ""
