"""The loop of a worker process: take a job, do it, answer; end when the driver is gone."""

import faulthandler
import os
import pickle
import signal
import sys
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection

from biasvar.engines.engine import Ended, Work
from biasvar.engines.serial import outcome
from biasvar.engines.signals import HELD_BACK


def serve(pipe: Connection, work: Work, log: str) -> None:
    """Do the jobs from a pipe until it is closed; answer each with its error, or None, and its traceback.

    Output of libraries, the stack of a crash, and that of a hung worker (SIGUSR1) go to the file ``log``.
    """
    # Ctrl-C and a closed terminal reach every process of the group, but the driver decides what happens to workers.
    for ignored in HELD_BACK - {signal.SIGTERM}:
        signal.signal(ignored, signal.SIG_IGN)
    with open(log, "x", encoding="utf-8") as stream:
        os.dup2(stream.fileno(), sys.__stderr__.fileno() if sys.__stderr__ else 2)
        if sys.__stdout__:  # else its number may belong to a pipe
            os.dup2(stream.fileno(), sys.__stdout__.fileno())
        faulthandler.enable(stream)
        if hasattr(signal, "SIGUSR1"):  # not on Windows
            faulthandler.register(signal.SIGUSR1, stream)
        threading.Thread(target=end_with_driver, daemon=True).start()
        work.begin()
        while True:
            try:
                job = pipe.recv()
            except EOFError:
                return
            pipe.send(answer(outcome(work, job)))


def answer(ended: Ended) -> tuple[BaseException | None, str]:
    """Return a picklable form of an outcome: some exceptions cannot be pickled or unpickled."""
    error = ended.error
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    return error, ended.traceback


def end_with_driver() -> None:
    """End this process as soon as the driver is gone, for whatever reason."""
    driver = parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)
