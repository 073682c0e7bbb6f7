"""The rows of a stack, from which each member takes a batch of its own."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import torch


class Rows(ABC):
    """Each member's rows: vectors [n, D], or images [n, channels, height, width]; some members may have fewer."""

    def __init__(self, arrays: Sequence[np.ndarray], dtype: torch.dtype, device: str):
        self.members, self.count = len(arrays), max(map(len, arrays))
        self.shape = arrays[0].shape[1:]
        # Features, or pixels and then channels, of a row lie side by side: a row is one copy.
        self.values = [torch.as_tensor(last(array), dtype=dtype, device=device) for array in arrays]
        for place, values in enumerate(self.values):
            missing = self.count - len(values)
            if missing:  # never drawn in training; what is predicted there is cut off
                self.values[place] = torch.cat([values, values[:1].expand(missing, *values.shape[1:])])

    @abstractmethod
    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return each member's rows as layers take them."""

    def take(self, rows_MB: torch.Tensor) -> list[torch.Tensor]:
        """Return the rows of each member."""
        return [values.index_select(0, rows_B) for values, rows_B in zip(self.values, rows_MB, strict=True)]


class Vectors(Rows):
    """Rows of features."""

    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return each member's rows, feature-major: [M, D, B]."""
        return torch.stack(self.take(rows_MB)).transpose(1, 2)


class Images(Rows):
    """Rows of images."""

    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return each member's images, the channels of members side by side: [B, M * channels, H, W], channels last."""
        return torch.cat(self.take(rows_MB), dim=3).permute(0, 3, 1, 2)


def last(array: np.ndarray) -> np.ndarray:
    """Return images [n, C, H, W] with their channels last; other arrays as they are."""
    return np.ascontiguousarray(np.moveaxis(array, 1, -1)) if array.ndim == 4 else array


def rows_of(arrays: Sequence[np.ndarray], dtype: torch.dtype, device: str) -> Vectors | Images:
    """Return the rows of a stack from those of its members."""
    return (Images if arrays[0].ndim == 4 else Vectors)(arrays, dtype, device)
