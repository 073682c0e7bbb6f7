"""CIFAR-100 (Krizhevsky 2009): 50,000 training and 10,000 test images of 32x32 pixels, 100 classes."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.images.cifar_batches import CifarBatches
from biasvar.data.images.published import Archive, Published
from biasvar.data.images.published_images import PublishedImages
from biasvar.settings import key

FILES = CifarBatches(
    title="CIFAR-100",
    kind="cifar100",
    theirs="CIFAR100",
    folder="cifar-100-python",
    classes=100,
    train={"train": "16019d7e3df5f24257cddd939b257f8d"},
    test={"test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
    other={"meta": "7973b15100ade9c7d40fb424638fde48"},
    archives={"cifar-100-python.tar.gz": Archive("eb9058c3a382ffc7106e4002c42a8d85", 169_001_437)},
    labels_key="fine_labels",
    most_bytes=200_000_000,  # the training images have 155 million
)


@dataclass(frozen=True, kw_only=True)
class Cifar100(PublishedImages):
    """Real images of 32x32 in 100 classes (the fine labels), as data=cifar10 reads its own."""

    kind: ClassVar[str] = "cifar100"
    numerics: ClassVar[int] = 1
    outputs: ClassVar[int] = FILES.classes
    planes: ClassVar[int] = 3
    side: ClassVar[int] = 32
    class_names: ClassVar[tuple[str, ...]] = (
        "apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl",
        "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair", "chimpanzee",
        "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin", "elephant",
        "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp", "lawn_mower",
        "leopard", "lion", "lizard", "lobster", "man", "maple_tree", "motorcycle", "mountain", "mouse", "mushroom",
        "oak_tree", "orange", "orchid", "otter", "palm_tree", "pear", "pickup_truck", "pine_tree", "plain", "plate",
        "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road", "rocket", "rose", "sea", "seal", "shark",
        "shrew", "skunk", "skyscraper", "snail", "snake", "spider", "squirrel", "streetcar", "sunflower",
        "sweet_pepper", "table", "tank", "telephone", "television", "tiger", "tractor", "train", "trout", "tulip",
        "turtle", "wardrobe", "whale", "willow_tree", "wolf", "woman", "worm",
    )  # fmt: skip
    files: ClassVar[Published] = FILES
    training_images: ClassVar[int] = 50_000

    n_train: int = key(1000, "images in a training set", at_least=2, hint="there are 50,000 training images")
