"""The common part of published sets of images, whose files are read with their published checksums verified."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar import seeds
from biasvar.data.images.image_set import ImageSet
from biasvar.data.images.published import Published, read_split
from biasvar.data.rows import Evaluation, Rows
from biasvar.settings import key

TEST_IMAGES = 10_000  # of each of these sets


@dataclass(frozen=True, kw_only=True)
class PublishedImages(ImageSet):
    """A published set: the pool is its training images; evaluation points are a seeded draw of its test images.

    Each has its one label, so the noise is not known. A member of the family defines ``files``, ``training_images``,
    ``planes``, ``side`` and ``outputs``.
    """

    files: ClassVar[Published]
    training_images: ClassVar[int]

    root: str = key("data", "folder that holds the set as torchvision lays it out", identity=False)
    n_eval: int = key(1000, "test images used as fixed evaluation points", at_least=2, at_most=TEST_IMAGES)

    def pool(self, seed: int) -> Rows:
        """Return the training images as bytes [n, planes x side x side]."""
        return Rows(*read_split(self.files, self.root, train=True))

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation images with their labels."""
        images, labels = read_split(self.files, self.root, train=False)
        chosen = self.chosen(seed)
        return Evaluation(images[chosen], labels[chosen], pictures=self.pictures(images[chosen]))

    def chosen(self, seed: int) -> np.ndarray:
        """Return the indices of the evaluation images among the test images: a seeded draw, [N]."""
        return seeds.generator(seed, "evaluation", 0).permutation(TEST_IMAGES)[: self.n_eval]

    def available(self) -> int:
        """Return how many images the pool has."""
        return self.training_images

    def fingerprint(self) -> str:
        """Return the identity of the data: the published checksums."""
        return "md5:" + ",".join((self.files.train | self.files.test).values())
