"""Zero-one loss: risk = c1 noise + bias + c2 variance, with c1 and c2 of each point (Domingos 2000).

The main prediction is the mode over replicates; ties of votes are broken by a seeded draw per point and class, ties of
one model's scores by the order of the columns. The mode of R votes is a biased estimate of the population's mode, so
the bias here is high where R is small, and no correction is known; the decomposition of Kohavi and Wolpert 1996, which
has one, is given beside it (``kw_...``). Against labels alone the label stands for the optimal prediction, so what is
called bias includes the noise.
"""

import numpy as np

from biasvar import seeds
from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.components import marginal_squares, total, variance_components, variance_of_the_mean
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses.james import effects
from biasvar.decomposition.noise.votes import squared_error_noise, zero_one_noise
from biasvar.decomposition.reference import Reference

TASKS = ("classification",)
TAKES = ("scores", "probabilities", "logits", "labels")
IN_ALL = True
ROUNDING = 1e-12
DRIFTS = ("variance",)  # whose resamples lie as far below the estimate as that lies below the truth
TILE = 50  # resamples voted on at once: bounds the memory of [B, N, C] votes
RANGES = {"net_noise": (-1.0, 1.0), "net_variance": (-1.0, 1.0), "systematic_effect": (-1.0, 1.0)}
RANGES |= {"variance_effect": (-1.0, 1.0)}


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the expected zero-one loss of each point's largest output under a label law or one-hot label: [N]."""
    chosen_N1 = np.argmax(outputs_NK, axis=-1)[..., None]
    target_NK = np.broadcast_to(target_NK, outputs_NK.shape)
    return 1 - np.take_along_axis(target_NK, chosen_N1, axis=-1)[..., 0]


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    return np.array([point_loss(one_NC, ensemble.reference.target_NK).mean() for one_NC in ensemble.outputs_MNK])


def noise_of(reference: Reference) -> np.ndarray:
    """Return the Bayes error of each point, 1 - max_c p_c, axis [N]; cross-fitted where p is known from votes."""
    if reference.kind == "votes":
        return zero_one_noise(reference.counts_NK)
    return 1 - reference.target_NK.max(axis=-1)


