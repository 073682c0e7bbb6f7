"""Networks of the user's own: any torch.nn.Module that a function in a plugin returns."""

from biasvar.models.module.module import Module

__all__ = ["Module"]
