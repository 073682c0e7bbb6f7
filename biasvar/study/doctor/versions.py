"""The versions of Python and of the libraries; those that only some engines and tools need may be missing."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from biasvar.study.doctor.finding import Finding
from biasvar.version import __version__

NEEDED = ("torch", "numpy", "scipy", "numba", "pandas", "scikit-learn", "matplotlib", "hydra-core")
OPTIONAL = ("submitit", "ray", "xarray")


def versions(folder: Path) -> Finding:
    """Return every version; a library that is needed and missing is a fault."""
    found = {"biasvar": __version__, "Python": platform.python_version()}
    found |= {name: known or "not installed" for name in (*NEEDED, *OPTIONAL) for known in [version_of(name)]}
    missing = [name for name in NEEDED if version_of(name) is None]
    return Finding(found, tuple(f"{name} is not installed: pip install {name}" for name in missing))


def version_of(name: str) -> str | None:
    """Return the version of an installed package, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
