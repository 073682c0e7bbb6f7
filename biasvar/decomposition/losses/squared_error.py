"""Squared error: risk = noise + bias squared + variance, with unbiased parts (Geman, Bienenstock, Doursat 1992).

Multi-output predictions (class probabilities against a label distribution or one-hot labels) are summed over outputs.
"""

import math

import numpy as np

from biasvar.decomposition import components as parts
from biasvar.decomposition.components import total
from biasvar.decomposition.ensemble import Ensemble, by_class
from biasvar.decomposition.gram import Gram, gram_of
from biasvar.decomposition.losses import constants
from biasvar.decomposition.noise.votes import squared_error_noise
from biasvar.decomposition.reference import Reference
from biasvar.decomposition.terms import NESTED, component_names

TASKS = ("regression", "classification")
TAKES = ("values", "scores", "probabilities", "logits")
IN_ALL = True
READS_DRAWS = False
COMMITTEES = ("mean",)
UNCORRECTED: tuple[str, ...] = ()
WORKS_ON = "predictions_MNK"
RANGES: dict[str, tuple[float, float]] = {}
LARGEST = math.inf
SPREADS = ("variance", "variance_effect")
SHIFTS: tuple[str, ...] = ()
DRIFTS: tuple[str, ...] = ()
DECIDED: dict[str, tuple[str, ...]] = {}
MAY_BE_NEGATIVE = ("bias_squared", "bias_squared_plus_noise", "systematic_effect", "systematic_effect_plus_noise")
best_constant = constants.mean


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the squared error of each point, summed over outputs: [N]."""
    return np.sum((outputs_NK - target_NK) ** 2, axis=-1)


def risk_of_models(ensemble: Ensemble) -> np.ndarray:
    """Return the mean risk of each model over the points, [M]."""
    reference = ensemble.reference
    loss_M = ensemble.mean(lambda tile: {"loss": losses_of_models(tile)})["loss"]
    return loss_M + (reference.average(noise_of(reference) - sampling_of(reference)) if reference.knows_noise else 0.0)


def losses_of_models(tile: Ensemble) -> np.ndarray:
    """Return the mean squared error of each model over the points of a tile, [M]."""
    errors_MNK = tile.reference.weighed_in_squares(errors_of(tile))
    return np.einsum("mnk,mnk->m", errors_MNK, errors_MNK) / errors_MNK.shape[1]


def errors_of(ensemble: Ensemble) -> np.ndarray:
    """Return predictions less target, [M, N, K]."""
    return ensemble.predictions_MNK - by_class(ensemble.reference.target_NK)


def noise_of(reference: Reference) -> np.ndarray:
    """Return the noise of each point, [N]: given, or sum_k p_k (1 - p_k) of one-hot labels.

    From n votes it is n / (n - 1) times that of their frequencies.
    """
    if reference.kind == "optimum":
        return reference.noise_N
    if reference.kind == "votes":
        return squared_error_noise(reference.counts_NK)
    return np.sum(reference.target_NK * (1 - reference.target_NK), axis=-1)


def sampling_of(reference: Reference) -> np.ndarray:
    """Return the squared error of the target itself at each point, [N]: noise / n if estimated from n votes."""
    if reference.kind == "votes":
        return squared_error_noise(reference.counts_NK) / reference.counts_NK.sum(axis=1)
    return np.zeros(len(reference.target_NK))


def estimate(ensemble: Ensemble) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the terms and the plug-in terms per point, name -> [N] each.

    In a joint design, with m the mean over replicates and divisor R - 1 in the variance, at every point:
    variance = sum_k var_r(f_k); bias_squared = sum_k (m_k - f*_k)^2 - variance / R, which is unbiased and may be
    negative; risk = noise + mean_r sum_k (f_k - f*_k)^2 = noise + bias_squared + variance, to rounding. In a crossed
    design the variance is the sum of its components (see ``components``), and bias_squared is lowered by
    V_data / I + V_init / J + V_int / (IJ). Where f* is the shares of n votes its own error, noise / n, is taken off
    too. Without known noise the target is a label, and what would be bias_squared holds the noise:
    bias_squared_plus_noise.
    """
    reference, sizes = ensemble.reference, ensemble.sizes
    squares = parts.marginal_squares(ensemble.predictions_MNK, sizes, by_class(reference.target_NK))
    components = parts.variance_components(squares, sizes)
    everything = tuple(range(len(sizes)))
    points = {"variance": total(components.values())}
    points["variance_effect"] = points["variance"]
    bias_N = squares[()] - parts.variance_of_the_mean(components, sizes)
    if reference.knows_noise:
        noise_N = noise_of(reference)
        sampling_N = sampling_of(reference)
        points |= {"noise": noise_N, "bias_squared": bias_N - sampling_N, "systematic_effect": bias_N - sampling_N}
        points["risk"] = squares[()] + squares[everything] - sampling_N + noise_N
        points["residual"] = points["risk"] - noise_N - points["bias_squared"] - points["variance"]
    else:
        points |= {
            "risk": squares[()] + squares[everything],
            "bias_squared_plus_noise": bias_N,
            "systematic_effect_plus_noise": bias_N,
        }
        points["residual"] = points["risk"] - bias_N - points["variance"]
    points |= named_components(components, ensemble.sources)
    bias = "bias_squared" if reference.knows_noise else "bias_squared_plus_noise"
    return points, {bias: squares[()], "variance": squares[everything]}


