"""Which sources of randomness a cell has: a source without effect can neither be varied nor held."""

from typing import TYPE_CHECKING

from biasvar.training.member import VARIED

if TYPE_CHECKING:
    from biasvar.study.config import Study


def inactive_source(study: "Study", source: str) -> str:
    """Return where a source of randomness has nothing to vary in a cell, or an empty text if it has."""
    return {
        "data": always_there,
        "label_noise": no_label_noise,
        "init": no_initialisation,
        "batch_order": no_batches,
        "dropout": no_dropout,
    }[source](study)


def always_there(study: "Study") -> str:
    """Training sets are always drawn."""
    return ""


def no_label_noise(study: "Study") -> str:
    """Labels are flipped at a rate; numbers have their law's noise, which in a pool belongs to the pool."""
    data = study.data
    if data.task == "classification":
        return "" if getattr(data, "label_noise", 0) > 0 else f"data={data.kind} without data.label_noise"
    if not data.has_distribution:
        return f"data={data.kind}, whose numbers are what they are"
    if study.resampling.kind != "fresh":
        return f"resampling={study.resampling.kind}, where the noise belongs to the pool"
    return "" if data.noise_std > 0 else "data.noise_std = 0"


def no_initialisation(study: "Study") -> str:
    """Random features have random weights, and what is trained step by step starts from some."""
    return "" if study.model.random_weights or study.training.stochastic else f"model={study.model.kind}"


def no_batches(study: "Study") -> str:
    """The order of rows matters where a batch does not hold them all."""
    if not study.training.stochastic:
        return f"training={study.training.kind}"
    size, rows = study.training.batch_size, study.data.n_train
    return "" if size < rows else f"full batches (training.batch_size = {size}, data.n_train = {rows})"


def no_dropout(study: "Study") -> str:
    """Dropout masks are drawn at a rate."""
    rate = getattr(study.model, "dropout", None)
    if rate is None:
        return f"model={study.model.kind}"
    return "" if rate > 0 else "model.dropout = 0"


def fixed_sources(study: "Study") -> tuple[str, ...]:
    """Return the sources that a cell has and does not vary: their variance sits in bias squared."""
    return tuple(
        source for source in VARIED if source not in study.design.varied and not inactive_source(study, source)
    )
