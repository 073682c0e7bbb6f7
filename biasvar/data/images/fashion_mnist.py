"""Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 60,000 training and 10,000 test images of 28x28 grey pixels."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.images.idx_files import IdxFiles
from biasvar.data.images.published import Archive, Published
from biasvar.data.images.published_images import PublishedImages
from biasvar.settings import key

# md5 of the archives as torchvision has them, and of the files in them.
FILES = IdxFiles(
    title="Fashion-MNIST",
    kind="fashion_mnist",
    theirs="FashionMNIST",
    folder="FashionMNIST/raw",
    classes=10,
    train={
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
    },
    test={
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
    other={},
    archives={
        "train-images-idx3-ubyte.gz": Archive("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
        "train-labels-idx1-ubyte.gz": Archive("25c81989df183df01b3e8a0aad5dffbe", 29_515),
        "t10k-images-idx3-ubyte.gz": Archive("bef4ecab320f06d8554ea6380940ec79", 4_422_102),
        "t10k-labels-idx1-ubyte.gz": Archive("bb300cfdad3c16e7a12a480ee83cd310", 5_148),
    },
)


@dataclass(frozen=True, kw_only=True)
class FashionMnist(PublishedImages):
    """Articles of clothing of 28x28 grey pixels, as data=mnist reads its own."""

    kind: ClassVar[str] = "fashion_mnist"
    numerics: ClassVar[int] = 1
    outputs: ClassVar[int] = FILES.classes
    planes: ClassVar[int] = 1
    side: ClassVar[int] = 28
    class_names: ClassVar[tuple[str, ...]] = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip
    files: ClassVar[Published] = FILES
    training_images: ClassVar[int] = 60_000

    n_train: int = key(1000, "images in a training set", at_least=2, hint="there are 60,000 training images")
