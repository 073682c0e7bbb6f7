"""Standard streams that a sweep survives: closed from the start, or with nobody at the other end any more."""

import os
import sys
from typing import Any


class Lasting:
    """A stream whose writes are lost, and nothing else, once it does not take them; ``error`` says why."""

    def __init__(self, stream: Any):
        self.stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write, or let it be."""
        try:
            return self.stream.write(text)
        except OSError as error:
            self.error = error
            return len(text)

    def flush(self) -> None:
        """Flush, or let it be."""
        try:
            self.stream.flush()
        except OSError as error:
            self.error = error

    def require_taken(self) -> None:
        """Refuse to end as if all had been said. A reader that has left early has read enough.

        Raises
        ------
        OSError
            Where a full disk, or another fault, kept something of it from being written.
        """
        self.flush()
        if self.error is not None and not isinstance(self.error, BrokenPipeError):
            raise OSError(f"standard output cannot be written: {self.error.strerror}")

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's own."""
        return getattr(self.stream, name)


def make_streams_last() -> Lasting:
    """Give this process streams, and return what it says its results on.

    A file that is opened later must not get the number of one that was closed.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number, which is this one
    sys.stdout = results = Lasting(sys.stdout or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    sys.stderr = Lasting(sys.stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    return results
