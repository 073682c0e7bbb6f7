"""Speed: one product of matrices and one convolution, in float32 and bfloat16."""

from pathlib import Path

from biasvar.study.doctor.finding import Finding
from biasvar.training.speeds import speeds


def speed(folder: Path) -> Finding:
    """Time both; torch that cannot be loaded is a fault."""
    try:
        found = list(speeds())
    except (ImportError, OSError, RuntimeError) as error:
        return Finding({"device": "unknown"}, (f"torch does not run here: {error}",))
    facts = {"device": found[0].device}
    for one in found:
        times = f"{1e3 * one.float32:.3g} ms in float32, {1e3 * one.bfloat16:.3g} ms in bfloat16"
        facts[one.operation] = f"{times} ({one.ratio:.2g} times as fast)"
    return Finding(facts)
