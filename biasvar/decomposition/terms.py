"""The names of the terms of a decomposition, in the order of a table's columns."""

from collections.abc import Sequence
from itertools import combinations

SOURCES = ("data", "label_noise", "init", "batch_order", "dropout", "augmentation")
NESTED = ("outer", "inner")
"""The axes of a nested design: fresh outer sets, and training sets drawn from each."""
COMPONENTS = (*(f"variance_{source}" for source in (*SOURCES, *NESTED)), "variance_interaction")
TERMS = (
    "risk",
    "noise",
    "net_noise",
    "bias_squared",
    "bias_squared_plus_noise",
    "bias",
    "bias_plus_noise",
    "variance",
    "net_variance",
    *COMPONENTS,
    "systematic_effect",
    "systematic_effect_plus_noise",
    "variance_effect",
    "kw_noise",
    "kw_bias_squared",
    "kw_bias_squared_plus_noise",
    "kw_variance",
    "residual",
)
MAIN_TERMS = TERMS[: TERMS.index("variance") + 1]


def component_names(sources: Sequence[str]) -> list[str]:
    """Return the names of the components of a crossed design: of each source, and of all interactions together.

    With three sources or more each interaction follows, smaller ones first: that of data and init is
    ``variance_data_init``. With two, ``variance_interaction`` is the only one. Last are the levels of the nested split
    in this order; see ``given``.
    """
    sizes = range(2, len(sources) + 1) if len(sources) > 2 else ()
    each = ["_".join(("variance", *one)) for size in sizes for one in combinations(sources, size)]
    levels = [given(sources, place) for place in range(1, len(sources))]
    return [*(f"variance_{one}" for one in sources), "variance_interaction", *each, *levels]


def given(sources: Sequence[str], place: int) -> str:
    """Return the name of what a source adds to those before it: ``variance_init_given_data``."""
    return "_".join(("variance", sources[place], "given", *sources[:place]))
