"""CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels, 10 classes."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.cifar10_files import TEST_BATCHES, TRAIN_BATCHES, read_split
from biasvar.data.cifar10h import read_counts, require_agreement
from biasvar.data.cifar10n import ARRAYS, CLEAN, read_human_labels
from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.rows import Evaluation, Rows
from biasvar.data.source import Source
from biasvar.data.views import standardise, standardise_images, whiten
from biasvar.settings import Parts, Problem, key

TEST_IMAGES = 10_000
GREY = np.array([0.299, 0.587, 0.114])  # luma of ITU-R BT.601


@dataclass(frozen=True, kw_only=True)
class Cifar10(Source):
    """The real images, from torchvision's on-disk layout, read with the published md5s checked.

    The pool is the 50,000 training images. Evaluation points are a seeded draw of the test images with their one label
    each, so the noise is not known. Every view is fitted on each training set separately.
    """

    kind: ClassVar[str] = "cifar10"
    numerics: ClassVar[int] = 1
    task: ClassVar[str] = "classification"
    outputs: ClassVar[int] = 10
    class_names: ClassVar[tuple[str, ...]] = (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    )  # fmt: skip
    has_distribution: ClassVar[bool] = False
    annotations: ClassVar[str] = "cifar10h"

    root: str = key("data", "folder that holds cifar-10-batches-py", identity=False)
    n_train: int = key(1000, "images in a training set", at_least=2, hint="there are 50,000 training images")
    n_eval: int = key(1000, "test images used as fixed evaluation points", at_least=2, at_most=TEST_IMAGES)
    view: str = key(
        "flat",
        "inputs as standardised images, as standardised pixels, or as whitened principal components",
        choices=("images", "flat", "pca"),
    )
    grey: bool = key(False, "use one grey channel instead of three colours", neutral=False)
    components: int = key(100, "principal components of the pca view", at_least=1, at_most=3072)
    label_noise: float = LABEL_NOISE
    labels: str = key(
        CLEAN,
        "labels of the training images: clean, the published ones; else people's, from cifar10n.npz at data.root "
        "(CIFAR-10N); evaluation labels stay clean",
        choices=ARRAYS,
        neutral=CLEAN,
        other_names={"aggregate": "aggre", "worst": "worse", "random": "random1"},
    )

    @property
    def has_noisy_labels(self) -> bool:
        """Whether training labels are flipped, or are those that people gave."""
        return super().has_noisy_labels or self.labels != CLEAN

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input under the chosen view."""
        channels = 1 if self.grey else 3
        return {"images": (channels, 32, 32), "flat": (channels * 1024,), "pca": (self.components,)}[self.view]

    def pool(self, seed: int) -> Rows:
        """Return the 50,000 training images as bytes [n, 3072].

        Raises
        ------
        OSError
            If files are missing or others, or the labels of people are those of other images.
        """
        images, labels = read_split(self.root, train=True)
        if self.labels == CLEAN:
            return Rows(images, labels)
        return Rows(images, read_human_labels(self.root, self.labels, labels), clean_n=labels)

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation images with their labels."""
        images, labels = read_split(self.root, train=False)
        chosen = self.chosen(seed)
        pictures = images[chosen].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        return Evaluation(images[chosen], labels[chosen], pictures=pictures)

    def votes(self, seed: int) -> np.ndarray:
        """Return how many people chose each class of the evaluation images (CIFAR-10H), [N, 10].

        Raises
        ------
        OSError
            If the counts are not at ``root`` or are invalid, such as those of other images.
        """
        counts_NK = read_counts(self.root)
        require_agreement(counts_NK, read_split(self.root, train=False)[1], self.root)
        return counts_NK[self.chosen(seed)]

    def chosen(self, seed: int) -> np.ndarray:
        """Return the indices of the evaluation images among the test images: a seeded draw, [N]."""
        return seeds.generator(seed, "evaluation", 0).permutation(TEST_IMAGES)[: self.n_eval]

    def available(self) -> int:
        """Return how many images the pool has."""
        return 50_000

    def fingerprint(self) -> str:
        """Return the identity of the data: the published checksums."""
        return "md5:" + ",".join((TRAIN_BATCHES | TEST_BATCHES).values())

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them, from bytes [n, 3072] and [N, 3072]."""
        number = np.dtype("float32" if self.view == "images" else "float64")
        x_nD, x_ND = self.intensities(x_nD, number), self.intensities(x_ND, number)
        if self.view == "images":
            return standardise_images(x_nD.reshape(-1, *self.shape), counts_n, x_ND.reshape(-1, *self.shape))
        if self.view == "pca":
            return whiten(x_nD, counts_n, x_ND, self.components)
        return standardise(x_nD, counts_n, x_ND)

    def intensities(self, images: np.ndarray, number: np.dtype) -> np.ndarray:
        """Return bytes [n, 3072] as numbers in [0, 1]: [n, channels * 1024]."""
        scaled = images.reshape(-1, 3, 1024) / number.type(255)
        return np.einsum("ncp,c->np", scaled, GREY.astype(number)) if self.grey else scaled.reshape(len(images), -1)

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of labels that are changed twice, and of too many components."""
        return [*self.labels_changed_twice(), *self.too_many_components(study)]

    def labels_changed_twice(self) -> list[Problem]:
        """Return the problem of flips on top of the labels of people, whose share would be that of neither."""
        if self.labels == CLEAN or self.label_noise == 0:
            return []
        what = f"data.labels = {self.labels} with data.label_noise = {self.label_noise:g} changes labels twice"
        return [Problem("data.labels", what, "one of them: data.label_noise=0, or data.labels=clean")]

    def too_many_components(self, study: Parts) -> list[Problem]:
        """Return the problem of too many components: n distinct rows have n - 1 directions about their mean."""
        distinct = study.resampling.expected_distinct(self.n_train, self.available())
        if self.view != "pca" or self.components < distinct:
            return []
        repeats = f", of which about {distinct:.0f} are distinct under {study.resampling.kind}"
        needs = f"below the rows of a training set: data.n_train = {self.n_train}"
        what = f"data.components = {self.components} is not allowed"
        return [Problem("data.components", what, needs + ("" if distinct == self.n_train else repeats))]

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the number of components as an unused key if the view has no components."""
        return {} if self.view == "pca" else {"data.components": "data.view=pca uses it"}
