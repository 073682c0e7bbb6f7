"""How fast this machine multiplies: a product of matrices and a convolution, in float32 and in bfloat16."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SIZE = 1024
IMAGES = (32, 32, 16, 16)
"""Images, channels, height and width of the convolution, which has as many channels out, in 3 x 3 windows."""

SECONDS = 0.2
"""Each is repeated for so long; the fastest repetition counts."""


@dataclass(frozen=True)
class Speed:
    """Seconds of one operation in either number format, and the device."""

    operation: str
    device: str
    float32: float
    bfloat16: float

    @property
    def ratio(self) -> float:
        """How many times as fast bfloat16 is."""
        return self.float32 / self.bfloat16


def speeds() -> Iterator[Speed]:
    """Time both operations on the fastest device, the two number formats in turn.

    Raises
    ------
    ImportError
        If torch cannot be loaded.
    """
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"

    def of(operation: str, make: Callable[[torch.dtype], Callable[[], object]]) -> Speed:
        with torch.no_grad():
            seconds = [fastest(make(dtype), device) for dtype in (torch.float32, torch.bfloat16)]
        return Speed(operation, device, *seconds)

    def product(dtype: torch.dtype) -> Callable[[], object]:
        x = torch.ones(SIZE, SIZE, dtype=dtype, device=device)
        return lambda: x @ x

    def convolution(dtype: torch.dtype) -> Callable[[], object]:
        x = torch.ones(IMAGES, dtype=dtype, device=device).to(memory_format=torch.channels_last)
        weight = torch.ones(IMAGES[1], IMAGES[1], 3, 3, dtype=dtype, device=device)
        return lambda: torch.nn.functional.conv2d(x, weight, padding=1)

    yield of(f"product of {SIZE:,} x {SIZE:,} matrices", product)
    yield of(f"convolution of {IMAGES[0]} images, {IMAGES[1]} channels", convolution)


def fastest(operation: Callable[[], object], device: str) -> float:
    """Return the seconds of the fastest repetition, after one that does not count."""
    import torch

    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()

    operation()
    wait()
    found: list[float] = []
    until = time.perf_counter() + SECONDS
    while not found or time.perf_counter() < until:
        begun = time.perf_counter()
        operation()
        wait()
        found.append(time.perf_counter() - begun)
    return min(found)
