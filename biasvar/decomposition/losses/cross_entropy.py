"""Cross-entropy in nats: risk = noise + bias + variance about the normalised geometric mean of the probabilities.

The central prediction is softmax(mean over replicates of log p), not the arithmetic mean (Heskes 1998; Yang et al.
2020), and everything is computed from log-probabilities. Against labels alone bias and noise cannot be told apart:
bias_plus_noise.
"""

import numpy as np

from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.ensemble import Ensemble
from biasvar.decomposition.jackknife import deletions
from biasvar.decomposition.losses.james import effects
from biasvar.decomposition.noise.votes import entropy
from biasvar.decomposition.reference import Reference

TASKS = ("classification",)
TAKES = ("probabilities", "logits")
IN_ALL = True
TILE = 50  # weightings at once: bounds the memory of [B, N, K]
SMALLEST = 1e-300  # a probability that has underflowed counts as this one in a training risk
NEVER = -1e300  # the logarithm of a zero probability that no term needs


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of each point's probabilities under a label law or one-hot label: [N]."""
    logs_NK = np.log(np.maximum(outputs_NK, SMALLEST))
    return -np.sum(np.where(target_NK > 0, target_NK * logs_NK, 0.0), axis=-1)


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    law_NK = ensemble.reference.target_NK
    return np.array(
        [-np.where(law_NK > 0, law_NK * logs_NK, 0.0).sum(axis=-1).mean() for logs_NK in usable_logs(ensemble)]
    )


def noise_of(reference: Reference) -> np.ndarray:
    """Return the entropy of the label law at each point, [N]; after Miller and Madow where it is known from votes."""
    if reference.kind == "votes":
        return entropy(reference.counts_NK)
    return entropy_of(reference.target_NK)


def entropy_of(law_NK: np.ndarray) -> np.ndarray:
    """Return -sum_k p_k log p_k, axis [N]."""
    return -np.sum(law_NK * np.log(np.where(law_NK > 0, law_NK, 1.0)), axis=-1)


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms and the plug-in terms per point, name -> [N] each.

    With c the normalised geometric mean: bias = KL(law || c) and variance = mean_r KL(c || p_r). At R replicates the
    variance is low and the bias high by the same amount, which falls as 1/R: the jackknife takes it off.

    Raises
    ------
    ValueError
        Where a probability is zero whose logarithm is needed.
    """
    reference = ensemble.reference
    logs = usable_logs(ensemble)
    weights_DM, coefficients_D = deletions(ensemble.sizes)
    corrected = dict.fromkeys(("bias", "variance"), np.zeros(len(reference.target_NK)))
    for tile, terms in weighted_terms(logs, reference.target_NK, weights_DM):
        corrected = {name: corrected[name] + coefficients_D[tile] @ terms[name] for name in corrected}
    plug_in_terms = next(weighted_terms(logs, reference.target_NK, weights_DM[:1]))[1]
    plug_in = {name: plug_in_terms[name][0] for name in ("bias", "variance")}
    risk_N, variance_N = plug_in_terms["risk"][0], corrected["variance"]
    law_entropy_N = entropy_of(reference.target_NK)
    points = {"risk": risk_N, "variance": variance_N}
    if not reference.knows_noise:
        points |= {"bias_plus_noise": corrected["bias"]} | effects(risk_N, risk_N - variance_N, None)
        points["residual"] = risk_N - corrected["bias"] - variance_N
        return points, {"bias_plus_noise": plug_in["bias"], "variance": plug_in["variance"]}
    noise_N = noise_of(reference)
    points |= {"noise": noise_N, "bias": corrected["bias"] - (noise_N - law_entropy_N)}
    points |= effects(risk_N, risk_N - variance_N, noise_N)
    points["residual"] = risk_N - noise_N - points["bias"] - variance_N
    return points, plug_in | {"noise": law_entropy_N}


def usable_logs(ensemble: Ensemble) -> np.ndarray:
    """Return log-probabilities [M, N, K] in which zeros that no term needs are very small numbers.

    Raises
    ------
    ValueError
        Where a class that has a share of the label law, or every class of a point, has probability zero in some model.
    """
    logs, law_NK = ensemble.log_probabilities_MNK, ensemble.reference.target_NK
    zero = np.isneginf(logs)
    if not zero.any():
        return logs
    needed = np.argwhere(zero & (law_NK > 0))
    if len(needed):
        model, point, k = map(int, needed[0])
        raise ValueError(
            f"predictions: {len(needed)} probabilities are 0 where their logarithm is needed, the first of model "
            f"{model} at point {point} for class {k}, whose label share is {law_NK[point, k]:g}: the cross-entropy is "
            "infinite; pass logits, or smooth the probabilities"
        )
    nowhere = np.flatnonzero(np.all(zero.any(axis=0), axis=1))
    if len(nowhere):
        raise ValueError(
            f"predictions: at point {nowhere[0]} every class has probability 0 in some model, so the geometric mean "
            "does not exist; pass logits, or smooth the probabilities"
        )
    return np.where(zero, NEVER, logs)


def weighted_terms(logs_MNK: np.ndarray, law_NK: np.ndarray, weights_BM: np.ndarray):
    """Yield (slice of weightings, terms under them: name -> [b, N]) tile by tile.

    With l the weighted mean of log p and Z = sum_k exp(l_k): log c = l - log Z, variance = -log Z (since
    mean_r KL(c || p_r) = sum_k c_k (log c_k - l_k)), bias = KL(law || c), risk = -sum_k law_k l_k.
    """
    models, points, classes = logs_MNK.shape
    flat = logs_MNK.reshape(models, -1)
    entropy_N = entropy_of(law_NK)
    for start in range(0, len(weights_BM), TILE):
        tile = slice(start, start + TILE)
        mean_bNK = (weights_BM[tile] @ flat).reshape(-1, points, classes)
        largest_bN1 = mean_bNK.max(axis=-1, keepdims=True)
        log_z_bN = largest_bN1[..., 0] + np.log(np.exp(mean_bNK - largest_bN1).sum(axis=-1))
        risk_bN = -np.where(law_NK > 0, law_NK * mean_bNK, 0.0).sum(axis=-1)
        yield tile, {"risk": risk_bN, "variance": -log_z_bN, "bias": risk_bN + log_z_bN - entropy_N}


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B]."""
    weights_BM = model_counts(counts) / ensemble.models
    terms = weighted_terms(usable_logs(ensemble), ensemble.reference.target_NK, weights_BM)
    means = [{name: term.mean(axis=-1) for name, term in tile.items()} for _, tile in terms]
    found = {name: np.concatenate([tile[name] for tile in means]) for name in ("risk", "variance", "bias")}
    bias_B = found.pop("bias")
    end = "" if ensemble.reference.knows_noise else "_plus_noise"
    return found | {f"bias{end}": bias_B, f"systematic_effect{end}": bias_B, "variance_effect": found["variance"]}
