"""From a model's outputs to predictions."""

from typing import Any

import numpy as np

from biasvar.decomposition.entropy import log_distributions, log_softmax, softmax


def outputs_are(data: Any, model: Any, training: Any) -> str:
    """Return the kind of a model's outputs: ``values``, or for classes what the model says.

    Otherwise they are ``logits`` if it is trained with cross-entropy, else ``scores``.
    """
    if data.task == "regression":
        return "values"
    return model.class_outputs or ("logits" if training.kind == "sgd" else "scores")


def as_predictions(outputs: np.ndarray, kind: str, loss: str) -> np.ndarray:
    """Return outputs [..., K] in float64 in the form that ``point_loss`` of a loss takes.

    Logits become probabilities, and both log-probabilities under cross-entropy; values are unchanged.
    """
    outputs = outputs.astype(np.float64)
    if kind == "probabilities" and loss == "cross_entropy":
        return log_distributions(outputs)
    if kind != "logits":
        return outputs
    return log_softmax(outputs) if loss == "cross_entropy" else softmax(outputs)
