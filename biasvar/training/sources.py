"""Sources of variance: what can be drawn anew from one training to the next, each varied or fixed separately.

For each source a function of (data, resampling, model, training) says why it is inactive, if it is: no number depends
on its draw, so it can neither be varied nor fixed. A new source is one function and one entry in
``SOURCES_OF_VARIANCE``.
"""

from collections.abc import Callable
from typing import Any

from biasvar.data.source import Source


def no_inputs(data: Source, resampling: Any, model: Any, training: Any) -> str:
    """Return why no training inputs are drawn: a fixed design has the same in every replicate."""
    return (
        f"resampling={resampling.kind}, with the same inputs in every replicate" if resampling.given == "inputs" else ""
    )


def no_label_noise(data: Any, resampling: Any, model: Any, training: Any) -> str:
    """Return why no label noise is drawn: no labels are flipped, or the noise belongs to the pool."""
    if data.task == "classification":
        return "" if getattr(data, "label_noise", 0) > 0 else f"data={data.kind} without data.label_noise"
    if not data.has_distribution:
        return f"data={data.kind}, whose targets are fixed"
    if resampling.has_pool:
        return f"resampling={resampling.kind}, where the noise belongs to the pool"
    return "data.noise_std = 0" if getattr(data, "noise_std", None) == 0 else ""


def no_initialisation(data: Source, resampling: Any, model: Any, training: Any) -> str:
    """Return why there is no initialisation: neither random features, nor stochastic training from random weights."""
    if getattr(training, "init", "default") == "zeros":
        return "" if model.linear_in_parameters and model.random_weights else "training.init = zeros"
    return "" if model.random_weights or training.stochastic else f"model={model.kind}"


def no_batches(data: Source, resampling: Any, model: Any, training: Any) -> str:
    """Return why the order of rows does not matter: a batch holds them all, or there are no batches."""
    if not training.stochastic:
        return f"training={training.kind}"
    size, rows = training.batch_size, data.n_train
    return "" if size < rows else f"full batches (training.batch_size = {size}, data.n_train = {rows})"


def no_dropout(data: Source, resampling: Any, model: Any, training: Any) -> str:
    """Return why nothing is zeroed, or drawn otherwise, in the steps of training."""
    return model.no_dropout if training.stochastic or model.no_dropout else f"training={training.kind}"


def no_augmentation(data: Source, resampling: Any, model: Any, training: Any) -> str:
    """Return why training inputs are not changed at random."""
    return training.no_augmentation


SOURCES_OF_VARIANCE: dict[str, Callable[[Any, Any, Any, Any], str]] = {
    "data": no_inputs,  # which rows, or which fresh inputs
    "label_noise": no_label_noise,  # which labels are flipped, or the noise that a distribution adds to f*
    "init": no_initialisation,  # initial or random-feature weights
    "batch_order": no_batches,
    "dropout": no_dropout,
    "augmentation": no_augmentation,  # random crops and flips of training images
}


def active_sources(data: Source, resampling: Any, model: Any, training: Any) -> tuple[str, ...]:
    """Return the sources of variance that a training has."""
    parts = (data, resampling, model, training)
    return tuple(source for source, inactive in SOURCES_OF_VARIANCE.items() if not inactive(*parts))
