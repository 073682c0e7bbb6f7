"""Zero-one loss: risk = c1 noise + bias + c2 variance, with c1 and c2 of each point (Domingos 2000).

The main prediction is the mode over replicates; ties are broken by a seeded draw per point and class. The mode of R
votes is a biased estimate of the population's mode, so the bias here is high where R is small.
"""

import numpy as np

from biasvar import seeds

TASKS = ("classification",)
TILE = 50  # resamples voted on at once: bounds the memory of [B, N, C] votes


def point_loss(outputs_NK: np.ndarray, target_NK: np.ndarray) -> np.ndarray:
    """Return the expected zero-one loss of each point's largest output under a label law or one-hot label: [N]."""
    chosen_N1 = np.argmax(outputs_NK, axis=-1)[..., None]
    target_NK = np.broadcast_to(target_NK, outputs_NK.shape)
    return 1 - np.take_along_axis(target_NK, chosen_N1, axis=-1)[..., 0]


def law_noise(law_NK: np.ndarray) -> np.ndarray:
    """Return the Bayes error of each point: 1 - max_c p_c, axis [N]."""
    return 1 - law_NK.max(axis=-1)


def tie_breaks(points: int, classes: int) -> np.ndarray:
    """Return a seeded number in [0, 1/2) per point and class, [N, C]: added to whole votes it decides only ties."""
    counter = np.arange(points * classes, dtype=np.uint64).reshape(points, classes)
    return seeds.draw_uniform(seeds.key(0, "estimation", 1), counter) / 2


def parts_of_votes(votes: np.ndarray, law_NC: np.ndarray) -> dict[str, np.ndarray]:
    """Return the terms per point from vote counts [..., N, C] and the label law [N, C]: name -> [..., N].

    With q the shares of votes, p the law, f* = argmax p and m the main prediction:
    noise = 1 - p(f*), bias = [m != f*], variance = 1 - q(m); c2 = 1 where unbiased, else -q(f*) / (1 - q(m)), so
    net_variance = c2 variance = 1 - q(f*) - bias; and net_noise = c1 noise = q(f*) (1 - p(f*)) - sum_{c != f*} q_c p_c.
    """
    share = votes / votes.sum(axis=-1, keepdims=True)
    main = np.argmax(votes + tie_breaks(*law_NC.shape), axis=-1)
    optimal_N = np.argmax(law_NC, axis=-1)
    right = np.take_along_axis(share, np.broadcast_to(optimal_N, main.shape)[..., None], axis=-1)[..., 0]
    noise_N = law_noise(law_NC)
    agreement = np.einsum("...nc,nc->...n", share, law_NC)
    bias = (main != optimal_N).astype(float)
    return {
        "risk": 1 - agreement,
        "noise": noise_N,
        "net_noise": right * noise_N - (agreement - right * (1 - noise_N)),
        "bias": bias,
        "variance": 1 - np.take_along_axis(share, main[..., None], axis=-1)[..., 0],
        "net_variance": 1 - right - bias,
    }


def count_votes(predictions_RNC: np.ndarray) -> np.ndarray:
    """Return each replicate's vote as one-hot rows [R, N, C]."""
    return np.argmax(predictions_RNC, axis=-1)[..., None] == np.arange(predictions_RNC.shape[-1])


def terms(predictions_RNC: np.ndarray, law_NC: np.ndarray, noise_N: np.ndarray | None) -> tuple[dict, dict]:
    """Return the terms per point, and no plug-in means, since none of these estimates is corrected.

    Without known noise the label stands for the optimal prediction, and noise is left out.
    """
    votes_RNC = count_votes(predictions_RNC)
    points = parts_of_votes(votes_RNC.sum(axis=0), law_NC)
    risk_N = point_loss(predictions_RNC, law_NC).mean(axis=0)
    points |= {"risk": risk_N, "residual": risk_N - points["net_noise"] - points["bias"] - points["net_variance"]}
    return {name: points[name] for name in points if noise_N is not None or "noise" not in name}, {}


def resampled_terms(
    predictions_RNC: np.ndarray, law_NC: np.ndarray, noise_N: np.ndarray | None, counts_BR: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the mean of each term over points under each resample of the replicates: name -> [B].

    The mode of a resample is more variable than that of the sample, so the resamples are moved to be centred at the
    estimate.
    """
    replicates, points, classes = predictions_RNC.shape
    votes = count_votes(predictions_RNC).reshape(replicates, -1).astype(np.float32)
    tiles = []
    for start in range(0, len(counts_BR), TILE):
        tile_BNC = (counts_BR[start : start + TILE].astype(np.float32) @ votes).reshape(-1, points, classes)
        tiles.append({name: term.mean(axis=-1) for name, term in parts_of_votes(tile_BNC, law_NC).items()})
    estimates = parts_of_votes(votes.sum(axis=0).reshape(points, classes), law_NC)
    resampled = {}
    for name in ["risk", "bias", "variance", "net_variance"] + (["net_noise"] if noise_N is not None else []):
        term_B = np.concatenate([tile[name] for tile in tiles])
        resampled[name] = term_B - term_B.mean() + estimates[name].mean()
    return resampled
