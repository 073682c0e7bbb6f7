"""The spread of accuracy and the disagreement of models: ``spread.csv``, one row per cell and kind of pairs."""

from collections.abc import Iterator
from math import nan, sqrt
from typing import Any

from biasvar.decomposition import Decomposition
from biasvar.decomposition.spread.accuracy import calibrated_spread, spread_of_accuracy
from biasvar.decomposition.spread.disagreement import disagreement_of_pairs
from biasvar.decomposition.spread.pairs import ALL
from biasvar.results.ensembles import CellEnsemble
from biasvar.results.kept_cells import RowCollector

FILE = "spread.csv"
ENDS = {"_low": "lower end of its interval over models", "_high": "upper end"}
WITH_INTERVAL = ("between_points", "over_distribution", "disagreement", "correlation")
MEANINGS = {
    "cell": "number of the cell, as in results.csv",
    "loss": "zero-one loss: accuracy is 1 minus it, expected over labels where their distribution is known",
    "differ": "what two models of a pair draw apart, sharing the seeds of all else: all, or some sources of a crossed "
    "or nested design; sources that are drawn together are named after the first",
    "sd": "standard deviation of the accuracy over such models: the root of variance_of_accuracy",
    "calibrated_sd": "what calibrated votes of two classes at independent points would make of it: sqrt(risk / (2 N))",
    "variance_of_accuracy": "of_points + between_points; half the mean squared difference within pairs, divisor R - 1",
    "of_points": "what is only the finite set of points: the variances of single points",
    "between_points": "covariances of different points, unbiased: negative half of the time if points are independent",
    "over_distribution": "variance of the accuracy over the distribution of points: mean covariance of two fresh ones; "
    "its interval is over models and points",
    "disagreement": "share of points at which the two models of a pair choose differently, mean over pairs",
    "correlation": "correlation of their zero-one losses over points: mean covariance over pairs by mean variance",
}
COLUMNS = {
    f"{name}{end}": words
    for name, meaning in MEANINGS.items()
    for end, words in ({"": meaning} | (ENDS if name in WITH_INTERVAL else {})).items()
}


class SpreadCollector(RowCollector):
    """Collects the spread of accuracy of every classification cell."""

    FILE, COLUMNS, EVERY_CELL = FILE, COLUMNS, True

    def rows_of(self, ensemble: CellEnsemble, parts: Decomposition) -> Iterator[dict[str, Any]]:
        """Yield a row for each kind of pairs, under zero-one loss."""
        if parts.loss != "zero_one":
            return
        level = ensemble.interval.level
        pairs = disagreement_of_pairs(parts, level)
        for name, spread in spread_of_accuracy(parts, level).items():
            row = {
                "differ": name,
                "sd": sqrt(spread.variance),
                "calibrated_sd": calibrated_spread(parts) if name == ALL else nan,
                "variance_of_accuracy": spread.variance,
                "of_points": spread.of_points,
            }
            for column in WITH_INTERVAL:
                found = spread if column in spread._fields else pairs[name]
                row[column] = getattr(found, column)
                row[f"{column}_low"], row[f"{column}_high"] = getattr(found, f"{column}_interval")
            yield row
