"""The names of the terms of a decomposition, in the order of a table's columns."""

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
