"""References for bias and noise. A new reference is one file and one entry in ``REFERENCES``."""

from biasvar.data.references.reference import Target
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source
from biasvar.family import Family

REFERENCES = Family(
    {
        "auto": "biasvar.data.references.best_known:BestKnown",
        "labels": "biasvar.data.references.labels:Labels",
        "injected": "biasvar.data.references.injected:Injected",
        "cifar10h": "biasvar.data.references.cifar10h:Cifar10H",
    }
)


def reference_target(evaluation: Evaluation, data: Source, reference: str, seed: int) -> Target:
    """Return the target of the evaluation points under a reference, given by name.

    Raises
    ------
    ValueError
        For an unknown reference, or one that this data does not have.
    """
    if reference not in REFERENCES:
        raise ValueError(f"reference = {reference!r} is not known; choose one of {', '.join(REFERENCES)}")
    return REFERENCES[reference]().target(evaluation, data, seed)
