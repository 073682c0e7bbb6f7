"""The dropout masks of a stack, from the streams of its members; see :mod:`biasvar.training.streams`."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch

from biasvar.models.layers import Layer, walk
from biasvar.training.readouts import Readout
from biasvar.training.stack.draws import draw_bits, signed
from biasvar.training.streams import RESOLUTION, SETS_OF_ROWS, counter, prediction_key
from biasvar.training.training_config import Streams, TrainingConfig

LANES = 4  # elements of a mask per draw of 64 bits
TRAINING = "steps of training"
Mask = Callable[[int, int, int], torch.Tensor]  # (place, features, rows) -> factors [M, features, rows]


class Masks:
    """The factors that the layers of M members with dropout multiply by: a member without dropout has ones."""

    def __init__(
        self, layers: Sequence[Layer], configs: Sequence[TrainingConfig], streams: Sequence[Streams], device: str
    ):
        dtype = torch.float64 if configs[0].dtype == "float64" else torch.float32
        self.places = sum(layer.draws_mask for layer in walk(layers))
        self.any = bool(self.places) and any(config.threshold for config in configs)
        keys = {TRAINING: [one.dropout for one in streams]}
        keys |= {rows: [prediction_key(key, rows) for key in keys[TRAINING]] for rows in SETS_OF_ROWS}
        self.keys_M1 = {use: signed(np.array(keys_M), device)[:, None] for use, keys_M in keys.items()}
        self.device = device
        self.threshold_M1 = torch.tensor([config.threshold for config in configs], device=device)[:, None]
        self.factor_M1 = torch.tensor([1.0 / config.mask_divisor for config in configs], dtype=dtype, device=device)[
            :, None
        ]
        self.kept_M11 = torch.tensor([config.kept for config in configs], dtype=dtype, device=device)[:, None, None]
        self.shifts = torch.arange(LANES, device=device) * 16

    def of_step(self, step: int) -> Mask | None:
        """Return the masks of a step of training; None if no member has dropout."""
        return partial(self.in_training, step) if self.any else None

    def of_rows(self, rows: str, first: int, readout: Readout, sample: int) -> Mask | None:
        """Return the masks of a pass over a set of rows from row ``first`` on, in a readout's mode of prediction."""
        if not self.any or readout.prediction == "deterministic":
            return None
        return (
            self.scaling if readout.prediction == "weight_scaled" else partial(self.in_prediction, rows, first, sample)
        )

    def in_training(self, step: int, place: int, features: int, rows: int) -> torch.Tensor:
        """Return the factors of a place's mask in a step."""
        factors_ME = self.drawn(TRAINING, step * self.places + place, 0, features * rows)
        return factors_ME.view(-1, features, rows)

    def in_prediction(self, name: str, first: int, sample: int, place: int, features: int, rows: int) -> torch.Tensor:
        """Return the factors of a place's mask for some rows: a row has the same in any company."""
        factors_ME = self.drawn(name, sample * self.places + place, first * features, rows * features)
        return factors_ME.view(-1, rows, features).transpose(1, 2)

    def scaling(self, place: int, features: int, rows: int) -> torch.Tensor:
        """Return the factor 1 - p of every value."""
        return self.kept_M11.expand(-1, features, rows)

    def drawn(self, use: str, draw: int, first: int, elements: int) -> torch.Tensor:
        """Return the factors of consecutive elements of a draw, in training or for a set of rows, [M, elements]."""
        start = first // LANES
        count = counter(draw, np.arange(start, -(-(first + elements) // LANES)))
        bits_MC = draw_bits(self.keys_M1[use], signed(count, self.device))
        lanes_ME = (bits_MC[..., None] >> self.shifts & (RESOLUTION - 1)).flatten(1)
        bits16_ME = lanes_ME[:, first - start * LANES :][:, :elements]
        return (bits16_ME >= self.threshold_M1) * self.factor_M1
