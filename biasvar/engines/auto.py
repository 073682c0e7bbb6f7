"""The engine that suits the trainers of a study."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.engines.engine import Engine, Running, Work
from biasvar.engines.process import Process
from biasvar.engines.thread import Thread


@dataclass(frozen=True)
class Auto(Engine):
    """Threads for closed forms and compiled kernels, which release the GIL; processes for torch and scikit-learn."""

    kind: ClassVar[str] = "auto"

    def choose(self, holds_gil: bool) -> Engine:
        """Return the engine to use."""
        return Process() if holds_gil else Thread()

    def start(self, work: Work) -> Running:
        """Return threads: callers that know the work use ``choose`` first."""
        return self.choose(False).start(work)
