"""Committees: the risk of M models that come to one prediction."""
