"""biasvar: bias-variance studies of many models, from a config override to a figure."""

from importlib import import_module
from typing import Any

from biasvar.version import __version__

LAZY = {
    "sweep": "biasvar.api",
    "load": "biasvar.api",
    "compare": "biasvar.api.comparison",
    "from_predictions": "biasvar.api.predictions",
    "decompose": "biasvar.decomposition",
    "Decomposition": "biasvar.decomposition",
    "bias_variance": "biasvar.training.estimator.bias_variance",
}
__all__ = ["Decomposition", "__version__", "bias_variance", "compare", "decompose", "from_predictions", "load", "sweep"]


def __getattr__(name: str) -> Any:
    """Load an attribute on first access: the command line's help must not wait for numpy."""
    if name in LAZY:
        return getattr(import_module(LAZY[name]), name)
    raise AttributeError(f"module 'biasvar' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names only."""
    return __all__
