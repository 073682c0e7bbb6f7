"""Data sources. A new source is one file, with its rules, and one entry in ``SOURCES``."""

from biasvar.data.diabetes import Diabetes
from biasvar.data.digits import Digits
from biasvar.data.function import Function
from biasvar.data.gaussian_classes import GaussianClasses
from biasvar.data.images.cifar10 import Cifar10
from biasvar.data.images.cifar100 import Cifar100
from biasvar.data.images.fashion_mnist import FashionMnist
from biasvar.data.images.image_folder import ImageFolder
from biasvar.data.images.mnist import Mnist
from biasvar.data.linear import Linear
from biasvar.data.own_table.own_table import OwnTable
from biasvar.data.synthetic import Synthetic
from biasvar.data.two_bumps import TwoBumps

PUBLISHED = {source.kind: source for source in (Cifar10, Cifar100, Mnist, FashionMnist)}
OTHERS = {
    source.kind: source
    for source in (Synthetic, TwoBumps, Linear, GaussianClasses, Function, Digits, Diabetes, OwnTable, ImageFolder)
}
SOURCES = OTHERS | PUBLISHED
