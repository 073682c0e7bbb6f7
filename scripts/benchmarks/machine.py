"""On what, with what and when was measured."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.product import CORES

AVX = ("avx512f", "avx2", "avx")
LIBRARIES = ("torch", "numpy", "numba", "scipy", "scikit-learn")


def description(repeats: int) -> str:
    """Return a sentence for the caption of the tables."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{CORES} cores of {processor()}; Python {platform.python_version()}, {versions}; "
        f"{datetime.now(UTC):%Y-%m-%d}; medians of {repeats} repetitions, turn by turn."
    )


def processor() -> str:
    """Return the processor's name and the widest vectors that it has, as far as the system tells."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.is_file():
        return platform.processor() or platform.machine()
    facts = dict(line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    flags = facts.get("flags", "").split()
    vectors = next((f" ({name.upper()})" for name in AVX if name in flags), "")
    return facts.get("model name", platform.machine()) + vectors
