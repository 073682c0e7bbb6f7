"""The noise of a study's data: ``noise.csv``, with known values beside estimates and bounds."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from biasvar import seeds
from biasvar.data.references.labels import drawn_labels, labels_of
from biasvar.decomposition import Decomposition
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.noise.estimate import mean_of
from biasvar.results.cells import Cells
from biasvar.results.conditions import chosen
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.noise.noise_lines import LeastRisk, Points, lines_of

FILE = "noise.csv"
MOST_SETS = 8
COLUMNS = ("data", "n_eval", "loss", "name", "kind", "value", "low", "high", "assumption")


@dataclass
class PointSet:
    """The cells that share evaluation points and reference: one of them, and the one of least risk by loss."""

    ensemble: CellEnsemble
    cells: int = 0
    least: dict[str, LeastRisk] = field(default_factory=dict)


@dataclass
class NoiseCollector:
    """Collects the input of the noise estimates for each set of evaluation points."""

    sets: dict[str, PointSet] = field(default_factory=dict)

    def collect(self, ensemble: CellEnsemble, parts: Mapping[str, Decomposition]) -> None:
        """Keep a cell's central prediction under each loss if its risk is the least so far."""
        points = self.sets.setdefault(identity(ensemble), PointSet(replace(ensemble, outputs=None)))
        points.cells += 1
        for loss, found in parts.items():
            risk = found.value("risk")
            if loss not in points.least or risk < points.least[loss].risk:
                points.least[loss] = least_risk_of(ensemble, found, risk)


def identity(ensemble: CellEnsemble) -> str:
    """Return the key of cells with the same evaluation points and reference."""
    digest = hashlib.sha256(f"{ensemble.data} {ensemble.reference} {ensemble.noise_distribution}".encode())
    for array in (ensemble.target, ensemble.noise_N, ensemble.weights_N):
        if array is not None:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def least_risk_of(ensemble: CellEnsemble, parts: Decomposition, risk: float) -> LeastRisk:
    """Return the input of the noise lines from a cell."""
    interval = ensemble.interval
    method = None if interval.method == "auto" else interval.method
    low, high = parts.interval("risk", interval.level, method=method, over=interval.over)
    if ensemble.reference == "labels":
        low, high = with_sampling_of_labels(parts, interval.level, low, high)
    scores_NK = np.concatenate(list(parts.ensemble.in_tiles(mean_scores)))
    return LeastRisk(ensemble.number, risk, low, high, parts.points.get("noise"), scores_NK)


def with_sampling_of_labels(parts: Decomposition, level: float, low: float, high: float) -> tuple[float, float]:
    """Return an interval of the risk that also covers other labels: the labels of a few points may all be predicted.

    The squared distances add up, like those for models and for points.
    """
    most = 1.0 if parts.loss == "zero_one" else np.inf
    of_points = mean_of(parts.points["risk"], most, parts.ensemble.reference.weights_N)
    (least, most), risk = of_points.interval(level), of_points.value
    return risk - float(np.hypot(risk - low, risk - least)), risk + float(np.hypot(high - risk, most - risk))


def mean_scores(tile: Ensemble) -> np.ndarray:
    """Return mean log-probabilities over models, or mean outputs of models without probabilities: [N, K]."""
    scores_MNK = tile.log_probabilities_MNK if tile.outputs_are == "logits" else tile.outputs_MNK
    return np.ascontiguousarray(scores_MNK.mean(axis=0))


def noise_table(collector: NoiseCollector, cells: Cells, level: float, warn: Callable[[str], None]) -> pd.DataFrame:
    """Return one row per set of evaluation points, loss and line: the known, estimated and bounded noise.

    Labels of a known distribution, of injected noise and of votes are drawn from these, so that estimates can be
    compared with the known noise.
    """
    sets = list(collector.sets.values())
    shown = chosen(sets, MOST_SETS)
    if len(shown) < len(sets):
        warn(f"{FILE} holds {len(shown)} of {len(sets):,} sets of evaluation points, evenly chosen")
    rows = []
    for one in shown:
        points = points_of(one.ensemble, cells)
        about = {"data": one.ensemble.data, "n_eval": len(one.ensemble.target)}
        for loss, least in one.least.items():
            lines = lines_of(loss, points, least, one.cells, level)
            rows += [about | {"loss": loss} | line._asdict() for line in lines]
    return pd.DataFrame(rows, columns=COLUMNS)


def points_of(ensemble: CellEnsemble, cells: Cells) -> Points:
    """Return a cell's evaluation points with their inputs and one label each."""
    seed, target = ensemble.seed, ensemble.target
    kept = cells.evaluation(ensemble.number)
    classes = ensemble.task == "classification" and target.ndim == 2
    labels_N = drawn_labels(target, seeds.generator(seed, "evaluation", 1)) if classes else target
    if ensemble.noise_N is not None and target.ndim == 1:
        labels_N = labels_of(kept, seed)
    return Points(
        task=ensemble.task,
        x_ND=comparable(kept.x_ND, kept.pictures is not None),
        labels_N=labels_N,
        reference=ensemble.reference,
        votes_NK=target if classes and np.issubdtype(target.dtype, np.integer) else None,
        seed=seed,
        weights_N=ensemble.weights_N,
    )


def comparable(x_ND: np.ndarray, pictures: bool) -> np.ndarray:
    """Return inputs [N, D] with comparable columns: pixels unchanged, others in units of their standard deviation."""
    x_ND = x_ND.reshape(len(x_ND), -1).astype(float)
    if pictures:
        return x_ND
    std_D = x_ND.std(axis=0)
    return (x_ND - x_ND.mean(axis=0)) / np.where(std_D > 0, std_D, 1.0)
