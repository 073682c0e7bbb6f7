"""What a worker process does: take a job, do it, answer; end when nobody is there to take the answer."""

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
    """Do the jobs that come through a pipe until it is closed; each is answered by its error, or None, and traceback.

    What libraries print, the stack of a crash, and that of a hung worker (SIGUSR1) go to the file ``log``.
    """
    # Ctrl-C and a closed terminal reach every process of the group: what becomes of the workers is the driver's to say.
    for ignored in HELD_BACK - {signal.SIGTERM}:
        signal.signal(ignored, signal.SIG_IGN)
    with open(log, "x", encoding="utf-8") as stream:
        os.dup2(stream.fileno(), sys.__stderr__.fileno() if sys.__stderr__ else 2)
        faulthandler.enable(stream)
        if hasattr(signal, "SIGUSR1"):  # Windows has none
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
    """Return what can be sent of an outcome: some exceptions cannot be pickled, or not be made again."""
    error = ended.error
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    return error, ended.traceback


def end_with_driver() -> None:
    """End this process as soon as the driver is no more, however that came to be."""
    driver = parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)
