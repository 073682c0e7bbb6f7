"""Checks of this machine, one a file."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from biasvar.study.doctor.data import data
from biasvar.study.doctor.disk import disk
from biasvar.study.doctor.finding import Finding
from biasvar.study.doctor.locks import locks
from biasvar.study.doctor.memory import memory
from biasvar.study.doctor.processors import processors
from biasvar.study.doctor.speed import speed
from biasvar.study.doctor.versions import versions

CHECKS: Mapping[str, Callable[[Path], Finding]] = {
    "versions": versions,
    "processors": processors,
    "memory": memory,
    "disk": disk,
    "locks": locks,
    "data": data,
    "speed": speed,
}


def examined(folder: Path) -> Iterator[tuple[str, Finding]]:
    """Yield what each check finds, by its name; results would be written into the folder."""
    for name, check in CHECKS.items():
        yield name, check(folder)
