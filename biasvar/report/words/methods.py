"""How the numbers were made, in one paragraph of plain words."""

from biasvar.report.words import captions
from biasvar.report.words.summary import varied
from biasvar.results.numbers import plain
from biasvar.results.results import Results


def methods(results: Results) -> str:
    """Return what varied, what the variance is over, the reference of the bias, and what intervals are."""
    rows, level = results.table, plain(round(100 * results.level, 6))
    others = " and to other points" if results.over != "replicates" else ", at these evaluation points"
    return captions.join(
        varied(results),
        captions.resampling(rows),
        captions.reference(rows),
        captions.fixed(rows),
        "Estimates are corrected for the finite number of models.",
        f"{level} % intervals generalise to other models{others}.",
    )
