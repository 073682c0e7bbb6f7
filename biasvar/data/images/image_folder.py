"""Images of the user's own: a folder with one folder of images for each class."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from biasvar import seeds
from biasvar.data.images.class_folders import content_of, copies_in, find_images, require_images
from biasvar.data.images.image_set import ImageSet
from biasvar.data.resampling.scheme import Scheme
from biasvar.data.rows import Evaluation, Rows
from biasvar.settings import Parts, Problem, SettingsError, fact, key
from biasvar.settings.plugins import Plugin

ONE_IN, MOST = 5, 1000  # one image in five is an evaluation point unless their number is set; at most a thousand are


@dataclass(frozen=True, kw_only=True)
class ImageFolder(ImageSet):
    """Images in one folder a class, resized; some are held out by seed, or come from a folder of their own.

    An image is cut to a square about its middle and resized as a whole. Each has one label, so the noise is not known.
    """

    kind: ClassVar[str] = "images"
    numerics: ClassVar[int] = 1
    planes: ClassVar[int] = 3
    names_own: ClassVar[bool] = True

    path: str = key("", "folder that holds one folder of images for each class", identity=False)
    eval_path: str | None = key(
        None, "folder of evaluation images in folders of the same names; null: images of data.path", identity=False
    )
    n_eval: int | None = key(  # type: ignore[assignment]  # a number once the folder is looked up
        None,
        "images drawn by seed as fixed evaluation points, and held out of training; null: all of data.eval_path, or "
        "one in five of data.path, 1,000 at most",
        at_least=2,
    )
    n_train: int | None = key(  # type: ignore[assignment]
        None,
        "images in a training set; null: as many as resampling allows, under subsample half of them, 1,000 at most",
        at_least=2,
    )
    side: int = key(32, "height and width in pixels to which images are resized", at_least=1, at_most=1024)
    class_names: tuple[str, ...] = fact((), identity=False)
    class_images: tuple[int, ...] = fact((), identity=False)
    eval_images: int = fact(0, identity=False)
    content: str = fact("", identity=False)
    eval_content: str = fact("", identity=False)
    ignored: int = fact(0, identity=False)
    copies: tuple[tuple[int, ...], ...] = fact((), identity=False)

    def looked_up(self, plugins: Sequence[Plugin]) -> Self:
        """Return this source with what its folders hold.

        Raises
        ------
        SettingsError
            If no folder is named.
        OSError
            If a folder is missing or laid out in another way, has a class without images, or cannot be read.
        """
        if not self.path:
            what = "data.path is empty"
            raise SettingsError(
                [Problem("data.path", what, "the folder that holds one folder of images for each class")]
            )
        own = find_images(Path(os.path.expanduser(self.path)), "data.path")
        require_images(own, "data.path")
        folders = [own]
        if self.eval_path is not None:
            folders.append(find_images(Path(os.path.expanduser(self.eval_path)), "data.eval_path"))
            if folders[1].classes != own.classes:
                differing = sorted(set(folders[1].classes) ^ set(own.classes))
                raise OSError(f"data.path and data.eval_path have different classes: {', '.join(differing)}")
        found = replace(
            self,
            path=str(own.folder.absolute()),
            eval_path=None if self.eval_path is None else str(folders[1].folder.absolute()),
            class_names=tuple(os.fsencode(name).decode(errors="replace") for name in own.classes),
            class_images=tuple(np.bincount(own.labels).tolist()),
            eval_images=sum(len(one.names) for one in folders[1:]),
            content=content_of(own),
            eval_content=content_of(folders[1]) if self.eval_path is not None else "",
            ignored=sum(one.ignored for one in folders),
            copies=copies_in(*folders),
        )
        return found if self.n_eval is not None else replace(found, n_eval=found.usual_n_eval)

    @property
    def label(self) -> str:
        """What a study of these images is named after: their folder."""
        return Path(self.path).name

    @property
    def images(self) -> int:
        """The number of images of ``path``."""
        return sum(self.class_images)

    @property
    def usual_n_eval(self) -> int:
        """The number of evaluation images unless one is set."""
        return min(self.images // ONE_IN, MOST) if self.eval_path is None else self.eval_images

    def resampled_by(self, scheme: Scheme) -> Self:
        """Return this source with the scheme's usual size of a training set, if none is set."""
        return self if self.n_train is not None else replace(self, n_train=self.usual_n_train(scheme))

    def as_asked_with(self, scheme: Scheme) -> Self:
        """Return this source with null in place of numbers of images that null would give."""
        n_train = None if self.n_train == self.usual_n_train(scheme) else self.n_train
        return replace(self, n_train=n_train, n_eval=None if self.n_eval == self.usual_n_eval else self.n_eval)

    def usual_n_train(self, scheme: Scheme) -> int:
        """Return the size of a training set unless one is set."""
        return min(MOST, scheme.usual_training_set(self.available()))

    @property
    def outputs(self) -> int:
        """The number of classes."""
        return len(self.class_names)

    def pool(self, seed: int) -> Rows:
        """Return the images that replicates are drawn from, as bytes [n, 3 x side x side]."""
        images, labels = self.read("data.path")
        kept = self.kept(seed)
        return Rows(images[kept], labels[kept])

    def evaluation(self, seed: int) -> Evaluation:
        """Return the fixed evaluation images with their labels."""
        images, labels = self.read("data.path" if self.eval_path is None else "data.eval_path")
        chosen = self.chosen(seed)
        return Evaluation(images[chosen], labels[chosen], pictures=self.pictures(images[chosen]))

    def read(self, named_by: str) -> tuple[np.ndarray, np.ndarray]:
        """Return all images of the folder that a key names, as bytes [n, 3 x side x side], and their labels [n].

        Raises
        ------
        OSError
            If images cannot be read, or have changed since they were looked up.
        """
        from biasvar.data.images.decoded import decoded  # loads PIL

        folders = {"data.path": (self.path, self.content), "data.eval_path": (self.eval_path, self.eval_content)}
        path, content = folders[named_by]
        return decoded(Path(path or ""), named_by, content, self.side)

    def order(self, seed: int) -> np.ndarray:
        """Return the images that evaluation points are drawn from, in the order of a seeded draw."""
        count = self.images if self.eval_path is None else self.eval_images
        return seeds.generator(seed, "evaluation", 0).permutation(count)

    def chosen(self, seed: int) -> np.ndarray:
        """Return the indices of the evaluation images in their folder: [N]."""
        return self.order(seed)[: self.n_eval]

    def kept(self, seed: int) -> np.ndarray:
        """Return the indices of the pool's images in their folder: [n]."""
        return np.arange(self.images) if self.eval_path is not None else np.sort(self.order(seed)[self.n_eval :])

    def available(self) -> int:
        """Return how many images the pool has."""
        return self.images if self.eval_path is not None else max(self.images - (self.n_eval or 0), 0)

    def frequencies(self) -> tuple[float, ...]:
        """Return the share of each class among the images."""
        return tuple(count / self.images for count in self.class_images)

    def fingerprint(self) -> str:
        """Return the identity of the data: the checksums of the folders' content."""
        return "sha256:" + ",".join(filter(None, (self.content, self.eval_content)))

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of the view, and of more evaluation images than there are."""
        most = self.images - 2 if self.eval_path is None else self.eval_images
        if 2 <= (self.n_eval or 0) <= most:
            return super().problems(study)
        where = (
            f"data.path has {self.images:,}" if self.eval_path is None else f"data.eval_path has {self.eval_images:,}"
        )
        what = f"data.n_eval = {self.n_eval} images, and {where}"
        return [Problem("data.n_eval", what, f"2 to {most}" if most >= 2 else "more images"), *super().problems(study)]

    def warnings(self, study: Parts) -> list[str]:
        """Return the warnings on labels, on files that are no images, and on evaluation images that are trained on."""
        found = super().warnings(study)
        if self.ignored:
            found.append(f"files that are no images by their endings are ignored: {self.ignored:,} in {self.path}")
        shared = self.shared(study.seed)
        if shared:
            found.append(
                f"{shared:,} of {self.n_eval:,} evaluation images are in the training pool too, byte for byte: models "
                "may know their labels"
            )
        return found

    def shared(self, seed: int) -> int:
        """Return how many evaluation images have the content of an image of the pool."""
        pool, shift = set(self.kept(seed).tolist()), 0 if self.eval_path is None else self.images
        chosen = set((self.chosen(seed) + shift).tolist())
        return sum(len(chosen.intersection(group)) for group in self.copies if not pool.isdisjoint(group))
