"""The processor that the kernel is compiled for."""

import hashlib
import os


def compiler_target() -> str:
    """Return the target processor's name and a hash of its instructions, as passed to the compiler."""
    from llvmlite import binding

    # numba reads these variables: they override the detected processor.
    name = os.environ.get("NUMBA_CPU_NAME") or binding.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is None:
        features = binding.get_host_cpu_features().flatten()
    return f"{name} {hashlib.sha256(features.encode()).hexdigest()[:8]}"
