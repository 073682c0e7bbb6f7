"""The training rows of a stack; each member takes its own batch from its own rows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import torch


class Rows(ABC):
    """Each member's rows: vectors [n, D], or images [n, channels, height, width]; some members may have fewer."""

    def __init__(self, arrays: Sequence[np.ndarray], dtype: torch.dtype, device: str):
        self.members, self.count = len(arrays), max(map(len, arrays))
        self.shape = arrays[0].shape[1:]
        # Features, or pixels and then channels, of a row are contiguous: taking a row is one copy.
        self.values = [torch.as_tensor(last(array), dtype=dtype, device=device) for array in arrays]
        for place, values in enumerate(self.values):
            missing = self.count - len(values)
            if missing:  # never drawn in training; predictions there are cut off
                self.values[place] = torch.cat([values, values[:1].expand(missing, *values.shape[1:])])

    @abstractmethod
    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return a batch of each member's rows in the layout of the layers."""

    def take(self, rows_MB: torch.Tensor) -> list[torch.Tensor]:
        """Return the selected rows of each member."""
        return [values.index_select(0, rows_B) for values, rows_B in zip(self.values, rows_MB, strict=True)]


class Vectors(Rows):
    """Rows that are feature vectors."""

    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return a batch of each member's rows, feature-major: [M, D, B]."""
        return torch.stack(self.take(rows_MB)).transpose(1, 2)


class Images(Rows):
    """Rows that are images."""

    def batch(self, rows_MB: torch.Tensor) -> torch.Tensor:
        """Return a batch of each member's images, with members' channels side by side: [B, M * channels, H, W]."""
        return side_by_side(self.take(rows_MB))


def side_by_side(images: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return members' images [B, H, W, channels] in the layout of the layers, [B, M * channels, H, W]."""
    return torch.cat(list(images), dim=3).permute(0, 3, 1, 2)


def last(array: np.ndarray) -> np.ndarray:
    """Return images [n, C, H, W] in channels-last memory order; other arrays unchanged."""
    return np.ascontiguousarray(np.moveaxis(array, 1, -1)) if array.ndim == 4 else array


def rows_of(arrays: Sequence[np.ndarray], dtype: torch.dtype, device: str) -> Vectors | Images:
    """Return the rows of a stack from those of its members."""
    return (Images if arrays[0].ndim == 4 else Vectors)(arrays, dtype, device)
