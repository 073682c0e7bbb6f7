"""Engines: where jobs run. A new engine is one file and one entry in ``ENGINES``: its keys, and ``start``.

``engine.Engine`` and ``engine.Running`` are the interface. Results are always files: an engine that reports nothing, or
something wrong, costs time and nothing else.
"""

from biasvar.engines.engine import Begun, Ended, Engine, Running, Work, WorkerLost
from biasvar.family import Family

ENGINES = Family(
    {
        "auto": "biasvar.engines.auto:Auto",
        "serial": "biasvar.engines.serial:Serial",
        "thread": "biasvar.engines.thread:Thread",
        "process": "biasvar.engines.process:Process",
        "slurm": "biasvar.engines.slurm:Slurm",
        "ray": "biasvar.engines.ray:Ray",
    }
)

__all__ = ["ENGINES", "Begun", "Ended", "Engine", "Running", "Work", "WorkerLost"]
