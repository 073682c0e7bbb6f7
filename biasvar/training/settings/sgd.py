"""Training by stochastic gradient descent: SGD with momentum, Adam, or AdamW."""

from dataclasses import dataclass, replace
from typing import ClassVar

from biasvar.settings import Parts, Problem, key
from biasvar.training.modes import MODES
from biasvar.training.readouts import Readout
from biasvar.training.settings.training import Training

UNSCALED = (
    "training.predict=deterministic with model.dropout_scaling=none: where dropout is, values are 1/(1 - p) times as "
    "large in prediction as in training on average. This is the mistake that weight_scaled or inverted scaling avoids"
)

STUCK = "training.init=zeros of a network with hidden layers: no gradient reaches a weight, only the last biases learn"


@dataclass(frozen=True)
class Sgd(Training):
    """Minimise the mean loss over mini-batches: squared error summed over outputs, or cross-entropy of labels.

    A table's targets are learnt in units of their standard deviation in the training set; outputs are in their original
    units. Weight decay is coupled (its gradient is added to the loss's), as in torch's SGD and Adam, but for AdamW. By
    default it acts on weights only. On a CPU the compiled kernel trains multilayer perceptrons; torch trains other
    networks, and on other devices.
    """

    kind: ClassVar[str] = "sgd"
    numerics: ClassVar[int] = 1
    stochastic: ClassVar[bool] = True

    optimizer: str = key(
        "sgd",
        "SGD with momentum; Adam; or AdamW, which is Adam with decoupled weight decay: w = (1 - lr weight_decay) w "
        "before each step (Loshchilov, Hutter 2019)",
        choices=("sgd", "adam", "adamw"),
    )
    lr: float = key(0.05, "learning rate", above=0)
    momentum: float = key(0.9, "momentum of SGD", at_least=0, below=1, neutral=0.0)
    weight_decay: float = key(
        0.0, "coefficient of (1/2)|w|^2 beside the mean loss", at_least=0, at_most=1e12, neutral=0.0
    )
    decay: str = key(
        "weights",
        "what weight decay acts on: weights, but not biases and the scales and shifts of norms; or all of these",
        choices=("weights", "all"),
        neutral="weights",
    )
    init: str = key(
        "default",
        "initial weights: those of torch's layers, or zeros, from which only linear models can be trained",
        choices=("default", "zeros"),
        neutral="default",
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
        "number format of training; bfloat16 and tf32: of the factors in products and convolutions, with weights and "
        "sums in float32 (torch only; tf32 on a GPU only)",
        choices=("float32", "float64", "bfloat16", "tf32"),
    )

    crop: int = key(
        0,
        "pixels by which each training image is shifted at random in every epoch, at most, each way: a random crop of "
        "the image with so much padding by reflection; 0: none",
        at_least=0,
        neutral=0,
    )
    flip: str = key(
        "none",
        "mirror images of training images: random, in half of the epochs; alternating, in every other epoch from a "
        "random start (Jordan 2024)",
        choices=("none", "random", "alternating"),
        neutral="none",
    )

    bn_reestimate: bool = key(
        False,
        "whether batch norm's running means and variances are recomputed whenever a model is read: as plain averages "
        "over the batches of its training set, without dropout",
        neutral=False,
    )
    evaluate_at: tuple[int, ...] = key(
        (),
        "epochs after which models are read, each a cell of its own: [1,2,4] or log(1,200,20); 0 is the untrained "
        "network; empty: the last epoch",
        at_least=0,
        identity=False,
    )
    predict: tuple[str, ...] = key(
        ("deterministic",),
        "how networks with dropout predict, each a cell of its own: "
        + "; ".join(f"{mode}, {meaning}" for mode, meaning in MODES.items()),
        choices=MODES,
        identity=False,
    )
    mc_samples: int = key(
        20, "S, the dropout masks that training.predict=[mc] averages over", at_least=2, identity=False
    )

    @property
    def of_cells(self) -> tuple[Readout, ...]:
        """The epochs after which models are read, in ascending order, each in every mode of prediction."""
        epochs = [None if epoch == self.epochs else epoch for epoch in sorted(self.evaluate_at) or [self.epochs]]
        samples = {"mc": self.mc_samples}
        return tuple(Readout(epoch, mode, samples=samples.get(mode)) for epoch in epochs for mode in self.predict)

    @property
    def no_augmentation(self) -> str:
        """Why training images are not changed at random, or an empty text."""
        return "" if self.crop or self.flip != "none" else "training.crop = 0 and training.flip = none"

    @property
    def epochs_in_all(self) -> int:
        """How many epochs training has."""
        return self.epochs

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of the device, of what is read, and of changes of training images."""
        found = [*self.problems_of_readouts(study), *self.problems_of_images(study.data.shape)]
        if self.dtype == "tf32" and study.device == "cpu":
            what = "training.dtype = tf32 is a number format of GPUs, and device = cpu"
            found.append(Problem("training.dtype", what, "float32 or float64", "device=cuda has it"))
        return found

    def problems_of_images(self, shape: tuple[int, ...]) -> list[Problem]:
        """Return the problem of changing inputs that are no images, or shifting images by more than their side."""
        if self.no_augmentation:
            return []
        name, value = ("flip", self.flip) if self.flip != "none" else ("crop", self.crop)
        if len(shape) != 3:
            hint = "data=cifar10 and data=digits give images with data.view=images"
            what = f"training.{name} = {value} changes images, and the inputs are vectors of {shape[0]} numbers"
            return [Problem(f"training.{name}", what, hint=hint)]
        if self.crop >= min(shape[1:]):
            what = f"training.crop = {self.crop} is too much for images of {shape[1]} x {shape[2]} pixels"
            return [Problem("training.crop", what, f"at most {min(shape[1:]) - 1}")]
        return []

    def problems_of_readouts(self, study: Parts) -> list[Problem]:
        """Return the problems of what is read: epochs out of reach or listed twice, modes that the model lacks."""
        found, needs = [], f"different epochs from 0 to training.epochs = {self.epochs}"
        if max(self.evaluate_at, default=0) > self.epochs:
            found.append(Problem("training.evaluate_at", f"training.evaluate_at has {max(self.evaluate_at)}", needs))
        if len(set(self.evaluate_at)) < len(self.evaluate_at):
            found.append(Problem("training.evaluate_at", "training.evaluate_at has an epoch twice", needs))
        if self.init == "zeros" and study.model.own_module:
            what = "training.init = zeros, and model=module has initial weights of its own"
            found.append(Problem("training.init", what, "default"))
        if self.bn_reestimate and not study.model.batch_norm:
            what = f"training.bn_reestimate = true is about batch norm, and model={study.model.kind} has none"
            found.append(Problem("training.bn_reestimate", what, "a model with batch norm, or false"))
        return [*found, *self.problems_of_modes(study)]

    def problems_of_modes(self, study: Parts) -> list[Problem]:
        """Return the problem of a mode of prediction that the model does not have."""
        others = ", ".join(mode for mode in self.predict if mode != "deterministic")
        if others and study.model.own_module:
            what = f"training.predict has {others}, and model=module draws its own masks, for a batch as a whole"
            return [Problem("training.predict", what, "[deterministic]")]
        if "weight_scaled" in self.predict and dropout_scaling(study) == "inverted":
            what = "training.predict has weight_scaled, and training has divided by 1 - p already"
            needs = "deterministic and mc under model.dropout_scaling=inverted"
            return [Problem("training.predict", what, needs, "weight_scaled is for model.dropout_scaling=none")]
        return []

    def warnings(self, study: Parts) -> list[str]:
        """Return the warnings on hidden units that are larger in prediction than in training, or that learn nothing."""
        unscaled = dropout_scaling(study) == "none" and "deterministic" in self.predict
        stuck = self.init == "zeros" and not study.model.linear_in_parameters
        return [UNSCALED] * unscaled + [STUCK] * stuck

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the keys that change nothing: what weight decay acts on if there is none."""
        return super().unused_keys(study) | ({} if self.weight_decay else {"training.decay": "weight_decay = 0"})

    def shortened(self, epochs: int) -> "Sgd":
        """Return this training with at most the given number of epochs."""
        if self.epochs <= epochs:
            return self
        return replace(self, epochs=epochs, evaluate_at=tuple(one for one in self.evaluate_at if one <= epochs))


def dropout_scaling(study: Parts) -> str:
    """Return how dropout is scaled in training, or an empty text without dropout."""
    return "" if study.model.no_dropout else getattr(study.model, "dropout_scaling", "")
