"""Training by stochastic gradient descent: SGD with momentum, or Adam."""

from dataclasses import dataclass, replace
from typing import ClassVar

from biasvar.settings import key
from biasvar.training.settings.training import Training


@dataclass(frozen=True)
class Sgd(Training):
    """Minimise the mean loss over mini-batches: squared error summed over outputs, or cross-entropy of labels.

    A table's targets are learnt in units of their standard deviation in the training set; outputs are in their original
    units. Weight decay is coupled (its gradient is added to the loss's), as in torch's SGD and Adam, and never on
    biases. On a CPU the compiled kernel trains multilayer perceptrons; torch trains other networks, and on other
    devices.
    """

    kind: ClassVar[str] = "sgd"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = True

    optimizer: str = key("sgd", "SGD with momentum, or Adam", choices=("sgd", "adam"))
    lr: float = key(0.05, "learning rate", above=0)
    momentum: float = key(0.9, "momentum of SGD", at_least=0, below=1, neutral=0.0)
    weight_decay: float = key(
        0.0, "coefficient of (1/2)|w|^2 beside the mean loss; never on biases", at_least=0, at_most=1e12, neutral=0.0
    )
    epochs: int = key(50, "passes over the training set", at_least=1)
    batch_size: int = key(32, "rows of a mini-batch; more than n_train means the full batch", at_least=1)
    schedule: str = key(
        "constant",
        "learning rate over the steps; inverse_sqrt: lr / sqrt(1 + floor(step / 512))",
        choices=("constant", "cosine", "inverse_sqrt"),
        neutral="constant",
    )
    dtype: str = key(
        "float32",
        "number format of training; bfloat16: of products and convolutions, with weights in float32 (torch only)",
        choices=("float32", "float64", "bfloat16"),
    )

    def shortened(self, epochs: int) -> "Sgd":
        """Return this training with at most the given number of epochs."""
        return self if self.epochs <= epochs else replace(self, epochs=epochs)
