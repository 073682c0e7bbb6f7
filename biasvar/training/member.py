"""A member: all that decides the numbers of one trained model."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from biasvar import seeds
from biasvar.data.source import Source
from biasvar.settings import identity_of

# Raised by hand when a change of the code changes numbers: members of another version are trained again.
NUMERICS = 1


@dataclass(frozen=True)
class Draws:
    """The numbers of the seeds of one replicate, one a source of randomness; equal numbers mean the same draw."""

    rows: int
    label_noise: int
    initialisation: int
    batch_order: int
    dropout: int

    @classmethod
    def joint(cls, replicate: int) -> "Draws":
        """Return a replicate's draws where every source varies with it."""
        return cls(*[replicate] * 5)


@dataclass(frozen=True)
class Member:
    """One model to train: data, resampling, model and training settings, the study seed and a replicate's draws."""

    data: Source
    resampling: Any
    model: Any
    training: Any
    device: str
    seed: int
    draws: Draws

    @cached_property
    def id(self) -> str:
        """The member's identity: a hash of everything that changes its numbers, and of nothing else."""
        parts: dict[str, Any] = {
            part: identity_of(getattr(self, part)) for part in ("data", "resampling", "model", "training")
        }
        parts |= {"fingerprint": self.data.fingerprint(), "device": self.device.split(":")[0], "seed": self.seed}
        parts |= {"draws": asdict(self.draws), "numerics": NUMERICS}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def outputs_are(self) -> str:
        """What the model's outputs are: ``logits`` where cross-entropy trained it, else ``values``."""
        return "logits" if self.data.task == "classification" and self.training.kind == "sgd" else "values"

    def init_sequence(self) -> np.random.SeedSequence:
        """Return the seed sequence of initial or random-feature weights."""
        return seeds.sequence(self.seed, "initialisation", self.draws.initialisation)
