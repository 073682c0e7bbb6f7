"""The processor that the kernel is compiled for."""

import hashlib
import os


def compiler_target() -> str:
    """Return its name and a hash of the instructions that it has, as the compiler is told of them."""
    from llvmlite import binding

    # As numba reads them: these take the place of what the compiler finds.
    name = os.environ.get("NUMBA_CPU_NAME") or binding.get_host_cpu_name()
    features = os.environ.get("NUMBA_CPU_FEATURES")
    if features is None:
        features = binding.get_host_cpu_features().flatten()
    return f"{name} {hashlib.sha256(features.encode()).hexdigest()[:8]}"
