"""The interface of data sources."""

from abc import ABC, abstractmethod
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from biasvar.data.rows import Evaluation, Rows
from biasvar.settings import Part, Parts

if TYPE_CHECKING:
    from biasvar.data.resampling.scheme import Scheme

SELDOM = 0.05  # share of training sets lacking some class from which on a warning is given


class Source(Part, ABC):
    """A frozen settings class of a data source, from which (x, y) come.

    Laws: ``evaluation`` and ``pool`` depend on the seed alone; ``fit_view`` depends on the training set alone; two
    sources with the same ``fingerprint`` and identity give the same numbers. Sources with a known distribution also
    have ``draw(inputs, noise, n) -> Rows`` from two seed sequences, whose first rows do not depend on n.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int] = 1  # raised by hand when a correction changes the numbers of members that train on it
    has_distribution: ClassVar[bool]  # whether fresh rows can be drawn, and noise and f* are known
    centred: ClassVar[bool] = False  # whether inputs and targets have mean zero, so that no intercept is needed
    has_holes: ClassVar[bool] = False  # whether inputs may be missing: NaN, which ``fit_view`` replaces
    at_training_inputs: bool = False  # whether the training inputs of a fixed design are the evaluation points
    annotations: ClassVar[str] = ""  # the noise reference that uses human annotations of the evaluation points

    n_train: int
    n_eval: int
    label_noise: float = 0.0  # the rate at which training labels are flipped

    @property
    def has_noisy_labels(self) -> bool:
        """Whether some training labels differ from those that the data publishes, or that it drew."""
        return self.label_noise > 0

    @property
    @abstractmethod
    def task(self) -> str:
        """Either ``regression`` or ``classification``."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """K: 1, or the number of classes."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes; empty if they have numbers only."""
        return ()

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """The shape of one input as models see it."""

    def resampled_by(self, scheme: "Scheme") -> Self:
        """Return this source as a resampling scheme draws from it: a table always has the same rows."""
        return self

    def as_asked_with(self, scheme: "Scheme") -> Self:
        """Return this source without settings that follow from the scheme, for comparing settings."""
        return self

    @abstractmethod
    def pool(self, seed: int) -> Rows:
        """Return the rows that resampling schemes draw from."""

    @abstractmethod
    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation points."""

    @abstractmethod
    def available(self) -> int:
        """Return how many rows the pool has, without reading it."""

    @abstractmethod
    def fingerprint(self) -> str:
        """Return the identity of the data, without reading it."""

    def frequencies(self) -> tuple[float, ...]:
        """Return the probability of each class as far as it is known: by default all are equal."""
        return (1 / self.outputs,) * self.outputs

    @abstractmethod
    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them, fitted on the training set."""

    def density_ratio(self, x_nD: np.ndarray) -> np.ndarray:
        """Return the density of evaluation points over that of training inputs, [n]: by default they are the same."""
        return np.ones(len(x_nD))

    def complete(self, points: Evaluation) -> Evaluation:
        """Return evaluation points as reports compare them, without holes; by default unchanged."""
        return points

    def kept_in(self, folder: Path) -> Self:
        """Return this source as workers read it, from a copy that is written into a study's folder if it needs one."""
        return self

    def votes(self, seed: int) -> np.ndarray:
        """Return how many people chose each class of the evaluation points, [N, K], if ``annotations`` has a name.

        Raises
        ------
        OSError
            If the counts cannot be read.
        ValueError
            If there are no human annotations.
        """
        raise ValueError(f"nobody labelled the evaluation points of data={self.kind}")

    def warnings(self, study: Parts) -> list[str]:
        """Return the warnings on labels: all are wrong, or training sets lack some class."""
        flipped = "data.label_noise = 1 flips every training label" if self.label_noise == 1 else ""
        return [text for text in (flipped, classes_left_out(self)) if text]


def classes_left_out(data: Source) -> str:
    """Return the warning that many training sets lack a class, which they cannot learn; else an empty string."""
    if data.task != "classification":
        return ""
    rows, classes = data.n_train, data.outputs
    # Whether one class is drawn says little of the others.
    lacking = 1 - prod(1 - (1 - share) ** rows for share in data.frequencies())
    if lacking < SELDOM:
        return ""
    return (
        f"data.n_train = {rows} rows of {classes} classes: about {100 * lacking:.0f} % of training sets lack a class, "
        "as no resampling stratifies; more rows hold every class"
    )
