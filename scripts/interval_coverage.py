"""How often nominal 95 % intervals hold the truth: simulated studies with known terms, under every loss.

    python scripts/interval_coverage.py [trials=500] [seed=0] [points=40] [crossed=0]

A study draws the outputs of models at some points: a mean of each point, and effects of variance 1 that are Gaussian
and have correlation 0.5 between any two points. Under zero-one loss with three classes the right class leads clearly
(zero_one), or so little that votes nearly tie. ``crossed=1`` adds crossed designs under squared error, with effects of
data seeds, init seeds and their interaction, whose points move together, alone, partly or smoothly; in the last one
points move partly together, and the interaction is larger for some data seeds than for others. The aim is 0.92 to 0.98
at 20 replicates and more.
"""

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.special import log_softmax, logsumexp, ndtr

from biasvar.decomposition import Decomposition, decompose

REPLICATES = (10, 20, 50)
AIM = (0.92, 0.98)
CLASSES = 3
CLEAR, NEAR = 2.5, 0.5  # by how much the class that leads does, in standard deviations of a score
DRAWS = 200_000  # behind means of log-probabilities and shares of votes, with their mirror images
PARTS = {"variance_data": 1.0, "variance_init": 0.5, "variance_interaction": 0.25}
MOVES = ("together", "partly", "smoothly", "alone", "unequal")
SPREAD = 0.3  # of the logarithm of the size of a data seed's interactions, where sizes are unequal


class Case(NamedTuple):
    """A study that is drawn again and again: its decomposition from R replicates, and the truth by term."""

    draw: Callable[[np.random.Generator, int], Decomposition]
    truth: dict[str, float]


