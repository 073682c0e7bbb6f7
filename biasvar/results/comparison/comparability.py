"""Whether two cells can be compared at all, and whether their replicates share random numbers."""

import numpy as np

from biasvar.data.rows import Evaluation
from biasvar.results.cells import Cells
from biasvar.results.ensembles import CellEnsemble
from biasvar.study.sources import sources_of
from biasvar.training.member import POOL

Pair = tuple[CellEnsemble, CellEnsemble]


def why_not_comparable(cells: Pair, points: tuple[Evaluation, Evaluation]) -> str:
    """Return why two risks are not of the same thing; an empty text if they are.

    Inputs of predictions made elsewhere are not known: their points are the same if their targets are.
    """
    one, other = cells
    if one.task != other.task:
        return f"other outputs, for {one.task} and for {other.task}"
    counts = [len(cell.target) for cell in cells]
    if counts[0] != counts[1]:
        return f"other evaluation points, {counts[0]:,} and {counts[1]:,}"
    x_one, x_other = (known.x_ND for known in points)
    if min(x_one.size, x_other.size) and not np.array_equal(x_one, x_other):
        drawn = f", drawn by study seeds {one.seed} and {other.seed}" if one.seed != other.seed else ""
        return f"other evaluation points{drawn}"
    if not alike(one.weights_N, other.weights_N):
        return "other weights of the evaluation points"
    widths = [cell.columns.get("outputs") for cell in cells]
    if widths[0] != widths[1]:
        return f"other outputs, {widths[0]} and {widths[1]} of them"
    if one.target_is != other.target_is:
        return f"another reference of the bias, {one.target_is} and {other.target_is}"
    if not alike(one.target, other.target):
        return "another target at the evaluation points"
    if not alike(one.noise_N, other.noise_N):
        return "another noise at the evaluation points"
    if not set(one.losses) & set(other.losses):
        return f"another loss, {' and '.join(one.losses)} against {' and '.join(other.losses)}"
    return ""


def alike(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    """Return whether two arrays hold the same numbers, in whatever shape, or neither is there."""
    if one is None or other is None:
        return one is other
    return one.size == other.size and np.array_equal(np.ravel(one), np.ravel(other))


def shared_sources(studies: tuple[Cells, Cells], pair: tuple[int, int], cells: Pair) -> tuple[str, str]:
    """Return the sources whose random numbers equal replicates of two cells share, joined by +; or why there are none.

    All seeds are made from the study seed, a role and the number of the draw. So draws of equal number are the same,
    or depend on each other where other settings use them in another way, and are only independent across study seeds.
    """
    if studies[0].fingerprint() == studies[1].fingerprint() and pair[0] == pair[1]:
        return "everything", ""
    one, other = (study.study(number) for study, number in zip(studies, pair, strict=True))
    if one is None or other is None:
        return "", "the seeds of predictions made elsewhere are not known"
    if one.seed != other.seed:
        return "", f"other study seeds, {one.seed} and {other.seed}"
    if cells[0].sources != cells[1].sources:
        return "", f"other designs, over {' x '.join(cells[0].sources)} and {' x '.join(cells[1].sources)}"
    varied = [set(study.design.varied) & {*sources_of(study), POOL} for study in (one, other)]
    shared = [source for source in one.design.varied if source in varied[0] & varied[1]]
    return ("+".join(shared), "") if shared else ("", "they vary no source of randomness in common")
