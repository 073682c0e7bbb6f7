"""Engines: where jobs run. A new engine is one file and one entry in ``ENGINES``: its keys, and ``start``.

``engine.Engine`` and ``engine.Running`` are the interface. Results are always files: an engine that reports nothing, or
something wrong, costs time and nothing else.
"""

from biasvar.engines.auto import Auto
from biasvar.engines.engine import Begun, Ended, Engine, Running, Work, WorkerLost
from biasvar.engines.process import Process
from biasvar.engines.ray import Ray
from biasvar.engines.serial import Serial
from biasvar.engines.slurm import Slurm
from biasvar.engines.slurm_earlier import end_earlier
from biasvar.engines.thread import Thread

ENGINES = {engine.kind: engine for engine in (Auto, Serial, Thread, Process, Slurm, Ray)}

__all__ = ["ENGINES", "Begun", "Ended", "Engine", "Running", "Work", "WorkerLost", "end_earlier"]
