"""MNIST (LeCun, Cortes, Burges 1998): 60,000 training and 10,000 test images of 28x28 grey pixels, 10 digits."""

from dataclasses import dataclass
from typing import ClassVar

from biasvar.data.images.idx_files import IdxFiles
from biasvar.data.images.published import Archive, Published
from biasvar.data.images.published_images import PublishedImages
from biasvar.settings import key

# md5 of the archives as torchvision has them, and of the files in them.
FILES = IdxFiles(
    title="MNIST",
    kind="mnist",
    theirs="MNIST",
    folder="MNIST/raw",
    classes=10,
    train={
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    },
    test={
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    other={},
    archives={
        "train-images-idx3-ubyte.gz": Archive("f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
        "train-labels-idx1-ubyte.gz": Archive("d53e105ee54ea40749a09fcbcd1e9432", 28_881),
        "t10k-images-idx3-ubyte.gz": Archive("9fb629c4189551a2d022fa330f9573f3", 1_648_877),
        "t10k-labels-idx1-ubyte.gz": Archive("ec29112dd5afa0611ce80d1b7f02629c", 4_542),
    },
)


@dataclass(frozen=True, kw_only=True)
class Mnist(PublishedImages):
    """Handwritten digits of 28x28 grey pixels, from torchvision's on-disk layout, read with known md5s checked."""

    kind: ClassVar[str] = "mnist"
    numerics: ClassVar[int] = 1
    outputs: ClassVar[int] = FILES.classes
    planes: ClassVar[int] = 1
    side: ClassVar[int] = 28
    files: ClassVar[Published] = FILES
    training_images: ClassVar[int] = 60_000

    n_train: int = key(1000, "images in a training set", at_least=2, hint="there are 60,000 training images")
