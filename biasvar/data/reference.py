"""What bias and noise are measured against, by name: the law, labels, injected label noise, or people's votes."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from biasvar import seeds
from biasvar.data.cifar10 import Cifar10
from biasvar.data.rows import Evaluation
from biasvar.data.source import Source

REFERENCES = ("auto", "labels", "injected", "cifar10h")
NO_VOTES = "there are no votes on the evaluation points"


class Target(NamedTuple):
    """What ``decomposition.decompose`` takes as its target and its noise, and the reference's name for people.

    ``target`` is f* [N] beside its ``noise_N``, a label law [N, K], votes [N, K] in whole numbers, or labels [N].
    """

    target: np.ndarray
    noise_N: np.ndarray | None
    name: str


def reference_target(evaluation: Evaluation, data: Source, reference: str, seed: int) -> Target:
    """Return what the evaluation points are measured against.

    - ``auto``: the law where the data has one, else labels;
    - ``labels``: one label a point, drawn from the law where the data has one; the noise is then not known;
    - ``injected``: evaluation labels are taken to carry the training labels' symmetric noise of rate
      eta = data.label_noise, over the clean law or, where there is none, over labels taken to be right;
    - ``cifar10h``: people's votes on CIFAR-10's test images.

    Raises
    ------
    ValueError
        For a reference that is not known, or that this data does not have.
    """
    has_distribution = evaluation.noise_N is not None or evaluation.target.ndim == 2
    if reference == "auto" and has_distribution:
        return Target(evaluation.target, evaluation.noise_N, "law")
    if reference in ("auto", "labels"):
        return Target(labels_of(evaluation, seed), None, "labels")
    if reference == "injected":
        rate = injected_rate(data)
        return Target(with_label_noise(clean_distribution(evaluation, data), rate), None, "injected label noise")
    if reference == "cifar10h":
        if evaluation.votes_NK is None:
            raise ValueError(
                f"{NO_VOTES} of data={data.kind}; data=cifar10 has some, read by a sweep that asks for them"
            )
        return Target(evaluation.votes_NK, None, "CIFAR-10H votes")
    raise ValueError(f"reference = {reference!r} is not known; choose one of {', '.join(REFERENCES)}")


def with_votes(evaluation: Evaluation, data: Source, seed: int) -> Evaluation:
    """Return the evaluation points with people's votes on them.

    Raises
    ------
    ValueError
        For data that nobody voted on.
    OSError
        Where the votes are not at ``data.root``.
    """
    if not isinstance(data, Cifar10):
        raise ValueError(f"{NO_VOTES} of data={data.kind}; data=cifar10 has some")
    return replace(evaluation, votes_NK=data.votes(seed))


def with_label_noise(distribution_NK: np.ndarray, rate: float) -> np.ndarray:
    """Return the law of a label of which a share ``rate`` is changed to another class, each equally likely: [N, K].

    p' = (1 - eta) p + eta (1 - p) / (K - 1), whose zero-one Bayes error is eta + (1 - eta K / (K - 1)) R* as long as
    eta is below (K - 1) / K (Natarajan et al. 2013 for two classes).
    """
    return (1 - rate) * distribution_NK + rate * (1 - distribution_NK) / (distribution_NK.shape[1] - 1)


def clean_distribution(evaluation: Evaluation, data: Source) -> np.ndarray:
    """Return the label law [N, K], one-hot where each point has one label only."""
    return evaluation.target if evaluation.target.ndim == 2 else np.eye(data.outputs)[evaluation.target]


def injected_rate(data: Source) -> float:
    """Return the rate of a data source's label noise.

    Raises
    ------
    ValueError
        Where it has none.
    """
    rate = getattr(data, "label_noise", 0.0)
    if rate <= 0:
        raise ValueError(f"no label noise is injected into data={data.kind}; expected data.label_noise above 0")
    return rate


def labels_of(evaluation: Evaluation, seed: int) -> np.ndarray:
    """Return one label a point [N]: as given, or drawn from the law by the study seed.

    The noise of numbers is drawn from its quantiles, scaled to its variance, where they are known, and is normal else.
    """
    generator = seeds.generator(seed, "evaluation", 1)
    if evaluation.noise_N is not None:
        quantiles_S = evaluation.noise_quantiles_S
        if quantiles_S is None:
            unit_N = generator.standard_normal(len(evaluation.target))
        else:
            unit_N = generator.choice(quantiles_S / np.std(quantiles_S), len(evaluation.target))
        return evaluation.target + np.sqrt(evaluation.noise_N) * unit_N
    return drawn_labels(evaluation.target, generator) if evaluation.target.ndim == 2 else evaluation.target


def drawn_labels(distribution_NK: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw a class number at each point from a law, or from votes as shares: [N]."""
    steps_NK = np.cumsum(distribution_NK, axis=1)
    return np.argmax(generator.random((len(distribution_NK), 1)) * steps_NK[:, -1:] < steps_NK, axis=1)
