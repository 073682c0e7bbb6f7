"""A ``map`` with a second process, which begins with the last item: both meet where they are done."""

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from biasvar.engines.signals import signals_held_back

LONGEST_WAIT = 10.0  # seconds for the item that the other process is at; then this one does it


def from_both_ends(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Yield ``function`` of each item, in order; a fork of this process does the last ones, if two processors are free.

    The fork may fail: this process then does its items. It must be the only one that works: no lock may be held.
    """
    items = list(items)
    if len(items) < 2 or not sys.platform.startswith("linux") or len(os.sched_getaffinity(0)) < 2:
        yield from map(function, items)
        return
    with forked(function, items) as pipe:
        found: list[Any] = []  # of the last item, the one before it, ...
        for number, item in enumerate(items):
            receive(pipe, found, LONGEST_WAIT if number + len(found) == len(items) - 1 else 0)
            from_end = len(items) - 1 - number
            yield found[from_end] if from_end < len(found) else function(item)


def receive(pipe: Connection, found: list[Any], seconds: float) -> None:
    """Append what the other process has sent, after waiting for it."""
    with suppress(EOFError, OSError):  # it has failed
        while pipe.poll(seconds):
            found.append(pipe.recv())
            seconds = 0


@contextmanager
def forked(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Connection]:
    """Give a pipe from a process that does the items from the last to the first; it ends with the block."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=send_each, args=(function, items, here, there), daemon=True)
    with signals_held_back(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of other threads: they only wait, for signals or for work
        process.start()
    there.close()
    try:
        yield here
    finally:
        process.kill()
        process.join()
        here.close()


def send_each(function: Callable[[Any], Any], items: Sequence[Any], here: Connection, there: Connection) -> None:
    """Send ``function`` of each item, from the last to the first, as long as somebody reads."""
    here.close()
    with suppress(Exception):  # that process will meet the same error, and can say so
        for item in reversed(items):
            there.send(function(item))
