"""CIFAR-10 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels, 10 classes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from biasvar.data.images.cifar10h import read_counts, require_agreement
from biasvar.data.images.cifar10n import ARRAYS, CLEAN, checksum_of_labels, read_human_labels
from biasvar.data.images.cifar_batches import CifarBatches
from biasvar.data.images.published import Archive, Published, read_split
from biasvar.data.images.published_images import PublishedImages
from biasvar.data.rows import Rows
from biasvar.settings import Parts, Problem, fact, key
from biasvar.settings.plugins import Plugin

FILES = CifarBatches(
    title="CIFAR-10",
    kind="cifar10",
    theirs="CIFAR10",
    folder="cifar-10-batches-py",
    classes=10,
    train={
        "data_batch_1": "c99cafc152244af753f735de768cd75f",
        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "data_batch_4": "634d18415352ddfa80567beed471001a",
        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    },
    test={"test_batch": "40351d587109b95175f43aff81a1287e"},
    other={"batches.meta": "5ff9c542aee3614f3951f8cda6e48888"},
    archives={"cifar-10-python.tar.gz": Archive("c58f30108f718f92721af3b95e74349a", 170_498_071)},
    labels_key="labels",
    most_bytes=40_000_000,  # a batch has 31 million
)


@dataclass(frozen=True, kw_only=True)
class Cifar10(PublishedImages):
    """Real images of 32x32 in 10 classes, from torchvision's on-disk layout, read with the published md5s checked."""

    kind: ClassVar[str] = "cifar10"
    numerics: ClassVar[int] = 1
    outputs: ClassVar[int] = FILES.classes
    planes: ClassVar[int] = 3
    side: ClassVar[int] = 32
    class_names: ClassVar[tuple[str, ...]] = (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    )  # fmt: skip
    annotations: ClassVar[str] = "cifar10h"
    names_own: ClassVar[bool] = True
    files: ClassVar[Published] = FILES
    training_images: ClassVar[int] = 50_000

    n_train: int = key(1000, "images in a training set", at_least=2, hint="there are 50,000 training images")
    labels: str = key(
        CLEAN,
        "labels of the training images: clean, the published ones; else people's, from cifar10n.npz at data.root "
        "(CIFAR-10N); evaluation labels stay clean",
        choices=ARRAYS,
        neutral=CLEAN,
        other_names={"aggregate": "aggre", "worst": "worse", "random": "random1"},
    )
    labels_sha256: str = fact("", identity=False)

    def looked_up(self, plugins: Sequence[Plugin]) -> Self:
        """Return this source with the checksum of people's labels, if it takes those.

        Raises
        ------
        OSError
            If they cannot be read.
        """
        return self if self.labels == CLEAN else replace(self, labels_sha256=checksum_of_labels(self.root, self.labels))

    @property
    def has_noisy_labels(self) -> bool:
        """Whether training labels are flipped, or are those that people gave."""
        return super().has_noisy_labels or self.labels != CLEAN

    def pool(self, seed: int) -> Rows:
        """Return the training images with the chosen labels.

        Raises
        ------
        OSError
            If files are missing or others, or the labels of people are those of other images.
        """
        clean = super().pool(seed)
        if self.labels == CLEAN:
            return clean
        labels_n = read_human_labels(self.root, self.labels, clean.y_n, self.labels_sha256)
        return Rows(clean.x_nD, labels_n, clean_n=clean.y_n)

    def fingerprint(self) -> str:
        """Return the identity of the data: the published checksums, and that of people's labels if it takes those."""
        return super().fingerprint() + (f",sha256:{self.labels_sha256}" if self.labels_sha256 else "")

    def votes(self, seed: int) -> np.ndarray:
        """Return how many people chose each class of the evaluation images (CIFAR-10H), [N, 10].

        Raises
        ------
        OSError
            If the counts are not at ``root`` or are invalid, such as those of other images.
        """
        counts_NK = read_counts(self.root)
        require_agreement(counts_NK, read_split(FILES, self.root, train=False)[1], self.root)
        return counts_NK[self.chosen(seed)]

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of the view, and that of flips on top of people's labels: a rate of neither noise."""
        found = super().problems(study)
        if self.labels != CLEAN and self.label_noise > 0:
            what = f"data.labels = {self.labels} with data.label_noise = {self.label_noise:g} changes labels twice"
            found.append(Problem("data.labels", what, "one of them: data.label_noise=0, or data.labels=clean"))
        return found