def correlated(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return standard normal effects [R, N, ...] with correlation 0.5 between points."""
    together = generator.standard_normal((shape[0], 1, *shape[2:]))
    return np.sqrt(0.5) * (together + generator.standard_normal(shape))


def numbers(points: int) -> tuple[np.ndarray, float]:
    """Return the biases of a regression [N] and the variance of its noise."""
    return 0.2 + 0.5 * np.random.default_rng(3).standard_normal(points), 0.1


def squared_error(points: int) -> Case:
    """Return a regression under squared error."""
    bias_N, noise = numbers(points)
    square = float(np.mean(bias_N**2))
    truth = {"risk": noise + square + 1, "bias_squared": square, "variance": 1.0}
    return Case(lambda g, r: decompose(bias_N + correlated(g, (r, points)), np.zeros(points), noise=noise), truth)


def absolute_error(points: int) -> Case:
    """Return a regression under absolute error, whose means of |x| are those of a folded normal distribution."""
    bias_N, noise = numbers(points)

    def mean_distance(deviation: float) -> float:
        z_N = bias_N / deviation
        density_N = np.exp(-(z_N**2) / 2) * np.sqrt(2 / np.pi)
        return float(np.mean(deviation * density_N + bias_N * (1 - 2 * ndtr(-z_N))))

    risk, central, least = mean_distance(np.sqrt(1 + noise)), mean_distance(np.sqrt(noise)), np.sqrt(2 * noise / np.pi)
    truth = {"risk": risk, "systematic_effect": central - least, "variance_effect": risk - central}
    options = {"loss": "absolute_error", "noise": noise, "noise_distribution": "gaussian"}
    return Case(lambda g, r: decompose(bias_N + correlated(g, (r, points)), np.zeros(points), **options), truth)


def means_over(outputs_NK: np.ndarray, work: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the mean of a function of the outputs of one model, [N, K], nearly exactly."""
    generator, tile = np.random.default_rng(5), 2000
    total_NK = np.zeros_like(outputs_NK)
    for _ in range(DRAWS // tile):
        effects = generator.standard_normal((tile // 2, 1, outputs_NK.shape[1]))
        total_NK += work(outputs_NK + np.concatenate([effects, -effects])).mean(axis=0)
    return total_NK / (DRAWS // tile)


def cross_entropy(points: int) -> Case:
    """Return a classification under cross-entropy."""
    generator = np.random.default_rng(4)
    logits_NK, distribution_NK = (
        generator.standard_normal((points, CLASSES)),
        generator.dirichlet(np.ones(CLASSES), points),
    )
    logs_NK = means_over(logits_NK, lambda outputs: log_softmax(outputs, axis=-1))
    risk = -float(np.sum(distribution_NK * logs_NK)) / points
    noise = -float(np.sum(distribution_NK * np.log(distribution_NK))) / points
    variance = -float(np.mean(logsumexp(logs_NK, axis=-1)))
    bias = risk - variance - noise
    truth = {"risk": risk, "bias": bias, "variance": variance, "systematic_effect": bias, "variance_effect": variance}
    options = {"loss": "cross_entropy", "outputs_are": "logits"}
    return Case(
        lambda g, r: decompose(logits_NK + correlated(g, (r, points, CLASSES)), distribution_NK, **options), truth
    )


def zero_one(points: int, lead: float) -> Case:
    """Return a classification under zero-one loss."""
    generator = np.random.default_rng(4)
    main_N, distribution_NK = (
        generator.integers(0, CLASSES, points),
        generator.dirichlet(np.ones(CLASSES), points),
    )
    main_NK, best_NK = (
        np.eye(CLASSES)[main_N],
        distribution_NK == distribution_NK.max(axis=1, keepdims=True),
    )
    leading = float(np.sum(means_over(lead * main_NK, votes) * main_NK)) / points
    shares_NK = main_NK * leading + (1 - main_NK) * (1 - leading) / (CLASSES - 1)

    def mean(values_NK: np.ndarray) -> float:
        return float(np.sum(values_NK)) / points

    agreement, right, bias = mean(shares_NK * distribution_NK), mean(shares_NK * best_NK), 1 - mean(main_NK * best_NK)
    central, noise = 1 - mean(main_NK * distribution_NK), 1 - mean(distribution_NK * best_NK)
    truth = {
        "risk": 1 - agreement,
        "net_noise": right - agreement,
        "bias": bias,
        "variance": 1 - leading,
        "net_variance": 1 - right - bias,
        "systematic_effect": central - noise,
        "variance_effect": 1 - agreement - central,
        "kw_bias_squared": mean((distribution_NK - shares_NK) ** 2) / 2,
        "kw_variance": (1 - mean(shares_NK**2)) / 2,
    }
    options = {"loss": "zero_one", "outputs_are": "scores"}
    return Case(
        lambda g, r: decompose(lead * main_NK + correlated(g, (r, points, CLASSES)), distribution_NK, **options), truth
    )


def votes(outputs: np.ndarray) -> np.ndarray:
    """Return one-hot votes, [..., K]."""
    return (outputs == outputs.max(axis=-1, keepdims=True)).astype(float)


CASES: dict[str, Callable[[int], Case]] = {
    "squared_error": squared_error,
    "absolute_error": absolute_error,
    "cross_entropy": cross_entropy,
    "zero_one": lambda points: zero_one(points, CLEAR),
    "zero_one, near ties": lambda points: zero_one(points, NEAR),
}


def coverage(case: Case, replicates: int, trials: int, seed: int) -> dict[str, float]:
    """Return the share of studies whose 95 % interval holds the truth, by term; digits of the truth are not counted."""
    held = dict.fromkeys(case.truth, 0)
    for trial in range(trials):
        parts = case.draw(np.random.default_rng([seed, trial]), replicates)
        for name, value in case.truth.items():
            low, high = parts.interval(name)
            held[name] += low - 1e-9 <= value <= high + 1e-9
    return {name: count / trials for name, count in held.items()}


def effect(generator: np.random.Generator, seeds: tuple[int, ...], points: int, moves: str) -> np.ndarray:
    """Return one effect of variance 1 at each of some points, [*seeds, N]."""
    if moves == "together":
        return generator.standard_normal((*seeds, 1)) * np.ones(points)
    if moves == "alone":
        return generator.standard_normal((*seeds, points))
    if moves in ("partly", "unequal"):
        shared, own = (effect(generator, seeds, points, one) for one in ("together", "alone"))
        return np.sqrt(0.5) * (shared + own)
    waves = 2 * np.pi * np.arange(1, 4)[:, None] * np.arange(points) / points
    basis_FN = np.concatenate([np.sin(waves), np.cos(waves)]) / np.sqrt(3)
    return generator.standard_normal((*seeds, 6)) @ basis_FN


def crossed(points: int, moves: str) -> Case:
    """Return a regression of a crossed design with as many seeds of each of two sources."""
    bias_N, noise = numbers(points)
    square, variance = float(np.mean(bias_N**2)), sum(PARTS.values())

    def draw(generator: np.random.Generator, seeds: int) -> Decomposition:
        shapes = ((seeds, 1), (1, seeds), (seeds, seeds))
        effects = [effect(generator, shape, points, moves) for shape in shapes]
        if moves == "unequal":
            effects[-1] *= np.exp(SPREAD * generator.standard_normal((seeds, 1, 1)) - SPREAD**2)
        found = bias_N + sum(np.sqrt(v) * one for v, one in zip(PARTS.values(), effects, strict=True))
        return decompose(found, np.zeros(points), noise=noise, design="crossed")

    return Case(draw, {"risk": noise + square + variance, "bias_squared": square, "variance": variance} | PARTS)


def rows(cases: dict[str, Case], numbers_of: tuple[int, ...], trials: int, seed: int) -> Iterator[tuple]:
    """Yield (case, term, coverage by number of replicates) of every term."""
    for name, case in cases.items():
        found = [coverage(case, replicates, trials, seed) for replicates in numbers_of]
        for term in case.truth:
            yield name, term, [one[term] for one in found]


def main() -> None:
    """Print the table."""
    options = {"trials": 500, "seed": 0, "points": 40, "crossed": 0}
    options |= {name: int(value) for name, value in (text.split("=") for text in sys.argv[1:])}
    trials, seed, points = options["trials"], options["seed"], options["points"]
    error = np.sqrt(0.05 * 0.95 / trials)
    print(f"{trials:,} studies of {points} points each (standard error of a coverage of 0.95: {error:.4f})\n")
    tables = [({name: make(points) for name, make in CASES.items()}, REPLICATES)]
    if options["crossed"]:
        tables.append(({f"crossed, {moves}": crossed(points, moves) for moves in MOVES}, (5, 10, 20)))
    for cases, numbers_of in tables:
        print(f"| loss | term | {' | '.join(map(str, numbers_of))} |\n|---|---|{'---|' * len(numbers_of)}")
        for name, term, shares in rows(cases, numbers_of, trials, seed):
            print(f"| {name} | {term} | {' | '.join(f'{share:.3f}' for share in shares)} |", flush=True)
        print()


if __name__ == "__main__":
    main()
