"""Cross-entropy in nats: risk = noise + bias + variance about the normalised geometric mean of the probabilities.

The central prediction is softmax(mean over replicates of log p), not the arithmetic mean (Heskes 1998; Yang et al.
2020), and everything is computed from log-probabilities. Against labels alone bias and noise cannot be told apart:
bias_plus_noise.
"""

import math
from math import prod

import numpy as np

from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.components import Sources
from biasvar.decomposition.ensemble import Ensemble, by_class, from_rows, rows_of
from biasvar.decomposition.entropy import cross_entropy_of, entropy_of, log_distributions, log_sum_exp
from biasvar.decomposition.jackknife import coefficients, deleted_means
from biasvar.decomposition.losses import constants
from biasvar.decomposition.losses.dual_components import combined, left_out, sets_in, weights_of
from biasvar.decomposition.losses.dual_components import resampled as resampled_component
from biasvar.decomposition.losses.infinite import InfiniteRisk
from biasvar.decomposition.losses.james import effects
from biasvar.decomposition.noise.votes import entropy
from biasvar.decomposition.reference import Reference
from biasvar.decomposition.tiles import TILE_BYTES

TASKS = ("classification",)
TAKES = ("probabilities", "logits")
RANGES = {"variance_interaction": (-math.inf, math.inf)}
LARGEST = math.inf
SPREADS = ("variance", "variance_effect")
SHIFTS: tuple[str, ...] = ()
DRIFTS: tuple[str, ...] = ()
DECIDED: dict[str, tuple[str, ...]] = {}
MAY_BE_NEGATIVE = ("bias", "bias_plus_noise", "systematic_effect", "systematic_effect_plus_noise")
IN_ALL = True
READS_DRAWS = False
COMMITTEES = ("geometric_mean", "mean")
UNCORRECTED: tuple[str, ...] = ()
WORKS_ON = "log_probabilities_MNK"
NEARLY_NOTHING = 1e-250  # a mean of probabilities below this has lost digits to underflow
NEVER = -1e300  # stands for the logarithm of a zero probability that no term needs


def best_constant(y_nK: np.ndarray, share_n: np.ndarray) -> np.ndarray:
    """Return the log-probabilities of the class frequencies, [K]; minus infinity for a class without rows."""
    return log_distributions(constants.mean(y_nK, share_n))


