"""``events.jsonl``: the events of a study, one per line, written by the driver and read by ``status``."""

import json
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from biasvar.study.store.disk import open_plain

NAME = "events.jsonl"


class Events:
    """Appends lines; if they cannot be written, it warns once and does nothing else."""

    def __init__(self, folder: Path, warn: Callable[[str], None]):
        self.path, self.warn, self.works = folder / NAME, warn, True
        try:
            # A link in its place would redirect the lines to a file outside the study.
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            flags |= getattr(os, "O_NONBLOCK", 0)  # a pipe would block
            handle = os.open(self.path, flags, 0o666)
        except OSError as error:
            raise OSError(f"{self.path} cannot be written: {error.strerror}") from error
        there = os.fstat(handle)
        if there.st_nlink > 1 or not stat.S_ISREG(there.st_mode):
            os.close(handle)
            raise OSError(f"{self.path} is a link, a pipe or a device; expected a file of this folder's own: remove it")
        self.stream = os.fdopen(handle, "ab+")
        if self.stream.seek(0, os.SEEK_END):
            self.stream.seek(-1, os.SEEK_END)
            if self.stream.read(1) != b"\n":
                self.write(b"\n")  # a kill has truncated the last line

    def record(self, event: str, **details: Any) -> None:
        """Append an event with the time, in seconds since 1970."""
        line = {"time": round(time.time(), 3), "event": event} | details
        self.write(json.dumps(line).encode() + b"\n")

    def write(self, line: bytes) -> None:
        """Append a line, unless an earlier one could not be written."""
        try:
            if self.works:
                self.stream.write(line)
                self.stream.flush()
        except OSError as error:
            self.works = False
            self.warn(f"{self.path} is no longer written: {error.strerror}")

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):  # the disk is full, which was reported
            self.stream.close()


def read_events(folder: Path, skip: Callable[[bytes], object] = lambda line: None) -> Iterator[dict[str, Any]]:
    """Yield the events of a study, oldest first; ``skip`` is called with each truncated or damaged line."""
    path = folder / NAME
    if not path.is_file():
        return
    with open_plain(path) as stream:
        for line in stream:
            event = event_in(line)
            if event is not None:
                yield event
            elif line.strip():
                skip(line)


def event_in(line: bytes) -> dict[str, Any] | None:
    """Return the event of a line, None if no sweep has written it."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    whole = isinstance(event, dict) and "event" in event and isinstance(event.get("time"), float | int)
    return event if whole else None
