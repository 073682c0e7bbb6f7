"""From a model's outputs to predictions."""

import numpy as np


def as_predictions(outputs: np.ndarray, outputs_are: str) -> np.ndarray:
    """Return outputs [..., K] as predictions in float64: logits become probabilities (softmax), values stay."""
    outputs = outputs.astype(np.float64)
    if outputs_are == "values":
        return outputs
    weights = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
