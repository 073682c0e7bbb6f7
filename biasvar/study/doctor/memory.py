"""Memory: how much this process may use."""

from pathlib import Path

from biasvar.study.doctor.finding import Finding
from biasvar.study.memory_limit import in_words, memory_limit

LEAST = 1e9


def memory(folder: Path) -> Finding:
    """Return the limit; one below a gigabyte is a fault."""
    limit = memory_limit()
    if limit is None:
        return Finding({"memory": "unknown"})
    faults = () if limit.size >= LEAST else (f"{limit.whose} {in_words(limit.size)}: too little for torch",)
    return Finding({"memory": in_words(limit.size)}, faults)
