"""The processor that kernels are compiled for."""

import hashlib
import os


def compiler_target() -> str:
    """Return the target processor's name and a hash of its instructions, as passed to the compiler."""
    from llvmlite import binding

    # numba reads this variable: it overrides the detected processor.
    name = os.environ.get("NUMBA_CPU_NAME") or binding.get_host_cpu_name()
    return f"{name} {hashlib.sha256(compiler_features().encode()).hexdigest()[:8]}"


def compiler_features() -> str:
    """Return the target processor's instructions as passed to the compiler, such as ``+avx2,+fma,-avx512f``."""
    from llvmlite import binding

    generic = os.environ.get("NUMBA_CPU_NAME", "").lower() == "generic"  # numba then takes no feature by default
    features = os.environ.get("NUMBA_CPU_FEATURES", "" if generic else None)  # numba reads this variable too
    return binding.get_host_cpu_features().flatten() if features is None else features
