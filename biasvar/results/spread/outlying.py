"""Outlying seeds: ``outliers.csv``, one row for each seed whose risk is far from that of the others."""

from collections.abc import Iterator
from typing import Any

from biasvar.decomposition import Decomposition
from biasvar.decomposition.spread.outliers import outlying_seeds
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.kept_cells import RowCollector

FILE = "outliers.csv"
COLUMNS = {
    "cell": "number of the cell, as in results.csv",
    "loss": "loss of the risk",
    "source": "what the seed draws: replicate, where all is drawn together; else a source, judged by its mean risk",
    "seed": "number of the seed or replicate, as in predictions",
    "risk": "its risk: nothing is removed from any table",
    "median": "median risk of all seeds of the source",
    "distance": "distance of the two in units of 1.4826 median absolute deviations: more than 3",
}


class OutlierCollector(RowCollector):
    """Collects the outlying seeds of every cell under each loss."""

    FILE, COLUMNS, EVERY_CELL = FILE, COLUMNS, True

    def rows_of(self, ensemble: CellEnsemble, parts: Decomposition) -> Iterator[dict[str, Any]]:
        """Yield a row for each outlying seed."""
        for one in outlying_seeds(parts.risk_of_models, parts.sizes, ensemble.sources):
            kept = ensemble.kept[ensemble.sources.index(one.source)]
            yield {
                "source": one.source,
                "seed": kept[one.position],
                "risk": one.risk,
                "median": one.median,
                "distance": one.distance,
            }
