"""Standard streams that do not stop a sweep: closed from the start, or with a reader that is gone."""

import os
import sys
from typing import Any


class Lasting:
    """A stream that discards its writes, without raising, once they fail; ``error`` says why."""

    def __init__(self, stream: Any):
        self.stream = stream
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        """Write, ignoring errors."""
        try:
            return self.stream.write(text)
        except OSError as error:
            self.error = error
            return len(text)

    def flush(self) -> None:
        """Flush, ignoring errors."""
        try:
            self.stream.flush()
        except OSError as error:
            self.error = error

    def require_taken(self) -> None:
        """Raise if output was lost, unless the reader left early, having read enough.

        Raises
        ------
        OSError
            If a full disk, or another fault, prevented writing.
        """
        self.flush()
        if self.error is not None and not isinstance(self.error, BrokenPipeError):
            raise OSError(f"standard output cannot be written: {self.error.strerror}")

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the underlying stream."""
        return getattr(self.stream, name)


def make_streams_last() -> Lasting:
    """Make this process's streams robust, and return the one for results.

    A file opened later must not get the file descriptor of a closed stream.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free descriptor, which is this one
    sys.stdout = results = Lasting(sys.stdout or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    sys.stderr = Lasting(sys.stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    return results
