"""biasvar: bias-variance studies of many models, from a config override to a figure."""

__version__ = "0.1.0"
