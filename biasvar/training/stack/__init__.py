"""Train networks in torch: members of the same shape side by side, as a stack, or a single one as a stack of one.

This serves networks without a compiled kernel, and devices other than the CPU. The loop (``loop``) knows layers, rows
and optimisers by their interfaces, and no model family. A residual block or another norm is a layer of
``models.layers``. Checkpoints and readings along the epochs are ``training.epochs``'s.
"""
