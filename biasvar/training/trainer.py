"""The contract of a trainer: its interface, and the laws that all trainers obey."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar

import numpy as np

from biasvar.settings import Problem
from biasvar.training.checkpoints import Checkpoints
from biasvar.training.inputs import Fit, Inputs
from biasvar.training.member import Member


class Trainer(ABC):
    """Trains members: a new way is one class in a file of its own, and one entry in ``TRAINERS``.

    Laws, which are tests over that table:

    - Packing invariance. A member's outputs do not depend on which members it is fitted with, on their order, or on
      what else is asked of it: bit for bit on a CPU, to rounding elsewhere. Each set of rows is predicted in a product
      or loop of its own.
    - Common random numbers. All randomness comes from the study seed and ``member.draws``; two members that share a
      draw share its numbers. No global generator is changed, and none is used but those that the user's own code draws
      from, which are seeded.
    - Divergence is data. A member whose numbers become infinite or NaN, or too large to be squared, is yielded with
      its epoch in ``diverged_epoch`` and NaN as outputs at every readout; no other member is affected. The evaluation
      points are always predicted, since they too decide whether it has diverged. An exception is a failure of the
      member; ``OSError`` and ``MemoryError`` are failures of the machine.
    - Cost. ``flops`` grows with what is trained and predicted; it is rough, and pure: no disk, no torch.
    - Memory. ``bytes`` is what ``fit`` takes for one bundle of members like this one, to a factor of about two.
    - Checkpoints. A member that resumes from one has the bits of a member that was never stopped; only trainers of long
      members keep any.
    - Threads. ``fit`` may run in several threads at once and starts none; linear algebra uses its caller's one thread.
    """

    name: ClassVar[str]
    library: ClassVar[str] = ""  # one that holds the GIL: it is loaded once, before processes are forked

    def incompatibility(self, member: Member) -> Problem | None:
        """Return why a member cannot be trained, or None."""
        return None

    def gives(self, member: Member) -> frozenset[str]:
        """Return the inputs of measures that a member's fit has, as ``FittedModel`` names them."""
        return frozenset()

    @abstractmethod
    def output_dtype(self, member: Member) -> np.dtype:
        """Return the number format of a member's outputs."""

    @abstractmethod
    def flops(self, member: Member) -> float:
        """Return a rough count of floating-point operations."""

    @abstractmethod
    def bytes(self, member: Member) -> float:
        """Return roughly how much memory of this machine training takes."""

    def prepare(self, member: Member, compiling: Callable[[], None]) -> None:  # noqa: B027  most compile nothing
        """Load what trains members like this one; call ``compiling`` if it must be compiled first."""

    def batch_key(self, member: Member) -> tuple:
        """Return the key of members that are cheaper together in one job; by default there is no such gain."""
        return (member.id,)

    def most_at_once(self, member: Member) -> int | None:
        """Return the largest number of members of one batch that are trained at once; None if memory decides."""
        return None

    def bundles(self, members: Iterable[Member]) -> Iterator[list[Member]]:
        """Split the members of a job into bundles for ``fit``: by default one member each, replicate by replicate."""
        for member in sorted(members, key=lambda member: member.replicate):
            yield [member]

    @abstractmethod
    def fit(
        self, members: Sequence[Member], inputs: Sequence[Inputs], checkpoints: Checkpoints
    ) -> Iterator[tuple[Member, Fit]]:
        """Train a bundle of members, each on its own inputs."""
