"""Keeping signals from processes that are being started: what becomes of jobs is the driver's to say."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ASKS_TO_STOP = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
HELD_BACK = {getattr(signal, name) for name in ASKS_TO_STOP if hasattr(signal, name)}


@contextmanager
def signals_held_back() -> Iterator[None]:
    """Let Ctrl-C and its like, which reach every process of a group, wait for the end of the block.

    A process that is started within never sees them, unless it asks for them. This one gets them afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
