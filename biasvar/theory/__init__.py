"""Closed forms that estimates can be compared with. Imports nothing of biasvar."""

from biasvar.theory.minimum_norm import minimum_norm_risk

__all__ = ["minimum_norm_risk"]
