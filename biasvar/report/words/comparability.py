"""Whether a study's members were trained under the same versions and on the same kind of device."""

from itertools import pairwise
from pathlib import Path

from biasvar.study.environment import changes_between
from biasvar.study.plan import Plan
from biasvar.study.store.manifest import recorded_environments

MEANS = (
    "they are not bit-comparable. The same member can differ in its last bits, which training may enlarge; estimates "
    "differ within their intervals."
)


def comparability(folder: Path, study_plan: Plan) -> list[str]:
    """Return why some members cannot be compared bit by bit, one sentence per reason; empty if all can be."""
    runs = recorded_environments(folder)
    changes = dict.fromkeys(change for then, now in pairwise(runs) for change in changes_between(then, now))
    devices = sorted({cell.study.device.split(":")[0] for cell in study_plan.cells})
    found = []
    if changes:
        found.append(f"Members were trained in {len(runs)} environment ({', '.join(changes)}): {MEANS}")
    if len(devices) > 1:
        found.append(f"Members were trained on different kinds of device ({' and '.join(devices)}): {MEANS}")
    return found
