"""A study's environment: library versions, processor and instructions, which can change last bits of its numbers."""

import os
import platform
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_info

from biasvar.settings import Part
from biasvar.training.kernel.target import compiler_target
from biasvar.version import __version__

if TYPE_CHECKING:
    from biasvar.study.plan import Plan

LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn", "torch")
CHOOSE_INSTRUCTIONS = (  # variables that make libraries use other instructions than the best available ones
    *("ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA"),  # torch, without loading it
    *("MKL_CBWR", "MKL_DEBUG_CPU_TYPE", "MKL_ENABLE_INSTRUCTIONS"),
    *("NPY_DISABLE_CPU_FEATURES", "NPY_ENABLE_CPU_FEATURES", "NUMBA_ENABLE_AVX"),
)
RECORDED = ("versions", "processor", "instructions")


def environment() -> dict[str, Any]:
    """Return the versions, the processor and its instructions in this process."""
    from importlib.metadata import version  # loads the libraries of mail, which a redraw does not need

    return {
        "versions": {"biasvar": __version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "processor": f"{processor()}, {platform.machine()} {platform.system()}",
        "instructions": instructions(),
    }


def environment_of(study_plan: "Plan") -> dict[str, Any]:
    """Return the environment of a study: with the versions of the installed packages whose code it names."""
    return environment_with(part for cell in study_plan.cells for part in (cell.study.data, cell.study.model))


def environment_with(parts: Iterable[Part]) -> dict[str, Any]:
    """Return the environment of some parts of studies."""
    here = environment()
    named = sorted({package for part in parts for package in part.packages})
    return here | {"versions": here["versions"] | dict(text.split(" ", 1) for text in named)}


def instructions() -> dict[str, str]:
    """Return the processor types that BLAS and the compiler detect, and other settings that choose instructions.

    The same processor has different instructions in a virtual machine, in an emulator, and under certain environment
    variables.
    """
    import scipy.linalg  # noqa: F401  so that its BLAS is among the loaded ones

    kinds: dict[str, set[str]] = {}
    for library in threadpool_info():
        if library["user_api"] == "blas" and library.get("architecture"):
            kinds.setdefault(library["internal_api"], set()).add(library["architecture"])
    found = {name: " and ".join(sorted(architectures)) for name, architectures in sorted(kinds.items())}
    chosen = {name: os.environ[name] for name in CHOOSE_INSTRUCTIONS if name in os.environ}
    return found | {"compiler": compiler_target()} | chosen


def processor() -> str:
    """Return the processor's own name, if the system provides it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def changes_between(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what has changed, one string per change: ``numpy 2.1.0 -> 2.2.0``."""
    old, new = then["versions"], now["versions"]
    known = [name for name in new if name in old]  # earlier versions recorded fewer
    found = [f"{name} {old[name]} -> {new[name]}" for name in known if old[name] != new[name]]
    if then["processor"] != now["processor"]:
        found.append(f"processor {then['processor']} -> {now['processor']}")
    before, after = then["instructions"], now["instructions"]
    names = sorted(before | after) if before else ()  # earlier versions did not record them
    found += [
        f"instructions of {name} {before.get(name, 'none')} -> {after.get(name, 'none')}"
        for name in names
        if before.get(name) != after.get(name)
    ]
    return found
