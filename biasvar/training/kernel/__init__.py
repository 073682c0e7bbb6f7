"""Multilayer perceptrons trained in compiled code."""
