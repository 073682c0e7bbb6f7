"""Being asked to stop: Ctrl-C, and the SIGTERM and SIGHUP of schedulers and closed terminals."""

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
PATIENCE = 4.5  # seconds after which the process ends, whatever it is at


class Interrupted(BaseException):
    """The process was asked to stop; ``code`` is what it exits with."""

    def __init__(self, code: int):
        super().__init__(code)
        self.code = code


class Stopping:
    """What signals come to. The first asks, the second ends the process at once, and so does some time after the first.

    Outside :meth:`asking` the first one raises :class:`Interrupted`. Nothing is lost in any case: what is committed
    lies in the study's folder, and what was half done is trained again.
    """

    def __init__(self) -> None:
        self.code = 0
        self.raises = True
        self.heard = threading.Event()

    def __enter__(self) -> "Stopping":
        there = [number for name in CODES if (number := getattr(signal, name, None)) is not None]
        # A signal that is ignored stays so: that is how nohup and background jobs ask to be left alone.
        heard = [number for number in there if signal.getsignal(number) is not signal.SIG_IGN]
        for number in heard:
            signal.signal(number, self.receive)
        # Python calls handlers between two of its own steps, for which a compiled loop may keep it waiting: a thread
        # hears of each signal at once.
        listening, telling = os.pipe()
        if hasattr(os, "set_blocking"):  # Windows has none before Python 3.12, and does not ask for it
            os.set_blocking(telling, False)
        signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
        threading.Thread(target=self.listen, args=(listening, set(heard)), daemon=True).start()
        threading.Thread(target=self.lose_patience, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the signals as they are: the process ends."""

    def listen(self, listening: int, heard: set[int]) -> None:
        """Note the first signal, and end the process at the second one, or when patience is over."""
        while (number := os.read(listening, 1)[0]) not in heard:
            pass
        self.code = code_of(number)
        name = signal.Signals(number).name
        # Written past Python's buffers, which may be in use.
        message = f"\n{name}: stopping; what is finished is kept. To resume:\n  {command_again()}\n"
        with suppress(OSError):  # nobody need be there to read it
            os.write(2, os.fsencode(message))
        self.heard.set()
        os.read(listening, 1)
        os._exit(self.code)

    def lose_patience(self) -> None:
        """End the process some time after the first signal; Windows reads with no time limit."""
        self.heard.wait()
        time.sleep(PATIENCE)
        os._exit(self.code)

    def receive(self, number: int, frame: object) -> None:
        """Take a signal where it may be raised."""
        self.code = code_of(number)
        if self.raises:
            self.raises = False
            raise Interrupted(self.code)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Only note the first signal while the block runs, and raise after it."""
        self.raises = False
        try:
            yield
        finally:
            self.raises = True
        self.raise_noted()

    @contextmanager
    def raising(self) -> Iterator[None]:
        """Raise at once, inside a block that only asks."""
        self.raise_noted()
        self.raises = True
        try:
            yield
        finally:
            self.raises = False

    def raise_noted(self) -> None:
        """Raise for a signal that has come."""
        if self.code:
            raise Interrupted(self.code)

    def asked(self) -> bool:
        """Say whether a signal has come."""
        return self.code != 0


def code_of(number: int) -> int:
    """Return what a process exits with that was asked to stop by a signal."""
    return CODES[signal.Signals(number).name]


def command_again() -> str:
    """Return this process's command as it can be given again."""
    return shlex.join(["biasvar", *sys.argv[1:]])
