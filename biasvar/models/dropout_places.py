"""Dropout at named places of networks: ``model.dropout``, ``model.dropout_at`` and ``model.dropout_scaling``."""

from collections.abc import Mapping
from typing import Any

from biasvar.models.layers import Dropout, Layer
from biasvar.settings import key

DROPOUT = key(
    0.0,
    "p, the rate at which values are zeroed in training, each by itself, at the places of dropout_at",
    at_least=0,
    below=1,
    hint="p=1 drops every unit; the network output is constant",
    neutral=0.0,
)

DROPOUT_SCALING = key(
    "inverted",
    "inverted: in training the values that are not zeroed are divided by 1 - p; none: they are not, and "
    "training.predict=[weight_scaled] multiplies by 1 - p instead",
    choices=("inverted", "none"),
    neutral="inverted",
)


def dropout_at_key(default: str, places: Mapping[str, str]) -> Any:
    """Declare ``model.dropout_at`` with a family's places and their meaning; its default place is the neutral value."""
    meaning = "; ".join(f"{place}: {where}" for place, where in places.items())
    return key((default,), f"the places of dropout; {meaning}", choices=places, neutral=(default,))


def dropout_if(there: bool) -> tuple[Layer, ...]:
    """Return a layer of dropout, or none."""
    return (Dropout(),) if there else ()
