"""Linear regression on the first p inputs."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.data.source import Source
from biasvar.models.linear_in_parameters import LinearInParameters
from biasvar.settings import key

INTERCEPT = key(
    None,
    "whether there is an unpenalised intercept; null: one unless the data's distribution has mean zero (data=linear)",
)


@dataclass(frozen=True)
class Linear(LinearInParameters):
    """f(x) = x_1 w_1 + ... + x_p w_p: a model that sees only the first p inputs (Belkin, Hsu, Xu 2019)."""

    kind: ClassVar[str] = "linear"

    features: int = key(10, "p, the inputs that the model sees", at_least=0)
    intercept: bool | None = INTERCEPT
    dropout: float = key(  # type: ignore[misc]
        0.0,
        "p, the rate at which inputs are zeroed in training, the others being divided by 1 - p; training=exact "
        "averages over all masks",
        at_least=0,
        below=1,
        hint="p=1 drops every input; the model is constant",
        neutral=0.0,
    )

    @property
    def no_dropout(self) -> str:
        """Why training has no dropout, or an empty text."""
        return "" if self.dropout > 0 else "model.dropout = 0"

    def feature_matrix(self, x_nD: np.ndarray, size: int, init_seed: np.random.SeedSequence) -> np.ndarray:
        """Return the first ``size`` inputs: [n, size]."""
        return x_nD[:, :size]

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        if len(data.shape) == 1 and self.features > data.shape[0]:
            return f"model.features = {self.features} is more than the {data.shape[0]} inputs of data={data.kind}"
        return super().incompatibility(data)
