"""Exact training of models that are linear in their parameters: whole ridge paths, and the minimum-norm fit."""
