"""What a study ran under: library versions and processor, which can move the last bits of its numbers."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from biasvar.version import __version__

LIBRARIES = ("numpy", "scipy", "numba", "scikit-learn", "torch")


def environment() -> dict[str, Any]:
    """Return the versions and the processor that numbers are made with here."""
    return {
        "versions": {"biasvar": __version__} | {name: version(name) for name in LIBRARIES},
        "processor": f"{processor()}, {platform.machine()} {platform.system()}",
    }


def processor() -> str:
    """Return the processor's own name, where the system tells it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def changes_between(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what is not as it was, one text each: ``numpy 2.1.0 -> 2.2.0``."""
    old, new = then["versions"], now["versions"]
    found = [f"{name} {old.get(name)} -> {new[name]}" for name in new if old.get(name) != new[name]]
    if then["processor"] != now["processor"]:
        found.append(f"processor {then['processor']} -> {now['processor']}")
    return found
