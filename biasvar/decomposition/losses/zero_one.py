"""Zero-one loss: risk = c1 noise + bias + c2 variance, with c1 and c2 per point (Domingos 2000).

The main prediction is the mode over replicates. Classes that tie for the most votes count with equal weight, each as if
it were the mode; a model whose largest scores are equal votes for the first of those classes. The mode of R votes is a
biased estimate of the population's mode, so the bias here is too high for small R, and no correction is known. The
decomposition of Kohavi and Wolpert 1996, which has one, is reported too (``kw_...``). Against labels alone the label
stands for the optimal prediction, so the bias includes the noise.
"""

import numpy as np

from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.components import Sources, sets_of, total, variance_components, variance_of_the_mean
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.losses import constants
from biasvar.decomposition.losses.james import effects
from biasvar.decomposition.losses.resampled_votes import Elections, hold_elections
from biasvar.decomposition.noise.votes import squared_error_noise, zero_one_noise
from biasvar.decomposition.reference import Reference

TASKS = ("classification",)
TAKES = ("scores", "probabilities", "logits", "labels")
IN_ALL = True
READS_DRAWS = False
COMMITTEES = ("vote", "mean")
UNCORRECTED = ("bias", "variance")
WORKS_ON = "votes_MN"
ROUNDING = 1e-12
SPREADS = ("kw_variance",)
SHIFTS: tuple[str, ...] = ()
DRIFTS = ("variance",)
DECIDED = {
    "bias": (),
    "systematic_effect": (),
    "systematic_effect_plus_noise": (),
    "variance_effect": ("risk",),
    "net_variance": ("net_variance", "bias"),
}
RANGES = dict.fromkeys(("net_noise", "net_variance", "variance_effect"), (-1.0, 1.0)) | {"kw_variance": (0.0, 0.5)}
LARGEST = 1.0
MAY_BE_NEGATIVE = ("kw_bias_squared", "kw_bias_squared_plus_noise")

Terms = dict[str, np.ndarray]
best_constant = constants.mean


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the zero-one loss of each point's largest output, expected over label distributions or labels: [N]."""
    chosen_N1 = np.argmax(outputs_NK, axis=-1)[..., None]
    target_NK = np.broadcast_to(target_NK, outputs_NK.shape)
    return 1 - np.take_along_axis(target_NK, chosen_N1, axis=-1)[..., 0]


