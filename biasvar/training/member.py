"""A member: everything that determines the numbers of one trained model."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from biasvar import seeds
from biasvar.data.source import Source
from biasvar.settings import identity_of
from biasvar.training.outputs import outputs_are
from biasvar.training.readouts import Asked
from biasvar.training.sources import SOURCES_OF_VARIANCE, active_sources

POOL = "pool"
"""Which fresh pool resampling draws from; the first is that of the study. Only designs that draw several vary it."""
FAMILIES = ("data", "resampling", "model", "training")  # a member has one of each


@dataclass(frozen=True, init=False)
class Draws:
    """The draw number of each source of variance of one training; equal numbers mean the same draw.

    ``draws["data"]`` is a number; a source that is not listed has its first draw, 0.

    Raises
    ------
    KeyError
        For an unknown source of variance.
    """

    numbers: tuple[tuple[str, int], ...]  # of the sources whose draw is not the first, in order of name

    def __init__(self, **numbers: int):
        if not numbers.keys() <= {*SOURCES_OF_VARIANCE, POOL}:
            raise KeyError(*(numbers.keys() - SOURCES_OF_VARIANCE.keys()))
        named = tuple([(source, numbers[source]) for source in sorted(numbers) if numbers[source]])
        object.__setattr__(self, "numbers", named)

    def __getitem__(self, source: str) -> int:
        for name, number in self.numbers:
            if name == source:
                return number
        if source not in (*SOURCES_OF_VARIANCE, POOL):
            raise KeyError(source)
        return 0

    @classmethod
    def joint(cls, replicate: int, sources: Iterable[str] = tuple(SOURCES_OF_VARIANCE)) -> "Draws":
        """Return a replicate's draws, where the given sources, or all of them, vary with it."""
        return cls(**dict.fromkeys(sources, replicate))


@dataclass(frozen=True)
class Member:
    """One model to train: data, resampling, model and training settings, the study seed and the draws.

    It yields everything that its training asks for, or only the part ``only`` if the rest is already stored.
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
        return self.id_at(tuple(part.numerics for part in self.parts))

    @property
    def parts(self) -> tuple[Any, ...]:
        """The member of each of ``FAMILIES``."""
        return self.data, self.resampling, self.model, self.training

    @property
    def numerics(self) -> dict[str, int]:
        """The numerics of the member's parts: ``training=sgd`` -> 1."""
        return {f"{family}={part.kind}": part.numerics for family, part in zip(FAMILIES, self.parts, strict=True)}

    def id_at(self, numerics: tuple[int, ...]) -> str:
        """Return the member's identity if its parts had these numerics, one for each of ``FAMILIES``."""
        before, active, after = identity_without_draws(*self.parts, self.device, self.seed, numerics)
        draws = dict(self.draws.numbers)
        # The first pool is that of the study, which the identity leaves out.
        sources = sorted((*active, POOL)) if POOL in draws else active
        listed = ", ".join([f'"{source}": {draws.get(source, 0)}' for source in sources])
        text = f"{before}{{{listed}}}{after}"  # the format of JSON for whole numbers, in a tenth of the time
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @cached_property
    def replicate(self) -> tuple:
        """The key of members that train on the same rows."""
        draws = self.draws
        return (
            repr(self.data),
            repr(self.resampling),
            self.seed,
            *(draws[source] for source in ("data", "label_noise", POOL)),
        )

    @property
    def outputs_are(self) -> str:
        """The kind of the model's outputs: ``logits`` or ``scores`` of classes, or ``values``."""
        return outputs_are(self.data, self.model, self.training)

    @property
    def asked(self) -> Asked:
        """The readouts and measures that it yields; they are not in its identity."""
        return self.only or self.training.asked

    @property
    def points(self) -> int:
        """How many rows it predicts beside its training rows: the evaluation points, and other requested rows."""
        return self.data.n_eval + sum(self.rows_in(rows) for rows in self.asked.other_rows)

    def rows_in(self, rows: str) -> int:
        """Return how many rows a readout at ``rows`` has."""
        return self.data.available() if rows == "pool" else self.data.n_eval

    def init_sequence(self) -> np.random.SeedSequence:
        """Return the seed sequence of initial or random-feature weights."""
        return seeds.sequence(self.seed, "initialisation", self.draws["init"])


@lru_cache(maxsize=64)
def identity_without_draws(
    data: Source, resampling: Any, model: Any, training: Any, device: str, seed: int, numerics: tuple[int, ...]
) -> tuple[str, tuple[str, ...], str]:
    """Return the part of the identity that a cell's members share, as JSON before and after the draws.

    The draws listed between the two are those of the sources of variance that the members have.
    """
    parts = dict(zip(FAMILIES, (data, resampling, model, training), strict=True))
    identity: dict[str, Any] = {
        name: identity_of(part) | {"numerics": number}
        for (name, part), number in zip(parts.items(), numerics, strict=True)
    }
    identity |= {"fingerprint": data.fingerprint(), "device": device.split(":")[0], "seed": seed, "draws": None}
    before, after = json.dumps(identity, sort_keys=True).split('"draws": null')
    return before + '"draws": ', tuple(sorted(active_sources(**parts))), after
