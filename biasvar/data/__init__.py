"""Data sources. A new source is one file, with its rules, and one entry in ``SOURCES``."""

from biasvar.data.cifar10 import Cifar10
from biasvar.data.diabetes import Diabetes
from biasvar.data.digits import Digits
from biasvar.data.gaussian_classes import GaussianClasses
from biasvar.data.linear import Linear
from biasvar.data.synthetic import Synthetic

SOURCES = {source.kind: source for source in (Synthetic, Linear, GaussianClasses, Digits, Diabetes, Cifar10)}
