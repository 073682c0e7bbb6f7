"""From a model's outputs to predictions."""

from typing import Any

import numpy as np

from biasvar.decomposition.ensemble import softmax


def outputs_are(data: Any, training: Any) -> str:
    """Return what a model's outputs are: ``values``, or of classes ``logits`` (cross-entropy) or ``scores``."""
    if data.task == "regression":
        return "values"
    return "logits" if training.kind == "sgd" else "scores"


def as_predictions(outputs: np.ndarray, kind: str) -> np.ndarray:
    """Return outputs [..., K] as predictions in float64: logits become probabilities (softmax), values stay."""
    outputs = outputs.astype(np.float64)
    return softmax(outputs) if kind == "logits" else outputs
