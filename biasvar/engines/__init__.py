"""Where jobs run. A new engine is one file and one entry in ``ENGINES``.

An engine is a function ``(jobs, work, workers) -> iterator of (job, error)``: it calls ``work(job)``, which leaves a
file, for every job in the order given, and yields each job when it is done, with None or the exception it raised.
When the iterator is closed no further job is started, and running ones are waited for.
"""

from biasvar.engines.serial import run_serial
from biasvar.engines.thread import run_threads

ENGINES = {"serial": run_serial, "thread": run_threads}
