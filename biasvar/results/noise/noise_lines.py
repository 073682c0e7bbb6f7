"""Lines of the noise table: the known noise, its estimates, its bounds, and their assumptions.

A function of ``LINES`` takes the loss, the evaluation points, the cell of least risk under the loss, and the level of
intervals. It returns no line where it does not apply.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from biasvar import seeds
from biasvar.decomposition.noise.calibration import calibrated_noise
from biasvar.decomposition.noise.estimate import Estimate, largest_noise, mean_of
from biasvar.decomposition.noise.of_classes import cover_hart_bounds, nearest_neighbour_error, soft_label_error
from biasvar.decomposition.noise.of_numbers import neighbour_difference_variance, second_difference_variance
from biasvar.decomposition.noise.votes import entropy_plug_in, shares

MANY = 15
"""Neighbours in the majority vote of the upper bound: many enough to average labels, few enough to be near."""

FEWEST = 20
"""Fewest points for a standard error of squared label differences: mutual nearest neighbours share one difference."""

MOST_SEARCHED = 10_000
"""Most points searched for nearest neighbours: time grows with their square. Larger sets are subsampled."""

RULE = "none: no rule errs less than the noise"
KNOWN = {
    "distribution": "the data is drawn from this distribution",
    "injected label noise": "labels are right (or as the clean distribution has them) before flips at data.label_noise",
}
FROM_VOTES = {
    "zero_one": "each vote is predicted by the others: leans high",
    "squared_error": "unbiased for the votes' distribution",
    "cross_entropy": "after Miller and Madow: leans low",
}
PEOPLE = "people's disagreement at this resolution is taken for the distribution of the label"


class Line(NamedTuple):
    """One line: a named value with its interval (NaN if it has none), its kind, and its assumption."""

    name: str
    kind: str
    value: float
    low: float
    high: float
    assumption: str


@dataclass(frozen=True)
class Points:
    """One set of evaluation points: inputs (no columns where not known), one label each, and their reference.

    ``votes_NK`` counts human annotations if those are the reference, and ``weights_N`` weighs means over points. Labels
    of a known distribution are drawn from it.
    """

    task: str
    x_ND: np.ndarray
    labels_N: np.ndarray
    reference: str
    votes_NK: np.ndarray | None
    seed: int
    weights_N: np.ndarray | None = None

    @property
    def has_neighbours(self) -> bool:
        """Whether inputs are known, and points count the same: the differences of neighbours have no weights."""
        return self.x_ND.shape[1] > 0 and self.weights_N is None

    def searched(self) -> tuple[np.ndarray, np.ndarray, str]:
        """Return inputs and labels of the points whose neighbours are searched, and a note if not all are."""
        count = len(self.labels_N)
        if count <= MOST_SEARCHED:
            return self.x_ND, self.labels_N, ""
        drawn_n = seeds.generator(self.seed, "estimation", 6).permutation(count)[:MOST_SEARCHED]
        return (
            self.x_ND[drawn_n],
            self.labels_N[drawn_n],
            f"; among {MOST_SEARCHED:,} of {count:,} points, drawn by seed",
        )


@dataclass(frozen=True)
class LeastRisk:
    """The cell of least risk: its number, its risk with interval, its noise per point, its central prediction.

    ``noise_N`` is None if the noise is not known. ``scores_NK`` are mean log-probabilities over models, or mean
    outputs of models without probabilities.
    """

    cell: int
    risk: float
    low: float
    high: float
    noise_N: np.ndarray | None
    scores_NK: np.ndarray


def known(loss: str, points: Points, least: LeastRisk, level: float) -> list[Line]:
    """Return the noise under the reference: exact for a distribution, estimated for votes."""
    if least.noise_N is None:
        return []
    if points.votes_NK is None:
        value = float(np.average(least.noise_N, weights=points.weights_N))
        return [Line(points.reference, "known", value, np.nan, np.nan, KNOWN.get(points.reference, ""))]
    most = largest_noise(loss, points.votes_NK.shape[1])
    estimate = mean_of(least.noise_N, most, points.weights_N)
    lines = [line(points.reference, "estimate", estimate, level, f"{PEOPLE}; {FROM_VOTES[loss]}")]
    plug_in = {
        "zero_one": lambda votes_NK: soft_label_error(shares(votes_NK), points.weights_N),
        "cross_entropy": lambda votes_NK: mean_of(entropy_plug_in(votes_NK), most, points.weights_N),
    }
    if loss in plug_in:
        low = plug_in[loss](points.votes_NK)
        lines.append(line(f"{points.reference}, plug-in", "estimate", low, level, f"{PEOPLE}; leans low"))
    return lines


def calibrated(loss: str, points: Points, least: LeastRisk, level: float) -> list[Line]:
    """Return the noise if the temperature-scaled central prediction were the label distribution."""
    if points.task != "classification" or len(points.labels_N) < 4:
        return []
    if not np.isfinite(least.scores_NK).all():
        text = f"left out: models of cell {least.cell} give a class no probability, as one that they have not seen"
        return [Line("calibrated central prediction", "estimate", np.nan, np.nan, np.nan, text)]
    estimate = calibrated_noise(least.scores_NK, points.labels_N, loss, points.seed, points.weights_N)
    text = (
        f"the central prediction of cell {least.cell} with a fitted temperature is the label distribution; leans high"
    )
    return [line("calibrated central prediction", "estimate", estimate, level, text)]


def neighbours_of_classes(loss: str, points: Points, least: LeastRisk, level: float) -> list[Line]:
    """Return the noise bounds from the labels of nearest neighbours, under zero-one loss and squared error."""
    if not points.has_neighbours or points.task != "classification" or loss not in ("zero_one", "squared_error"):
        return []
    x_nD, labels_n, among = points.searched()
    one = nearest_neighbour_error(x_nD, labels_n, 1, points.seed)
    if loss == "squared_error":
        text = f"nearest neighbours have one label distribution; leans high{among}"
        return [line("labels of nearest neighbours differ", "estimate", one, level, text)]
    classes = least.scores_NK.shape[1]
    value, low, high = (cover_hart_bounds(error, classes)[0] for error in (one.value, *one.interval(level)))
    where = f"in {x_nD.shape[1]} dimensions{among}"
    text = f"nearest neighbours have one label distribution, which takes very many points {where}"
    lower = Line("nearest neighbour (Cover, Hart)", "lower bound", value, low, high, text)
    lines = [lower, line("nearest neighbour", "upper bound", one, level, RULE + among)]
    if len(labels_n) > MANY:
        many = nearest_neighbour_error(x_nD, labels_n, MANY, points.seed)
        lines.append(line(f"{MANY} nearest neighbours", "upper bound", many, level, RULE + among))
    return lines


def neighbours_of_numbers(loss: str, points: Points, least: LeastRisk, level: float) -> list[Line]:
    """Return estimates of the noise variance from differences between the labels of neighbours."""
    if not points.has_neighbours or points.task != "regression" or loss != "squared_error":
        return []
    if len(points.labels_N) < FEWEST:
        text = f"left out: {len(points.labels_N)} points are too few for a standard error, which takes {FEWEST}"
        return [Line("differences of nearest neighbours (Rice)", "estimate", np.nan, np.nan, np.nan, text)]
    x_nD, y_n, among = points.searched()
    first = neighbour_difference_variance(x_nD, y_n, points.seed)
    text = f"f* hardly changes between nearest neighbours; leans high by its slope{among}"
    lines = [line("differences of nearest neighbours (Rice)", "estimate", first, level, text)]
    if points.x_ND.shape[1] == 1:
        second = second_difference_variance(points.x_ND[:, 0], points.labels_N)
        text = "f* is nearly straight between neighbours; leans high by its curvature"
        lines.append(line("second differences (Gasser)", "estimate", second, level, text))
    return lines


LINES = (known, calibrated, neighbours_of_classes, neighbours_of_numbers)


def lines_of(loss: str, points: Points, least: LeastRisk, cells: int, level: float) -> list[Line]:
    """Return every line of one loss; the last is the least risk among so many cells, which the noise cannot exceed.

    A lower bound above any other line is flagged, and so is an estimate above an upper bound.
    """
    lines = [one for function in LINES for one in function(loss, points, least, level)]
    text = "none beside the reference" + (f"; the least of {cells} estimates is a little low" if cells > 1 else "")
    name = f"least risk of the sweep (cell {least.cell})"
    lines.append(Line(name, "upper bound", least.risk, least.low, least.high, text))
    return [one._replace(assumption=one.assumption + refuted(one, lines)) for one in lines]


def refuted(one: Line, lines: list[Line]) -> str:
    """Return the warning for a line whose interval lies above a value that it cannot exceed."""
    above = {"estimate": ("upper bound",), "lower bound": ("known", "estimate", "upper bound")}.get(one.kind, ())
    estimated = [other for other in lines if other.kind in above and not np.isnan(other.value)]
    least = [other for other in estimated if one.low > np.nanmax([other.value, other.high])]
    return f"; contradicted here: it lies above {least[0].name!r}" if least else ""


def line(name: str, kind: str, estimate: Estimate, level: float, assumption: str) -> Line:
    """Return the line of an estimate with its interval."""
    return Line(name, kind, estimate.value, *estimate.interval(level), assumption)
