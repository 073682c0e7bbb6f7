"""A member: all that decides the numbers of one trained model."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from biasvar import seeds
from biasvar.data.source import Source
from biasvar.settings import identity_of
from biasvar.training.outputs import outputs_are
from biasvar.training.readouts import Asked

# Raised by hand when a change of the code changes numbers: members of another version are trained again.
NUMERICS = 4


@dataclass(frozen=True)
class Draws:
    """The number of the draw of each source of randomness of one training; equal numbers mean the same draw."""

    data: int = 0  # which rows, or which fresh inputs
    label_noise: int = 0  # which labels are flipped, or what a law adds to f*
    init: int = 0  # initial or random-feature weights
    batch_order: int = 0
    dropout: int = 0

    @classmethod
    def joint(cls, replicate: int, sources: Iterable[str] | None = None) -> "Draws":
        """Return a replicate's draws where some sources, or all of them, vary with it."""
        return cls(**dict.fromkeys(VARIED if sources is None else sources, replicate))


VARIED = tuple(field.name for field in fields(Draws))  # the sources of randomness, each held or varied alone


@dataclass(frozen=True)
class Member:
    """One model to train: data, resampling, model and training settings, the study seed and the draws.

    It yields what its training asks for, or ``only`` a part of that, where the rest is already there.
    """

    data: Source
    resampling: Any
    model: Any
    training: Any
    device: str
    seed: int
    draws: Draws
    only: Asked | None = None

    @cached_property
    def id(self) -> str:
        """The member's identity: a hash of everything that changes its numbers, and of nothing else."""
        before, after = identity_without_draws(
            self.data, self.resampling, self.model, self.training, self.device, self.seed
        )
        draws = ", ".join(f'"{name}": {number}' for name, number in sorted(vars(self.draws).items()))
        text = f"{before}{{{draws}}}{after}"  # as JSON writes whole numbers, in a tenth of the time
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @cached_property
    def replicate(self) -> tuple:
        """What members have in common that train on the same rows."""
        draws = self.draws
        return repr(self.data), repr(self.resampling), self.seed, draws.data, draws.label_noise

    @property
    def outputs_are(self) -> str:
        """What the model's outputs are: ``logits`` or ``scores`` of classes, or ``values``."""
        return outputs_are(self.data, self.training)

    @property
    def asked(self) -> Asked:
        """The readouts and measures that it yields; they are not in its identity."""
        return self.only or self.training.asked

    @property
    def points(self) -> int:
        """How many rows it predicts beside its training rows: the evaluation points, and others that are asked for."""
        return self.data.n_eval + sum(self.rows_in(rows) for rows in self.asked.other_rows)

    def rows_in(self, rows: str) -> int:
        """Return how many rows a readout has that is read there."""
        return self.data.available() if rows == "pool" else self.data.n_eval

    def init_sequence(self) -> np.random.SeedSequence:
        """Return the seed sequence of initial or random-feature weights."""
        return seeds.sequence(self.seed, "initialisation", self.draws.init)


@lru_cache(maxsize=64)
def identity_without_draws(
    data: Source, resampling: Any, model: Any, training: Any, device: str, seed: int
) -> tuple[str, str]:
    """Return what a cell's members have in common of their identity, as JSON before and after the draws."""
    parts: dict[str, Any] = {"data": data, "resampling": resampling, "model": model, "training": training}
    parts = {name: identity_of(part) for name, part in parts.items()}
    parts |= {"fingerprint": data.fingerprint(), "device": device.split(":")[0], "seed": seed}
    parts |= {"draws": None, "numerics": NUMERICS}
    before, after = json.dumps(parts, sort_keys=True).split('"draws": null')
    return before + '"draws": ', after
