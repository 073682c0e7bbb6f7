"""The one way in: from predictions and a target to noise, bias and variance."""

from types import ModuleType

import numpy as np

from biasvar.decomposition import squared_error, zero_one
from biasvar.decomposition.interval import resample_counts
from biasvar.decomposition.result import Decomposition

LOSSES: dict[str, ModuleType] = {"squared_error": squared_error, "zero_one": zero_one}


def decompose(
    predictions: np.ndarray,
    target: np.ndarray,
    *,
    loss: str = "squared_error",
    noise: np.ndarray | float | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> Decomposition:
    """Decompose the risk of R replicates at N points.

    Parameters
    ----------
    predictions
        [R, N] numbers, or [R, N, K] outputs: regression values, or class probabilities (squared error) or any scores
        whose largest is the prediction (zero-one); under zero-one also [R, N] labels, any integers or strings.
    target
        What the predictions are measured against: f*(x) as [N] or [N, K] with its ``noise``; a label law [N, K], rows
        summing to one, whose noise follows; or labels, [N], one a point, whose noise is not known.
    loss
        ``squared_error`` or ``zero_one``.
    noise
        Variance of the labels given x, [N] or one number; squared error only.
    resamples
        Bootstrap resamples of the replicates behind ``interval``.

    Returns
    -------
    Decomposition
        Whose ``reference`` says what bias is measured against: ``law`` or ``labels``. Against labels alone squared
        error has ``bias_squared_plus_noise`` and no ``bias_squared``.

    Raises
    ------
    ValueError
        For shapes that do not fit, values that are not finite, fewer than two replicates, or an unknown loss.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss = {loss!r} is not known; choose one of {', '.join(LOSSES)}")
    predictions, target = np.asarray(predictions), np.asarray(target)
    check_shapes(predictions, target)
    if loss == "zero_one" and predictions.ndim == 2:
        predictions, target = encode_labels(predictions, target)
    predictions_RNK = predictions.astype(float).reshape(*predictions.shape[:2], -1)
    check_finite("predictions", predictions_RNK)
    target_NK, noise_N = reference_of(target, noise, predictions_RNK.shape[-1], LOSSES[loss])
    counts_BR = resample_counts(len(predictions), resamples, seed)
    points, plug_in = LOSSES[loss].terms(predictions_RNK, target_NK, noise_N)
    return Decomposition(
        loss=loss,
        reference="labels" if noise_N is None else "law",
        replicates=len(predictions),
        points=points,
        plug_in=plug_in,
        resamples=LOSSES[loss].resampled_terms(predictions_RNK, target_NK, noise_N, counts_BR),
    )


def check_shapes(predictions: np.ndarray, target: np.ndarray) -> None:
    """Refuse arrays that do not fit each other, and a single replicate."""
    if predictions.ndim not in (2, 3):
        raise ValueError(f"predictions have shape {predictions.shape}; expected [R, N] or [R, N, K]")
    if len(predictions) < 2:
        raise ValueError(f"predictions hold {len(predictions)} replicate; variance needs at least 2")
    if target.ndim not in (1, 2) or len(target) != predictions.shape[1]:
        raise ValueError(f"target has shape {target.shape}; expected [N] or [N, K] with N = {predictions.shape[1]}")
    if target.ndim == 2 and predictions.ndim == 3 and target.shape[1] != predictions.shape[2]:
        raise ValueError(f"target has {target.shape[1]} outputs and predictions have {predictions.shape[2]}")


def check_finite(name: str, values: np.ndarray) -> None:
    """Refuse NaN and infinite values, and say where the first one is."""
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        raise ValueError(f"{name} have {len(bad)} values that are not finite, the first at {tuple(map(int, bad[0]))}")


def encode_labels(predictions_RN: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return label predictions [R, N] as one-hot votes [R, N, C], and labels [N] as class numbers.

    Against a label law [N, K] the labels must be its column numbers.
    """
    if target.ndim == 2:
        classes = np.arange(target.shape[1])
        if not np.isin(predictions_RN, classes).all():
            raise ValueError(
                f"label predictions against a law of {len(classes)} classes must be 0 to {len(classes) - 1}"
            )
        return predictions_RN[..., None] == classes, target
    classes = np.unique(np.concatenate([predictions_RN.ravel(), target]))
    return predictions_RN[..., None] == classes, np.searchsorted(classes, target)


def reference_of(
    target: np.ndarray, noise: np.ndarray | float | None, outputs: int, loss: ModuleType
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the target as [N, K] and its noise as [N], None where each point has a label only."""
    if target.ndim == 1 and outputs > 1:
        if not np.issubdtype(target.dtype, np.integer) or target.min() < 0 or target.max() >= outputs:
            raise ValueError(f"labels must be integers from 0 to {outputs - 1}, as predictions have {outputs} outputs")
        return np.eye(outputs)[target], None
    target_NK = target.astype(float).reshape(len(target), -1)
    check_finite("targets", target_NK)
    if noise is not None:
        return target_NK, np.broadcast_to(np.asarray(noise, float), len(target_NK))
    is_law = outputs > 1 and target_NK.min() >= 0 and np.allclose(target_NK.sum(axis=1), 1, rtol=0, atol=1e-9)
    return target_NK, loss.law_noise(target_NK) if is_law else None
