"""Tables that scikit-learn ships, of unknown distribution: replicates resample a pool; evaluation rows are held out."""

import hashlib
from abc import abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.rows import Evaluation, Rows
from biasvar.data.source import Source
from biasvar.data.views import standardise
from biasvar.settings import Parts, Problem, key


@dataclass(frozen=True, kw_only=True)
class ShippedTable(Source):
    """A data source with a fixed number of rows; a seeded draw of ``n_eval`` of them is held out.

    A member of the family defines ``task``, ``outputs``, ``shape``, ``total``, ``sha256`` and ``load``. Features are
    standardised by each training set's own mean and standard deviation.
    """

    numerics: ClassVar[int] = 1
    has_distribution: ClassVar[bool] = False
    total: ClassVar[int]
    sha256: ClassVar[str]

    n_train: int = key(200, "rows in a training set", at_least=2)
    n_eval: int = key(500, "rows held out as fixed evaluation points", at_least=2)

    @staticmethod
    @abstractmethod
    def load() -> Rows:
        """Return all rows."""

    def pool(self, seed: int) -> Rows:
        """Return the rows that replicates are drawn from."""
        return self.split(seed)[1]

    def evaluation(self, seed: int) -> Evaluation:
        """Return the held-out rows; each has one label, so the noise is not known."""
        left_out, _ = self.split(seed)
        return Evaluation(left_out.x_nD, left_out.y_n, pictures=self.pictures(left_out.x_nD))

    def pictures(self, x_ND: np.ndarray) -> np.ndarray | None:
        """Return rows as images for display, bytes [N, height, width]; None if rows are no images."""
        return None

    def rows(self) -> Rows:
        """Return all rows, in the table's order."""
        return checked(type(self))  # type: ignore[arg-type]  # classes are hashable

    def split(self, seed: int) -> tuple[Rows, Rows]:
        """Return the held-out rows and the pool."""
        rows = self.rows()
        order = seeds.generator(seed, "evaluation", 0).permutation(self.total)
        left_out, kept = order[: self.n_eval], order[self.n_eval :]
        return Rows(rows.x_nD[left_out], rows.y_n[left_out]), Rows(rows.x_nD[kept], rows.y_n[kept])

    def available(self) -> int:
        """Return how many rows the pool has."""
        return self.total - self.n_eval

    def fingerprint(self) -> str:
        """Return the identity of the data: the checksum of its arrays."""
        return f"sha256:{self.sha256}"

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them: standardised by the training set."""
        return standardise(x_nD, counts_n, x_ND)

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of an empty pool if too many rows are held out."""
        if self.available() >= 2:
            return []
        return [Problem("data.n_eval", f"data.n_eval = {self.n_eval} leaves no rows to train on", "fewer rows")]


@cache
def checked(table: type[ShippedTable]) -> Rows:
    """Return a table's rows, after verifying their checksum.

    Raises
    ------
    OSError
        For other data than the table for which results are published.
    """
    rows = table.load()
    found = checksum(rows)
    if found != table.sha256:
        raise OSError(f"{table.__name__} has checksum {found}, expected {table.sha256}: another version of the data")
    return rows


def checksum(rows: Rows) -> str:
    """Return the sha256 of the rows' inputs and targets as float64."""
    digest = hashlib.sha256(np.ascontiguousarray(rows.x_nD, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(rows.y_n, dtype="<f8").tobytes())
    return digest.hexdigest()