def tie_breaks(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Return a seeded number in [0, 1/2) per point and class, [N, C]: added to whole votes it decides only ties."""
    counter = np.arange(np.prod(shape), dtype=np.uint64).reshape(shape)
    return seeds.draw_uniform(seeds.key(seed, "estimation", 1), counter) / 2


def parts_of_votes(votes: np.ndarray, law_NC: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Return the terms per point from vote counts [..., N, C] and the label law [N, C]: name -> [..., N].

    With q the shares of votes, p the law, f* = argmax p and m the main prediction:
    bias = [m != f*], variance = 1 - q(m); c2 = 1 where unbiased, else -q(f*) / (1 - q(m)), so
    net_variance = c2 variance = 1 - q(f*) - bias; and with the noise 1 - p(f*),
    net_noise = c1 noise = q(f*) (1 - p(f*)) - sum_{c != f*} q_c p_c. ``central`` is the loss of m, 1 - p(m).
    """
    share = votes / votes.sum(axis=-1, keepdims=True)
    main = np.argmax(votes + tie_breaks(law_NC.shape, seed), axis=-1)
    # Where classes tie for the optimum and one of them is predicted, that one is meant.
    is_optimal = at(np.broadcast_to(law_NC, votes.shape), main) >= law_NC.max(axis=-1) - ROUNDING
    optimal = np.where(is_optimal, main, np.argmax(law_NC, axis=-1))
    right = at(share, optimal)
    noise_N = 1 - law_NC.max(axis=-1)
    agreement = np.einsum("...nc,nc->...n", share, law_NC)
    bias = (main != optimal).astype(float)
    return {
        "risk": 1 - agreement,
        "net_noise": right * noise_N - (agreement - right * (1 - noise_N)),
        "bias": bias,
        "variance": 1 - at(share, main),
        "net_variance": 1 - right - bias,
        "central": 1 - at(np.broadcast_to(law_NC, votes.shape), main),
    }


def at(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return values [..., N, C] at one class a point, [..., N]."""
    places = np.broadcast_to(classes, values.shape[:-1])[..., None]
    return np.take_along_axis(values, places, axis=-1)[..., 0]


def cast_votes(ensemble: Ensemble) -> np.ndarray:
    """Return each model's vote as one-hot rows [M, N, C]."""
    outputs = ensemble.outputs_MNK
    return np.argmax(outputs, axis=-1)[..., None] == np.arange(outputs.shape[-1])


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms and the plug-in terms per point, name -> [N] each.

    Also per point: the coefficients ``c1`` (of the plug-in noise) and ``c2`` of Domingos, NaN where noise or variance
    is 0.
    """
    reference = ensemble.reference
    votes_MNC = cast_votes(ensemble)
    points = parts_of_votes(votes_MNC.sum(axis=0), reference.target_NK, ensemble.seed)
    risk_N = point_loss(ensemble.outputs_MNK, reference.target_NK).mean(axis=0)
    points |= {"risk": risk_N, "residual": risk_N - points["net_noise"] - points["bias"] - points["net_variance"]}
    with np.errstate(invalid="ignore", divide="ignore"):
        points["c2"] = np.where(points["variance"] > 0, points["net_variance"] / points["variance"], np.nan)
        plug_in_noise_N = 1 - reference.target_NK.max(axis=-1)
        points["c1"] = np.where(plug_in_noise_N > 0, points["net_noise"] / plug_in_noise_N, np.nan)
    noise_N = noise_of(reference) if reference.knows_noise else None
    # The label stands for the optimal prediction where there is nothing else.
    points |= effects(risk_N, points.pop("central"), np.zeros_like(risk_N) if noise_N is None else noise_N)
    plug_in = {name: points[name] for name in ("bias", "variance")}
    if noise_N is None:
        del points["net_noise"], points["c1"]
    else:
        points["noise"] = noise_N
        plug_in["noise"] = plug_in_noise_N
    kohavi_wolpert, kohavi_wolpert_plug_in = kohavi_wolpert_terms(votes_MNC.astype(float), ensemble)
    return points | kohavi_wolpert, plug_in | kohavi_wolpert_plug_in


def kohavi_wolpert_terms(
    votes_MNC: np.ndarray, ensemble: Ensemble
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the unbiased terms of Kohavi and Wolpert 1996 per point, and the plug-in ones.

    risk = kw_noise + kw_bias_squared + kw_variance. With q the probability of each vote and p the law:
    kw_noise = (1 - sum p^2) / 2, kw_bias_squared = sum (p - q)^2 / 2, kw_variance = (1 - sum q^2) / 2, which is half
    the squared error of one-hot votes, so that the same corrections hold.
    """
    reference, sizes = ensemble.reference, ensemble.sizes
    law_NC = reference.target_NK
    squares = marginal_squares(votes_MNC, sizes)  # of whole numbers, so that unanimous votes have variance 0 exactly
    distance_N = np.square(votes_MNC.mean(axis=0) - law_NC).sum(axis=-1)
    components = variance_components(squares, sizes)
    noise_N = np.sum(law_NC * (1 - law_NC), axis=-1)
    sampling_N = np.zeros_like(noise_N)
    if reference.kind == "votes":
        sampling_N = squared_error_noise(reference.counts_NK) - noise_N
    bias = "kw_bias_squared" if reference.knows_noise else "kw_bias_squared_plus_noise"
    points = {
        bias: (distance_N - variance_of_the_mean(components, sizes) - sampling_N) / 2,
        "kw_variance": total(components.values()) / 2,
    }
    if reference.knows_noise:
        points["kw_noise"] = (noise_N + sampling_N) / 2
    everything = tuple(range(len(sizes)))
    return points, {bias: distance_N / 2, "kw_variance": squares[everything] / 2}


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B].

    The mode of a resample is more variable than that of the sample; what calls this moves the resamples to be centred
    at the estimates.
    """
    law_NC = ensemble.reference.target_NK
    votes = cast_votes(ensemble).reshape(ensemble.models, -1).astype(np.float32)
    counts_BM = model_counts(counts).astype(np.float32)
    known = ensemble.reference.knows_noise
    noise = float(noise_of(ensemble.reference).mean()) if known else 0.0
    unbias = ensemble.models / (ensemble.models - 1)
    tiles = []
    for start in range(0, len(counts_BM), TILE):
        votes_BNC = (counts_BM[start : start + TILE] @ votes).reshape(-1, *law_NC.shape)
        means = {name: term.mean(axis=-1) for name, term in parts_of_votes(votes_BNC, law_NC, ensemble.seed).items()}
        central = means.pop("central")
        means |= {"systematic_effect": central - noise, "variance_effect": means["risk"] - central}
        share = votes_BNC / votes_BNC.sum(axis=-1, keepdims=True)
        plug_in_B = np.square(share - law_NC).sum(axis=-1).mean(axis=-1) / 2
        means["kw_variance"] = (1 - np.square(share).sum(axis=-1)).mean(axis=-1) / 2 * unbias
        bias = "kw_bias_squared" if known else "kw_bias_squared_plus_noise"
        means[bias] = plug_in_B - means["kw_variance"] / ensemble.models
        if not known:
            del means["net_noise"]
        tiles.append(means)
    return {name: np.concatenate([tile[name] for tile in tiles]) for name in tiles[0]}
