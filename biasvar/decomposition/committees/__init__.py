"""Committees: the risk of M models that are combined into one prediction."""
