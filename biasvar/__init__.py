"""biasvar: bias-variance studies of many models, from a config override to a figure."""

from typing import Any

from biasvar.version import __version__

__all__ = ["Decomposition", "__version__", "bias_variance", "decompose"]


def __getattr__(name: str) -> Any:
    """Load the statistics only when they are asked for: the command line's help must not wait for numpy."""
    if name == "bias_variance":
        from biasvar.training.estimator.bias_variance import bias_variance

        return bias_variance
    if name in __all__:
        from biasvar import decomposition

        return getattr(decomposition, name)
    raise AttributeError(f"module 'biasvar' has no attribute {name!r}")
