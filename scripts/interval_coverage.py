"""How often nominal 95 % intervals hold the truth: simulated studies with known components, joint and crossed.

    python scripts/interval_coverage.py [studies=400] [seed=0] [points=40]

Each study draws the predictions of models at some points as random effects: a bias, and effects of data seeds, init
seeds and their interaction with known variances. Points may move together (one effect for all of them), alone, half so
and half so (partly), or smoothly. Gaussian effects are what the intervals are made for, and 0.93 to 0.97 is the aim at
10 x 10 seeds and more; effects of Student's distribution with five degrees of freedom, whose fourth moment is nine, are
reported as they are.
"""

import sys
from collections.abc import Callable

import numpy as np

from biasvar.decomposition import Decomposition, decompose

DATA, INIT, BOTH, BIAS, NOISE = 1.0, 0.5, 0.25, 0.5, 0.1
JOINT = {"variance": DATA + INIT + BOTH, "bias_squared": BIAS**2}
CROSSED = JOINT | {"variance_data": DATA, "variance_init": INIT, "variance_interaction": BOTH}
DESIGNS = ((10,), (20,), (50,), (10, 10), (20, 20))
MOVES = ("together", "partly", "smoothly", "alone")
LAWS: dict[str, Callable] = {
    "gaussian": lambda generator, shape: generator.standard_normal(shape),
    "student": lambda generator, shape: generator.standard_t(5, shape) * np.sqrt(3 / 5),
}
AIM = (0.93, 0.97)


def effect(generator, distribution: str, seeds: tuple[int, ...], points: int, moves: str) -> np.ndarray:
    """Return one effect of variance 1 at each of some points, [*seeds, N]."""
    if moves == "together":
        return LAWS[distribution](generator, (*seeds, 1)) * np.ones(points)
    if moves == "alone":
        return LAWS[distribution](generator, (*seeds, points))
    if moves == "partly":
        shared, own = (
            effect(generator, distribution, seeds, points, "together"),
            effect(generator, distribution, seeds, points, "alone"),
        )
        return np.sqrt(0.5) * (shared + own)
    waves = 2 * np.pi * np.arange(1, 4)[:, None] * np.arange(points) / points
    basis_FN = np.concatenate([np.sin(waves), np.cos(waves)]) / np.sqrt(3)
    return LAWS[distribution](generator, (*seeds, 6)) @ basis_FN


def study(generator, distribution: str, sizes: tuple[int, ...], points: int, moves: str) -> Decomposition:
    """Return the decomposition of one simulated study."""
    if len(sizes) == 1:
        predictions = BIAS + np.sqrt(JOINT["variance"]) * effect(generator, distribution, sizes, points, moves)
        return decompose(predictions, np.zeros(points), noise=NOISE)
    i, j = sizes
    shapes = (((i, 1), DATA), ((1, j), INIT), ((i, j), BOTH))
    predictions = BIAS + sum(np.sqrt(v) * effect(generator, distribution, shape, points, moves) for shape, v in shapes)
    return decompose(predictions, np.zeros(points), noise=NOISE, design="crossed")


def coverage(
    distribution: str, sizes: tuple[int, ...], points: int, moves: str, studies: int, seed: int
) -> dict[str, float]:
    """Return the share of studies whose 95 % interval holds the truth, by term."""
    truth = (JOINT if len(sizes) == 1 else CROSSED) | {"risk": NOISE + BIAS**2 + JOINT["variance"]}
    held = dict.fromkeys(truth, 0)
    for number in range(studies):
        parts = study(np.random.default_rng([seed, number]), distribution, sizes, points, moves)
        for name, value in truth.items():
            low, high = parts.interval(name)
            held[name] += low <= value <= high
    return {name: count / studies for name, count in held.items()}


def main() -> None:
    """Print the table."""
    options = {"studies": 400, "seed": 0, "points": 40}
    options |= {name: int(value) for name, value in (text.split("=") for text in sys.argv[1:])}
    studies, seed, points = options["studies"], options["seed"], options["points"]
    names = [*CROSSED, "risk"]
    print(
        f"coverage of nominal 95 % intervals over {studies} studies, {points} points (binomial standard error ", end=""
    )
    print(f"{np.sqrt(0.05 * 0.95 / studies):.3f})\n")
    print(f"{'effects':9}{'seeds':>8}  {'points move':12}" + "".join(f"{name:>22}" for name in names))
    outside = []
    for distribution in LAWS:
        for sizes in DESIGNS:
            for moves in MOVES:
                found = coverage(distribution, sizes, points, moves, studies, seed)
                cells = "".join(f"{found[name]:22.3f}" if name in found else f"{'':22}" for name in names)
                print(f"{distribution:9}{' x '.join(map(str, sizes)):>8}  {moves:12}{cells}", flush=True)
                if distribution == "gaussian" and min(sizes) >= 10 and len(sizes) == 2:
                    outside += [
                        (sizes, moves, name, share) for name, share in found.items() if not AIM[0] <= share <= AIM[1]
                    ]
    print(f"\nGaussian effects, 10 x 10 seeds and more: {len(outside)} coverages beyond {AIM[0]} to {AIM[1]}", end="")
    print("".join(f"\n  {sizes} {moves} {name}: {share:.3f}" for sizes, moves, name, share in outside))


if __name__ == "__main__":
    main()