def named_components(components: dict[parts.Sources, np.ndarray], sources: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return the components of a crossed design by name; see ``component_sets``."""
    return {name: total(components[s] for s in sets) for name, sets in component_sets(sources).items()}


def component_sets(sources: tuple[str, ...]) -> dict[str, list[parts.Sources]]:
    """Return the sets of sources that each named component sums over; none in a joint design.

    A crossed design has one for each source, the sum of all interactions, with three sources or more each of these, and
    what each source adds to those before it. In a nested design the numbering of inner sets means nothing, so that
    their main effect is 0: its unbiased estimate and that of the interaction add up to the pooled variance within outer
    sets, sum_i (variance within i) / I.
    """
    if len(sources) == 1:
        return {}
    if sources == NESTED:
        return {"variance_outer": [(0,)], "variance_inner": [(1,), (0, 1)]}
    each = [[one] for one in parts.sets_of(len(sources))]
    own, mixed = each[: len(sources)], each[len(sources) :]
    interactions = mixed if len(sources) > 2 else []
    levels = [[s for s in parts.sets_of(place + 1) if place in s] for place in range(1, len(sources))]
    sets = [*own, [one for (one,) in mixed], *interactions, *levels]
    return dict(zip(component_names(sources), sets, strict=True))


def gram(ensemble: Ensemble) -> Gram:
    """Return the Gram matrix of the ensemble's errors."""

    def of_tile(tile: Ensemble) -> dict[str, np.ndarray]:
        weighed, target_NK = tile.reference.weighed_in_squares, by_class(tile.reference.target_NK)
        return vars(gram_of(weighed(tile.predictions_MNK), weighed(target_NK)))

    means = ensemble.mean(of_tile)
    return Gram(means["centred_MM"], means["along_M"], float(means["squared_mean"]))


def resampled(ensemble: Ensemble, counts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the seeds of each source: name -> [B].

    A resample holds copies of the same seed, which lowers its variance; the caller shifts the resamples to be centred
    at the estimates.
    """
    sizes = ensemble.sizes
    squares, mean_B = gram(ensemble).marginal_squares(counts)
    components = parts.variance_components(squares, sizes)
    bias_B = mean_B - parts.variance_of_the_mean(components, sizes)
    everything = tuple(range(len(sizes)))
    end = "" if ensemble.reference.knows_noise else "_plus_noise"
    variance_B = total(components.values())
    terms = {"risk": mean_B + squares[everything], f"bias_squared{end}": bias_B, "variance": variance_B}
    terms |= {f"systematic_effect{end}": bias_B, "variance_effect": variance_B}
    return terms | named_components(components, ensemble.sources)
