"""The input of figures and page: the tidy table of a study, and the metadata that go with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from biasvar.decomposition.terms import COMPONENTS, TERMS

QUANTITIES = ("train_risk", *TERMS)
WITHOUT_ESTIMATE = ("missing", "infinite")
"""The status of rows without estimates."""


@dataclass(frozen=True)
class Results:
    """One row per cell and loss, with every swept key as a column under its dotted name.

    Columns beside the axes: ``cell``, ``loss``, ``capacity_key``, ``capacity``, ``parameters``, ``resampling``,
    ``reference`` ("distribution" or "labels"), ``outputs``, ``n_eval``, ``n_train``, ``n_distinct``,
    ``label_noise_rate`` (where a cell has label noise), ``constant_risk`` (training risk of the best constant),
    ``n_ok``, ``n_planned``, ``status`` ("ok", "partial" where some replicates diverged, failed or are not trained yet,
    "missing", or "infinite" where the risk under this loss is), and every name of ``QUANTITIES`` with its ``_low`` and
    ``_high``. A quantity that is not defined for a loss, or not known, is NaN. ``risk_median`` is the median of the
    risk over replicates, which share no seed. ``gaps`` says why replicates are not used, and is empty if all are.

    ``about`` says in plain words what the study shows.

    ``seed`` is the study's, for resampling. ``over`` is what intervals generalise to: these points (replicates), or
    others too. ``figure_x`` is the substitute for capacity on a horizontal axis. ``replicate_risk`` has, for a cell's
    number and a loss, the numbers of the replicates [R] and the mean loss of each over the evaluation points [R], noise
    included.

    ``points`` holds rows of ``points.parquet``: those of the cell of least risk of each condition shown, under each
    loss. ``hardest`` holds the images of largest risk, from ``hardest_images``, and ``fits`` those of a few cells, from
    ``fits_of``. ``curves`` holds the statements on shapes, from ``curves_table``, and ``noise`` that of
    ``noise_table``. ``committees``, ``sensitivity``, ``spread`` and ``outliers`` hold the rows of ``committee.csv``,
    ``sensitivity.csv``, ``spread.csv`` and ``outliers.csv``. ``claims`` holds the verdicts, and ``contributions`` what
    their intervals are computed from. ``not_closed`` lists the rows whose risk is not the sum of
    its parts to rounding: none of their numbers can be trusted. ``warnings`` are further warnings about the tables.
    """

    name: str
    table: pd.DataFrame
    axes: tuple[str, ...]
    level: float
    tolerance: float
    resamples: int
    figure_width: float
    seed: int = 0
    over: str = "replicates"
    points: pd.DataFrame | None = None
    hardest: pd.DataFrame | None = None
    fits: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None
    noise: pd.DataFrame | None = None
    committees: pd.DataFrame | None = None
    sensitivity: pd.DataFrame | None = None
    spread: pd.DataFrame | None = None
    outliers: pd.DataFrame | None = None
    claims: pd.DataFrame | None = None
    contributions: pd.DataFrame | None = None
    figure_x: str = "capacity"
    about: str = ""
    replicate_risk: Mapping[tuple[int, str], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    not_closed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def of_loss(self, loss: str) -> pd.DataFrame:
        """Return the rows of one loss, in order of cells."""
        return self.table[self.table["loss"] == loss]

    @property
    def own_components(self) -> list[str]:
        """The components of variance that only this study's designs have: each interaction of three or more sources."""
        with_error = (name.removesuffix("_se") for name in self.table.columns if name.endswith("_se"))
        return [name for name in with_error if name not in COMPONENTS]

    @property
    def losses(self) -> list[str]:
        """The losses of the table, in order of first appearance."""
        return list(dict.fromkeys(self.table["loss"]))

    @property
    def shown_losses(self) -> list[str]:
        """The losses that have something to show: not those whose risk is infinite in every cell."""
        infinite = self.table["status"] == "infinite"
        return [loss for loss in self.losses if not infinite[self.table["loss"] == loss].all()]

    @property
    def models(self) -> tuple[int, int]:
        """How many models the estimates use, and how many were planned."""
        used, planned = self.table.drop_duplicates("cell")[["n_ok", "n_planned"]].sum()
        return int(used), int(planned)