def point_loss(logs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each point's log-probabilities under a label distribution or one-hot label: [N]."""
    return cross_entropy_of(target_NK, logs_NK)


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    return ensemble.mean(lambda tile: {"risk": risk_of_logs(tile)})["risk"]


def risk_of_logs(tile: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points of a tile, [M]."""
    return tile.reference.average(crossed_with_distribution(usable_logs(tile), tile.reference))


def noise_of(reference: Reference) -> np.ndarray:
    """Return the entropy of the label distribution at each point, [N]; for votes, the Miller-Madow estimate."""
    if reference.kind == "votes":
        return entropy(reference.counts_NK)
    return entropy_of(reference.target_NK)


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms and the plug-in terms per point, name -> [N] each.

    With c the normalised geometric mean: bias = KL(distribution || c) and variance = mean_r KL(c || p_r). With R
    replicates the variance is too low and the bias too high by the same amount, which falls as 1/R: the jackknife
    removes it.

    Raises
    ------
    ValueError
        Where a probability is zero whose logarithm is needed.
    """
    reference, logs_MNK = ensemble.reference, usable_logs(ensemble)
    mean_NK = logs_MNK.mean(axis=0)
    log_z_N, risk_N = log_sum_exp(mean_NK), crossed_with_distribution(mean_NK, reference)
    distribution_entropy_N = entropy_of(reference.target_NK)
    plug_in = {"bias": risk_N + log_z_N - distribution_entropy_N, "variance": -log_z_N}
    totals = {s: jackknifed_log_z(logs_MNK, ensemble.sizes, s) for s in [(), *sets_in(ensemble.sources)]}
    variance_N = -totals[()]
    # The risk is linear in log p, so the jackknife leaves it unchanged.
    bias_N = plug_in["bias"] - (variance_N - plug_in["variance"])
    points = {"risk": risk_N, "variance": variance_N} | combined(totals, ensemble.sources)
    if not reference.knows_noise:
        points |= {"bias_plus_noise": bias_N} | effects(risk_N, risk_N - variance_N, None)
        points["residual"] = risk_N - bias_N - variance_N
        return points, {"bias_plus_noise": plug_in["bias"], "variance": plug_in["variance"]}
    noise_N = noise_of(reference)
    points |= {"noise": noise_N, "bias": bias_N - (noise_N - distribution_entropy_N)}
    points |= effects(risk_N, risk_N - variance_N, noise_N)
    points["residual"] = risk_N - noise_N - points["bias"] - variance_N
    return points, plug_in | {"noise": distribution_entropy_N}


def crossed_with_distribution(logs: np.ndarray, reference: Reference) -> np.ndarray:
    """Return -sum_k d_k log p_k of log-probabilities [..., N, K]: [..., N]."""
    return cross_entropy_of(by_class(reference.target_NK), logs)


def jackknifed_log_z(logs_MNK: np.ndarray, sizes: tuple[int, ...], kept: Sources = ()) -> np.ndarray:
    """Return the jackknife estimate of log Z, [N]: each deletion has its own geometric mean.

    Geometric means are over all models, or over those with the same seeds of some ``kept`` sources: then log Z is
    averaged over these seeds, see ``dual_components``.
    """
    logs_MKN = np.swapaxes(logs_MNK, 1, 2)  # their order in memory
    if kept:
        rest = tuple(place for place in range(len(sizes)) if place not in kept)
        grid = logs_MKN.reshape(*sizes, *logs_MKN.shape[1:])
        grid = np.moveaxis(grid, kept, range(len(kept)))
        sizes = tuple(sizes[place] for place in rest)
        by_seed = grid.reshape(-1, prod(sizes), *logs_MKN.shape[1:])
        return np.mean([jackknifed_log_z(np.swapaxes(one, 1, 2), sizes) for one in by_seed], axis=0)
    if logs_MKN.min() > NEVER:
        deleted_DKN = deleted_means(logs_MKN, sizes)
    else:
        # Sums that contain a huge number have no digits left for the rest.
        never = logs_MKN == NEVER
        deleted_DKN = deleted_means(np.where(never, 0.0, logs_MKN), sizes)
        deleted_DKN[deleted_means(never.astype(float), sizes) > 1e-9] = NEVER
    log_z_DN = log_sum_exp(np.swapaxes(deleted_DKN, 1, 2))
    return np.sum(coefficients(sizes)[:, None] * log_z_DN, axis=0)


def usable_logs(ensemble: Ensemble) -> np.ndarray:
    """Return log-probabilities [M, N, K], with zeros that no term needs replaced by very small numbers."""
    logs = ensemble.log_probabilities_MNK
    return logs if logs.min() > -np.inf else np.where(np.isneginf(logs), NEVER, logs)


def check_outputs(ensemble: Ensemble) -> None:
    """Raise for zero probabilities whose logarithm is needed.

    Raises
    ------
    InfiniteRisk
        Where a class with a positive label probability, or every class of a point, has probability zero in some model.
    """
    nothing = -np.inf if ensemble.outputs_are == "logits" else 0
    if ensemble.outputs.range[0] > nothing:
        return
    distribution_NK, needed, nowhere = ensemble.reference.target_NK, [], []
    for tile in ensemble.in_tiles(lambda tile: tile):
        zero = tile.outputs.at(slice(None)) == nothing
        needed += [
            (model, tile.first + point, k)
            for model, point, k in np.argwhere(zero & (tile.reference.target_NK > 0)).tolist()
        ]
        nowhere += [tile.first + point for point in np.flatnonzero(np.all(zero.any(axis=0), axis=1)).tolist()]
    if needed:
        model, point, k = min(needed)
        points = {point for _, point, _ in needed}
        raise InfiniteRisk(
            f"predictions: {len(needed)} probabilities are 0 where their logarithm is needed, the first of model "
            f"{model} at point {point} for class {k}, whose label share is {distribution_NK[point, k]:g}: the "
            "cross-entropy is infinite; pass logits, or smooth the probabilities",
            "cross_entropy",
            len(points),
            min(points),
        )
    if nowhere:
        raise InfiniteRisk(
            f"predictions: at point {nowhere[0]} every class has probability 0 in some model, so the geometric mean "
            "does not exist; pass logits, or smooth the probabilities",
            "cross_entropy",
            len(nowhere),
            nowhere[0],
        )


def weighted_terms(logs_MNK: np.ndarray, reference: Reference, weights_BM: np.ndarray) -> dict[str, np.ndarray]:
    """Return risk and variance at each point under weightings of the models, name -> [B, N].

    With l the weighted mean of log p and Z = sum_k exp(l_k): log c = l - log Z, variance = -log Z (since
    mean_r KL(c || p_r) = sum_k c_k (log c_k - l_k)), risk = -sum_k d_k l_k.
    """
    mean_BNK = from_rows(weights_BM @ rows_of(logs_MNK), logs_MNK.shape[-1])
    return {"risk": crossed_with_distribution(mean_BNK, reference), "variance": -log_sum_exp(mean_BNK)}


def log_means(tile: Ensemble, weights_BM: np.ndarray) -> np.ndarray:
    """Return log sum_m w_m p_m, the log of the mean probabilities under weightings of the models: [B, N, K].

    A mean near one is computed from the members' distances from one. Where the probabilities are too small to be
    summed, their logarithms are used.
    """
    logs_MNK = usable_logs(tile)
    rows = rows_of(logs_MNK)
    means, lacks = weights_BM @ np.exp(rows), weights_BM @ -np.expm1(rows)
    with np.errstate(divide="ignore"):
        logs = np.where(lacks < 0.5, np.log1p(-np.minimum(lacks, 0.5)), np.log(means))
    far = means < NEARLY_NOTHING
    for committee in np.flatnonzero(far.any(axis=1)):
        members, here = np.flatnonzero(weights_BM[committee]), far[committee]
        terms = np.log(weights_BM[committee, members])[:, None] + rows[np.ix_(members, here)]
        logs[committee, here] = log_sum_exp(terms.T)
    return from_rows(logs, logs_MNK.shape[-1])


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B]."""
    weights_BM = model_counts(counts) / ensemble.models

    def of_tile(tile: Ensemble) -> dict[str, np.ndarray]:
        components = left_out(usable_logs(tile), tile.sizes, tile.sources, tile.reference.average)
        return {"variance": resampled_variance(tile, weights_BM), "risk": risk_of_logs(tile)} | components

    means = ensemble.mean(of_tile)
    variance_B, risk_B = means["variance"], weights_BM @ means["risk"]  # the risk is linear in log p
    bias_B = risk_B - variance_B - float(ensemble.reference.average(entropy_of(ensemble.reference.target_NK)))
    end = "" if ensemble.reference.knows_noise else "_plus_noise"
    terms = {"risk": risk_B, "variance": variance_B, f"bias{end}": bias_B}
    terms |= {f"systematic_effect{end}": bias_B, "variance_effect": variance_B}
    components = weights_of(ensemble.sources)
    return terms | {name: resampled_component(means[name], counts, ensemble.sources) for name in components}


def resampled_variance(tile: Ensemble, weights_BM: np.ndarray) -> np.ndarray:
    """Return the mean variance over the points of a tile under each weighting of its models, [B]."""
    logs = usable_logs(tile)
    rows, classes = rows_of(logs), logs.shape[-1]
    step = max(TILE_BYTES // (8 * rows.shape[1]), 1)
    starts = range(0, len(weights_BM), step)
    found = [log_sum_exp(from_rows(weights_BM[start : start + step] @ rows, classes)) for start in starts]
    return -np.concatenate([tile.reference.average(log_z_bN) for log_z_bN in found])
