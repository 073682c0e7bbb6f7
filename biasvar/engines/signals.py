"""Blocking signals while processes start: the driver decides what happens to jobs."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ASKS_TO_STOP = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
HELD_BACK = {getattr(signal, name) for name in ASKS_TO_STOP if hasattr(signal, name)}


@contextmanager
def signals_held_back() -> Iterator[None]:
    """Delay Ctrl-C and the like, which reach every process of a group, until the end of the block.

    A process that is started within the block never receives them, unless it unblocks them. This one gets them
    afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
