"""``events.jsonl``: what happened to a study, a line an event, written by the driver only and read by ``status``."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

NAME = "events.jsonl"


class Events:
    """Appends lines; that they cannot be written is said once, and costs nothing else."""

    def __init__(self, folder: Path, warn: Callable[[str], None]):
        self.path, self.warn, self.works = folder / NAME, warn, True
        try:
            # A link that stands there would lead the lines into a file that is not the study's.
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            self.stream = os.fdopen(os.open(self.path, flags, 0o666), "ab+")
        except OSError as error:
            raise OSError(f"{self.path} cannot be written: {error.strerror}") from error
        if os.fstat(self.stream.fileno()).st_nlink > 1:
            self.stream.close()
            raise OSError(f"{self.path} is a link; expected a file of this folder's own: remove it")
        size = self.stream.seek(0, os.SEEK_END)
        if size and os.pread(self.stream.fileno(), 1, size - 1) != b"\n":
            self.write(b"\n")  # a kill has cut off the last line

    def record(self, event: str, **details: Any) -> None:
        """Append an event with the time, in seconds since 1970."""
        line = {"time": round(time.time(), 3), "event": event} | details
        self.write(json.dumps(line).encode() + b"\n")

    def write(self, line: bytes) -> None:
        """Append a line, unless one could not be written before."""
        try:
            if self.works:
                self.stream.write(line)
                self.stream.flush()
        except OSError as error:
            self.works = False
            self.warn(f"{self.path} is not written any more: {error.strerror}")

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):  # the disk is full, which has been said
            self.stream.close()


def read_events(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a study, oldest first; a line that was cut off by a kill is passed over."""
    path = folder / NAME
    if not path.is_file():
        return
    with open(path, "rb") as stream:
        for line in stream:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict) and "event" in event and isinstance(event.get("time"), float | int):
                yield event