def loss_of_mean(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the zero-one loss of a mean of outputs, [...]: classes whose means are equal to rounding share it."""
    rounding = ROUNDING * np.abs(outputs_NK).max(axis=-1, keepdims=True)
    chosen_NK = equal_shares(outputs_NK >= outputs_NK.max(axis=-1, keepdims=True) - rounding)
    return 1 - np.sum(chosen_NK * target_NK, axis=-1)


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    return ensemble.mean(lambda tile: {"risk": risk_of_votes(tile)})["risk"]


def risk_of_votes(tile: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points of a tile, [M]."""
    return tile.reference.average(losses_of_votes(tile))


def losses_of_votes(ensemble: Ensemble) -> np.ndarray:
    """Return the expected loss of each model's vote at each point, [M, N]."""
    distribution_NC = ensemble.reference.target_NK
    return 1 - distribution_NC.ravel()[entries(ensemble.votes_MN, distribution_NC.shape[1])]


def entries(votes_MN: np.ndarray, classes: int) -> np.ndarray:
    """Return the flat index into [N C] of each model's vote at each point, [M, N]."""
    return votes_MN + np.arange(0, classes * votes_MN.shape[1], classes)


def noise_of(reference: Reference) -> np.ndarray:
    """Return the Bayes error of each point, 1 - max_c p_c, axis [N]; cross-fitted where p is estimated from votes."""
    if reference.kind == "votes":
        return zero_one_noise(reference.counts_NK)
    return 1 - reference.target_NK.max(axis=-1)


def parts_of_votes(votes_NC: np.ndarray, distribution_NC: np.ndarray) -> dict[str, np.ndarray]:
    """Return the terms per point from vote counts [N, C] and label distribution [N, C]: name -> [N].

    With q the shares of votes, p the distribution, f* = argmax p and m the main prediction:
    bias = [m != f*], variance = 1 - q(m); c2 = 1 where unbiased, else -q(f*) / (1 - q(m)), so
    net_variance = c2 variance = 1 - q(f*) - bias; and with the noise 1 - p(f*),
    net_noise = c1 noise = q(f*) (1 - p(f*)) - sum_{c != f*} q_c p_c. ``central`` is the loss of m, 1 - p(m).
    All are means over the tied m. Where m ties for the optimum, f* = m; otherwise they are means over the tied f* too.
    """
    share_NC = votes_NC / votes_NC.sum(axis=-1, keepdims=True)
    main_NC = equal_shares(votes_NC == votes_NC.max(axis=-1, keepdims=True))
    optimal_NC = are_optimal(distribution_NC)
    unbiased_N = np.einsum("nc,nc->n", main_NC, optimal_NC)
    top_N, noise_N = share_NC.max(axis=-1), 1 - distribution_NC.max(axis=-1)
    best_N = np.einsum("nc,nc->n", share_NC, equal_shares(optimal_NC))
    right_N = unbiased_N * top_N + (1 - unbiased_N) * best_N
    agreement_N = np.einsum("nc,nc->n", share_NC, distribution_NC)
    return {
        "risk": 1 - agreement_N,
        "net_noise": right_N * noise_N - (agreement_N - right_N * (1 - noise_N)),
        "bias": 1 - unbiased_N,
        "variance": 1 - top_N,
        "net_variance": unbiased_N - right_N,
        "central": 1 - np.einsum("nc,nc->n", main_NC, distribution_NC),
    }


def are_optimal(distribution_NC: np.ndarray) -> np.ndarray:
    """Return, for each class, whether it is (one of) the most probable."""
    return distribution_NC >= distribution_NC.max(axis=-1, keepdims=True) - ROUNDING


def equal_shares(chosen_NC: np.ndarray) -> np.ndarray:
    """Return equal weights over the selected classes of each point, [N, C]."""
    return chosen_NC / chosen_NC.sum(axis=-1, keepdims=True)


def count_votes(votes_MN: np.ndarray, classes: int, groups_M: np.ndarray | int = 0) -> np.ndarray:
    """Return how many models of each group vote for each class, [G, N, C]; groups are numbered from 0."""
    points, groups = votes_MN.shape[1], int(np.max(groups_M)) + 1
    places = entries(votes_MN, classes) + np.asarray(groups_M).reshape(-1, 1) * (points * classes)
    return np.bincount(places.ravel(), minlength=groups * points * classes).reshape(groups, points, classes)


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms and the plug-in terms per point, name -> [N] each.

    Also per point: the coefficients ``c1`` (of the plug-in noise) and ``c2`` of Domingos, NaN where noise or variance
    is 0.
    """
    reference, distribution_NC = ensemble.reference, ensemble.reference.target_NK
    votes_NC = count_votes(ensemble.votes_MN, distribution_NC.shape[1])[0]
    points = parts_of_votes(votes_NC, distribution_NC)
    risk_N = losses_of_votes(ensemble).mean(axis=0)
    points |= {"risk": risk_N, "residual": risk_N - points["net_noise"] - points["bias"] - points["net_variance"]}
    with np.errstate(invalid="ignore", divide="ignore"):
        points["c2"] = np.where(points["variance"] > 0, points["net_variance"] / points["variance"], np.nan)
        plug_in_noise_N = 1 - reference.target_NK.max(axis=-1)
        points["c1"] = np.where(plug_in_noise_N > 0, points["net_noise"] / plug_in_noise_N, np.nan)
    noise_N = noise_of(reference) if reference.knows_noise else None
    # Without a distribution the label stands for the optimal prediction.
    points |= effects(risk_N, points.pop("central"), np.zeros_like(risk_N) if noise_N is None else noise_N)
    plug_in = {name: points[name] for name in ("bias", "variance")}
    if noise_N is None:
        del points["net_noise"], points["c1"]
    else:
        points["noise"] = noise_N
        plug_in["noise"] = plug_in_noise_N
    kohavi_wolpert, kohavi_wolpert_plug_in = kohavi_wolpert_terms(votes_NC, ensemble)
    return points | kohavi_wolpert, plug_in | kohavi_wolpert_plug_in


def kohavi_wolpert_terms(votes_NC: np.ndarray, ensemble: Ensemble) -> tuple[Terms, Terms]:
    """Return the unbiased terms of Kohavi and Wolpert 1996 per point, and the plug-in ones.

    risk = kw_noise + kw_bias_squared + kw_variance. With q the probability of each vote and p the distribution:
    kw_noise = (1 - sum p^2) / 2, kw_bias_squared = sum (p - q)^2 / 2, kw_variance = (1 - sum q^2) / 2, which is half
    the squared error of one-hot votes, so that the same corrections hold.
    """
    reference, sizes = ensemble.reference, ensemble.sizes
    distribution_NC = reference.target_NK
    share_NC = votes_NC / ensemble.models
    squares = squares_of_votes(ensemble.votes_MN, votes_NC, sizes)
    distance_N = np.square(share_NC - distribution_NC).sum(axis=-1)
    components = variance_components(squares, sizes)
    noise_N = np.sum(distribution_NC * (1 - distribution_NC), axis=-1)
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


def squares_of_votes(votes_MN: np.ndarray, counts_NC: np.ndarray, sizes: tuple[int, ...]) -> dict[Sources, np.ndarray]:
    """Return the Q_T of one-hot votes per point, T -> [N]; see ``components``. Exactly 0 for unanimous votes."""
    classes, models, sets = counts_NC.shape[1], len(votes_MN), sets_of(len(sizes))
    seeds = np.indices(sizes).reshape(len(sizes), -1)
    squares = {sets[-1]: (models**2 - np.square(counts_NC).sum(axis=-1)) / models**2}
    for kept in sets[:-1]:
        groups = [sizes[place] for place in kept]
        groups_M = np.asarray(np.ravel_multi_index(tuple(seeds[list(kept)]), groups))
        grouped_GNC = count_votes(votes_MN, classes, groups_M)
        apart = grouped_GNC / (models // len(grouped_GNC)) - counts_NC / models
        squares[kept] = np.einsum("gnc,gnc->n", apart, apart) / len(grouped_GNC)
    return squares


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B].

    The mode of a resample is more variable than that of the sample; the caller shifts the resamples to be centred at
    the estimates.
    """
    reference, models = ensemble.reference, ensemble.models
    counts_BM = model_counts(counts)

    def of_tile(tile: Ensemble) -> Terms:
        return elections(tile, counts_BM)._asdict() | {"together": votes_together(tile), "risk": risk_of_votes(tile)}

    means = ensemble.mean(of_tile)
    risk_B = counts_BM @ means["risk"] / models
    noise = float(reference.average(noise_of(reference))) if reference.knows_noise else 0.0
    net_variance_B = 1 - means["right"] - means["bias"]
    terms = {"risk": risk_B, "bias": means["bias"], "variance": 1 - means["main"], "net_variance": net_variance_B}
    if reference.knows_noise:
        terms["net_noise"] = means["right"] - (1 - risk_B)
    terms |= {"systematic_effect": means["central"] - noise, "variance_effect": risk_B - means["central"]}
    # Over classes and points: squares of the vote frequencies, of the distribution, and their products.
    square_B = np.einsum("bm,bm->b", counts_BM @ means["together"], counts_BM) / models**2
    square_of_distribution = float(reference.average(np.square(reference.target_NK).sum(axis=-1)))
    terms["kw_variance"] = (1 - square_B) / 2 * models / (models - 1)
    distance_B = square_B - 2 * (1 - risk_B) + square_of_distribution
    bias = "kw_bias_squared" if reference.knows_noise else "kw_bias_squared_plus_noise"
    return terms | {bias: distance_B / 2 - terms["kw_variance"] / models}


def elections(tile: Ensemble, counts_BM: np.ndarray) -> Elections:
    """Return the elections of a tile with each model weighted by its counts."""
    distribution_NC = tile.reference.target_NK
    weights_N = tile.reference.weights_N
    return hold_elections(tile.votes_MN, counts_BM, distribution_NC, are_optimal(distribution_NC), weights_N)


def votes_together(tile: Ensemble) -> np.ndarray:
    """Return the share of points at which two models vote for the same class, [M, M]."""
    cast_MNC = (tile.votes_MN[..., None] == np.arange(tile.reference.target_NK.shape[1])).astype(np.float32)
    cast = tile.reference.weighed_in_squares(cast_MNC).reshape(len(cast_MNC), -1)
    return (cast @ cast.T).astype(float) / tile.points
