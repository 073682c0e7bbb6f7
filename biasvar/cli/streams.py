"""Standard streams that a sweep survives: closed from the start, or with nobody at the other end any more."""

import os
import sys
from contextlib import suppress
from typing import Any


class Lasting:
    """A stream whose writes are lost, and nothing else, once nobody takes them."""

    def __init__(self, stream: Any):
        self.stream = stream

    def write(self, text: str) -> int:
        """Write, or let it be."""
        try:
            return self.stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        """Flush, or let it be."""
        with suppress(OSError):
            self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's own."""
        return getattr(self.stream, name)


def make_streams_last() -> None:
    """Give this process streams: a file that is opened later must not get the number of one that was closed."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number, which is this one
    sys.stdout = Lasting(sys.stdout or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    sys.stderr = Lasting(sys.stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
