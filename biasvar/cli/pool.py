"""The pool that training sets are drawn from."""

from biasvar.study.plan import Plan


def pool_in_words(study_plan: Plan) -> str:
    """Return the rows of the pools, and of the training sets drawn from them; empty if there is no pool."""
    drawn = [cell.study for cell in study_plan.cells if cell.study.resampling.has_pool]
    if not drawn:
        return ""
    pools, sets = {study.data.available() for study in drawn}, {study.data.n_train for study in drawn}
    schemes = " and ".join(dict.fromkeys(study.resampling.kind for study in drawn))
    return f"{span(pools)} rows, of which {schemes} draws n_train = {span(sets)}"


def span(numbers: set[int]) -> str:
    """Return the smallest and the largest of some numbers."""
    least, largest = min(numbers), max(numbers)
    return f"{least:,}" if least == largest else f"{least:,} to {largest:,}"
