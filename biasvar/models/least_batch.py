"""The smallest batch that batch norm can be trained on."""

from biasvar.settings import Parts, Problem

ROWS = 2  # the variance of a channel over one row of one pixel is not defined


def too_small_a_batch(study: Parts, least: int, network: str) -> list[Problem]:
    """Return the problem of an epoch whose last batch has fewer than ``least`` rows."""
    rows, size = study.data.n_train, getattr(study.training, "batch_size", study.data.n_train)
    last = rows % min(size, rows) or min(size, rows)
    if last >= least:
        return []
    what = f"training.batch_size = {size} leaves a batch of {last} row of data.n_train = {rows}"
    needs = f"batches of at least {least}: {network} cannot be trained on fewer, as with batch norm"
    return [Problem("training.batch_size", what, needs)]
