"""References for bias and noise. A new reference is one file and one entry in ``REFERENCES``."""

from biasvar.data.references.best_known import BestKnown
from biasvar.data.references.cifar10h import Cifar10H
from biasvar.data.references.injected import Injected
from biasvar.data.references.labels import Labels
from biasvar.data.references.reference import Reference, Target
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source

REFERENCES: dict[str, Reference] = {one.kind: one for one in (BestKnown(), Labels(), Injected(), Cifar10H())}


def reference_target(evaluation: Evaluation, data: Source, reference: str, seed: int) -> Target:
    """Return the target of the evaluation points under a reference, given by name.

    Raises
    ------
    ValueError
        For an unknown reference, or one that this data does not have.
    """
    if reference not in REFERENCES:
        raise ValueError(f"reference = {reference!r} is not known; choose one of {', '.join(REFERENCES)}")
    return REFERENCES[reference].target(evaluation, data, seed)
