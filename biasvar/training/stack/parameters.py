"""The weights of a stack and their gradients."""

from collections.abc import Sequence

import numpy as np
import torch

from biasvar.models.layers import Layer
from biasvar.training.stack.draws import initial_values


class Parameters:
    """The weights of M members in one vector ``values`` [P], array by array; ``gradient`` has the same layout.

    ``arrays`` holds those of all layers, [M, *shape]: views of that vector, and the layers' other state. ``decay_mask``
    is 1 for weights, and 0 for biases and weights of norms, [P].
    """

    def __init__(self, layers: Sequence[Layer], keys: Sequence[np.uint64], dtype: torch.dtype, device: str, init: str):
        drawn = initial_values(layers, keys, init)
        learnt = [(weight, array) for weight, array in drawn if weight.learnt]
        self.weights, self.members = [weight for weight, _ in drawn], len(keys)
        values = np.concatenate([array.ravel() for _, array in learnt])
        self.values = torch.as_tensor(values, dtype=dtype, device=device)
        self.gradient = torch.zeros_like(self.values)
        self.sizes = [array.size for _, array in learnt]
        pieces = zip(self.values.split(self.sizes), self.gradient.split(self.sizes), strict=True)
        self.arrays = []
        for weight, array in drawn:
            if weight.learnt:
                piece, gradient = (one.view(array.shape) for one in next(pieces))
                piece.requires_grad_().grad = gradient  # where autograd accumulates it
            else:
                piece = torch.as_tensor(array, dtype=dtype, device=device)
            self.arrays.append(piece)
        self.decay_flags = [float(weight.decay) for weight, _ in learnt]
        self.decay_mask = self.spread_pieces([[decay] * self.members for decay in self.decay_flags])

    def arrays_in(self, vector_P: torch.Tensor) -> list[torch.Tensor]:
        """Return the arrays [M, ...] in a vector with the layout of ``values``."""
        return [piece.view(self.members, -1) for piece in vector_P.split(self.sizes)]

    def spread(self, values_M: Sequence[float]) -> torch.Tensor:
        """Return one value per member, repeated for each of its weights, [P]."""
        return self.spread_pieces([values_M] * len(self.sizes))

    def spread_pieces(self, values: Sequence[Sequence[float]]) -> torch.Tensor:
        """Return one value per array and member, repeated for each of its weights, [P]."""
        pieces = [
            torch.tensor(values_M, dtype=self.values.dtype).repeat_interleave(size // self.members)
            for values_M, size in zip(values, self.sizes, strict=True)
        ]
        return torch.cat(pieces).to(self.values.device)

    def restarted(self) -> list[torch.Tensor]:
        """Return the arrays, where those that are not learnt are new ones at their start."""
        pairs = zip(self.weights, self.arrays, strict=True)
        return [array if weight.learnt else torch.full_like(array, weight.start) for weight, array in pairs]

    def decayed(self, member: int) -> list[np.ndarray]:
        """Return the arrays of one member's weights, without biases and weights of norms."""
        pieces = zip(self.values.detach().split(self.sizes), self.decay_flags, strict=True)
        return [piece.view(self.members, -1)[member].cpu().numpy() for piece, decay in pieces if decay]
