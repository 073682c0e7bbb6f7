"""Train networks in torch: members of one shape side by side, as a stack, or a single one as a stack of one.

For what has no compiled kernel, and for other devices than the CPU. The loop (``loop``) knows layers, rows and
optimisers by what they do, and no family of models. A residual block or another norm is a layer of ``models.layers``; a
checkpoint inside a long member, and predictions along the epochs, belong at the end of an epoch in ``loop.train``.
"""
