"""The limit: how fast torch multiplies large matrices, with as many threads as cores."""

import time

from benchmarks.contenders import Contender, Work
from benchmarks.product import CORES

SIZE = 2048
WINDOW = 0.6  # seconds


def products(dtype: str, size: int, window: float) -> Work:
    """Return the work of multiplying two matrices for a while; its units are floating-point operations."""
    import torch

    torch.set_num_threads(CORES)
    values = torch.randn(size, size).to(getattr(torch, dtype))
    out = torch.mm(values, values)

    def work() -> float:
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < window:
            torch.mm(values, values, out=out)
            count += 1
        return count * 2.0 * size**3

    return work


def gemm_peak(dtype: str) -> Contender:
    """Return the contender that measures the limit in a number format."""
    return Contender("peak", products, (dtype, SIZE, WINDOW))
