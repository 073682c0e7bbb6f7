"""Whether a study's members were trained under the same versions and on the same kind of device."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from biasvar.study.environment import changes_between

MEANS = (
    "they are not bit-comparable. The same member can differ in its last bits, which training may enlarge; estimates "
    "differ within their intervals."
)


def comparability(environments: Sequence[Mapping[str, Any]], devices: Collection[str]) -> list[str]:
    """Return why some members cannot be compared bit by bit, one sentence per reason; empty if all can be."""
    changes = dict.fromkeys(change for then, now in pairwise(environments) for change in changes_between(then, now))
    found = []
    if changes:
        found.append(f"Members were trained in {len(environments)} environment ({', '.join(changes)}): {MEANS}")
    if len(devices) > 1:
        kinds = " and ".join(sorted(devices))
        found.append(f"Members were trained on different kinds of device ({kinds}): {MEANS}")
    return found
