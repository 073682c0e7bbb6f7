"""The common part of data sources of images: their views, and pictures for display."""

from abc import abstractmethod
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.source import Source
from biasvar.data.views import standardise, standardise_images, whiten
from biasvar.settings import Parts, Problem, key

GREY = np.array([0.299, 0.587, 0.114])  # luma of ITU-R BT.601


@dataclass(frozen=True, kw_only=True)
class ImageSet(Source):
    """Square images with class labels, as bytes [n, planes x side x side]; a plane is red, green, blue, or grey.

    A member of the family defines ``planes``, ``side``, ``outputs``, ``pool`` and ``evaluation``. Every view is fitted
    on each training set separately.
    """

    task: ClassVar[str] = "classification"
    has_distribution: ClassVar[bool] = False

    n_train: int = key(1000, "images in a training set", at_least=2)
    n_eval: int = key(1000, "images used as fixed evaluation points", at_least=2)
    view: str = key(
        "flat",
        "inputs as standardised images, as standardised pixels, or as whitened principal components",
        choices=("images", "flat", "pca"),
    )
    grey: bool = key(False, "use one grey channel instead of three colours", neutral=False)
    components: int = key(100, "principal components of the pca view", at_least=1)
    label_noise: float = LABEL_NOISE

    @property
    @abstractmethod
    def planes(self) -> int:
        """3 for images in colour, 1 for grey ones."""

    @property
    @abstractmethod
    def side(self) -> int:
        """The height and the width in pixels."""

    @property
    def channels(self) -> int:
        """How many channels models see."""
        return 1 if self.grey else self.planes

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input under the chosen view."""
        image = (self.channels, self.side, self.side)
        return {"images": image, "flat": (prod(image),), "pca": (self.components,)}[self.view]

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them, from bytes."""
        number = np.dtype("float32" if self.view == "images" else "float64")
        x_nD, x_ND = self.intensities(x_nD, number), self.intensities(x_ND, number)
        if self.view == "images":
            return standardise_images(x_nD.reshape(-1, *self.shape), counts_n, x_ND.reshape(-1, *self.shape))
        if self.view == "pca":
            return whiten(x_nD, counts_n, x_ND, self.components)
        return standardise(x_nD, counts_n, x_ND)

    def intensities(self, images: np.ndarray, number: np.dtype) -> np.ndarray:
        """Return bytes as numbers in [0, 1]: [n, channels x side x side]."""
        scaled = images.reshape(len(images), self.planes, -1) / number.type(255)
        if self.channels < self.planes:
            return np.einsum("ncp,c->np", scaled, GREY.astype(number))
        return scaled.reshape(len(images), -1)

    def pictures(self, images: np.ndarray) -> np.ndarray:
        """Return bytes as pictures for display: [N, side, side, 3], or [N, side, side] if they are grey."""
        planes_NCHW = images.reshape(-1, self.planes, self.side, self.side)
        return planes_NCHW.transpose(0, 2, 3, 1) if self.planes > 1 else planes_NCHW[:, 0]

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of too many components: n distinct rows have n - 1 directions about their mean."""
        if self.view != "pca":
            return []
        what, pixels = f"data.components = {self.components} is not allowed", self.channels * self.side**2
        if self.components > pixels:
            return [Problem("data.components", what, f"at most {pixels}, the numbers of one image")]
        distinct = study.resampling.expected_distinct(self.n_train, self.available())
        if self.components < distinct:
            return []
        repeats = f", of which about {distinct:.0f} are distinct under {study.resampling.kind}"
        needs = f"below the rows of a training set: data.n_train = {self.n_train}"
        return [Problem("data.components", what, needs + ("" if distinct == self.n_train else repeats))]

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the number of components if the view has none, and a grey channel of images that are grey."""
        unused = {} if self.view == "pca" else {"data.components": "data.view=pca uses it"}
        return unused if self.planes > 1 else unused | {"data.grey": f"data={self.kind} has grey images"}
