"""Processors: how many this process may use, how many threads the libraries take, and which BLAS they have."""

import os
from pathlib import Path

from threadpoolctl import threadpool_info

from biasvar.study.doctor.finding import Finding
from biasvar.study.environment import processor

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
QUOTA = Path("/sys/fs/cgroup/cpu.max")


def processors(folder: Path) -> Finding:
    """Return processors, limits and threads."""
    import scipy.linalg  # noqa: F401  so that its BLAS is loaded

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    facts = {"processor": processor(), "cores": f"{cores} of {os.cpu_count()}"}
    if limit := limit_of(QUOTA):
        facts["limit"] = f"{limit:g} cores (cgroup)"
    facts |= {name: os.environ[name] for name in VARIABLES if name in os.environ}
    blas = [one for one in threadpool_info() if one["user_api"] == "blas"]
    kinds = dict.fromkeys(f"{one['internal_api']} {one.get('version') or ''}".strip() for one in blas)
    facts["BLAS"] = ", ".join(kinds) or "unknown"
    return Finding(facts)


def limit_of(path: Path) -> float | None:
    """Return the number of cores that a container may use, or None."""
    try:
        quota, period = path.read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        return None
