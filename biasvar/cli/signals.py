"""Requests to stop: Ctrl-C, and the SIGTERM and SIGHUP of schedulers and closed terminals."""

import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from biasvar.cli.messages import INTERRUPTED, TERMINATED

CODES = {"SIGINT": INTERRUPTED, "SIGTERM": TERMINATED, "SIGHUP": TERMINATED}
PATIENCE = 4.5  # seconds after which the process ends, whatever it is doing


class Interrupted(BaseException):
    """The process was asked to stop; ``code`` is its exit code."""

    def __init__(self, code: int):
        super().__init__(code)
        self.code = code


class Stopping:
    """Handles signals. The first asks to stop; a second one, or some time after the first, ends the process.

    Outside :meth:`asking` the first one raises :class:`Interrupted`. Nothing is lost in any case: committed results are
    in the study's folder, and unfinished members are trained again.
    """

    def __init__(self) -> None:
        self.code = 0
        self.raises = True
        self.heard = threading.Event()

    def __enter__(self) -> "Stopping":
        there = [number for name in CODES if (number := getattr(signal, name, None)) is not None]
        # An ignored signal stays ignored: nohup and background jobs rely on it.
        heard = [number for number in there if signal.getsignal(number) is not signal.SIG_IGN]
        for number in heard:
            signal.signal(number, self.receive)
        # Python calls handlers between its own steps only, so a compiled loop may delay them: a thread
        # receives each signal at once.
        listening, telling = os.pipe()
        if hasattr(os, "set_blocking"):  # Windows lacks it before Python 3.12, and does not need it
            os.set_blocking(telling, False)
        signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
        threading.Thread(target=self.listen, args=(listening, set(heard)), daemon=True).start()
        threading.Thread(target=self.lose_patience, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the handlers in place: the process ends."""

    def listen(self, listening: int, heard: set[int]) -> None:
        """Note the first signal, and end the process at the second one, or after some time."""
        while (number := os.read(listening, 1)[0]) not in heard:
            pass
        self.code = code_of(number)
        name = signal.Signals(number).name
        # Written past Python's buffers, which may be in use.
        message = f"\n{name}: stopping; what is finished is kept. To resume:\n  {command_again()}\n"
        with suppress(OSError):  # stderr may be closed
            os.write(2, os.fsencode(message))
        self.heard.set()
        os.read(listening, 1)
        os._exit(self.code)

    def lose_patience(self) -> None:
        """End the process some time after the first signal; Windows cannot read with a timeout."""
        self.heard.wait()
        time.sleep(PATIENCE)
        os._exit(self.code)

    def receive(self, number: int, frame: object) -> None:
        """Handle a signal where it may raise."""
        self.code = code_of(number)
        if self.raises:
            self.raises = False
            raise Interrupted(self.code)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Only note the first signal within the block, and raise after it."""
        self.raises = False
        try:
            yield
        finally:
            self.raises = True
        self.raise_noted()

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Raise at once, within a block of :meth:`asking`."""
        self.raise_noted()
        self.raises = True
        try:
            yield
        finally:
            self.raises = False

    def raise_noted(self) -> None:
        """Raise if a signal was noted."""
        if self.code:
            raise Interrupted(self.code)

    def asked(self) -> bool:
        """Return whether a signal was received."""
        return self.code != 0


def code_of(number: int) -> int:
    """Return the exit code of a process that was stopped by a signal."""
    return CODES[signal.Signals(number).name]


def command_again() -> str:
    """Return this process's command line, for running it again."""
    return shlex.join(["biasvar", *sys.argv[1:]])
