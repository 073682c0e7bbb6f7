"""The seam of the data floor: what every data source gives."""

from abc import ABC, abstractmethod
from math import exp
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from biasvar.data.rows import Evaluation, Rows
from biasvar.settings import Part, Parts

if TYPE_CHECKING:
    from biasvar.data.resampling.scheme import Scheme

SELDOM = 0.05  # share of training sets without some class from which on it is said


class Source(Part, ABC):
    """A frozen settings class that knows where (x, y) come from.

    Laws: ``evaluation`` and ``pool`` depend on the seed alone; ``fit_view`` depends on the training set alone; two
    sources with the same ``fingerprint`` and identity give the same numbers. Sources with a known distribution also
    have ``draw(inputs, noise, n) -> Rows`` from two seed sequences, whose first rows do not depend on n.
    """

    kind: ClassVar[str]
    numerics: ClassVar[int] = 1  # raised by hand when a correction changes the numbers of members that train on it
    task: ClassVar[str]  # regression or classification
    has_distribution: ClassVar[bool]  # whether fresh rows can be drawn, and noise and f* are known
    centred: ClassVar[bool] = False  # whether inputs and targets have mean zero, so that no intercept is needed
    class_names: ClassVar[tuple[str, ...]] = ()  # empty where classes have numbers only
    annotations: ClassVar[str] = ""  # the noise reference that people's labels of the evaluation points are

    n_train: int
    n_eval: int
    label_noise: float = 0.0  # the rate at which training labels are flipped

    @property
    @abstractmethod
    def outputs(self) -> int:
        """K: 1, or the number of classes."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """The shape of one input as models see it."""

    def resampled_by(self, scheme: "Scheme") -> Self:
        """Return this source as a resampling scheme draws from it: a table has the rows that it has."""
        return self

    def as_asked_with(self, scheme: "Scheme") -> Self:
        """Return this source without what follows from the scheme: settings that people compare."""
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
        """Return what identifies the data, without reading it."""

    @abstractmethod
    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them, fitted on the training set."""

    def votes(self, seed: int) -> np.ndarray:
        """Return how many people chose each class of the evaluation points, [N, K], where ``annotations`` has a name.

        Raises
        ------
        OSError
            Where the counts cannot be read.
        ValueError
            Where nobody labelled them.
        """
        raise ValueError(f"nobody labelled the evaluation points of data={self.kind}")

    def warnings(self, study: Parts) -> list[str]:
        """Return what may not be meant of labels: all are wrong, or training sets lack some class."""
        flipped = "data.label_noise = 1 flips every training label" if self.label_noise == 1 else ""
        return [text for text in (flipped, classes_left_out(self)) if text]


def classes_left_out(data: Source) -> str:
    """Return that training sets lack a class where many do, of which they then say nothing; else an empty text."""
    if data.task != "classification":
        return ""
    rows, classes = data.n_train, data.outputs
    # The number of classes that are not drawn, each as frequent as any other, is about a Poisson one.
    lacking = 1 - exp(-classes * (1 - 1 / classes) ** rows)
    if lacking < SELDOM:
        return ""
    return (
        f"data.n_train = {rows} rows of {classes} classes: about {100 * lacking:.0f} % of training sets lack a class, "
        "as no resampling stratifies; more rows hold every class"
    )
