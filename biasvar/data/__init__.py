"""Data sources. A new source is one file, with its rules, and one entry in ``SOURCES``."""

from biasvar.family import Family

PUBLISHED = Family(
    {
        "cifar10": "biasvar.data.images.cifar10:Cifar10",
        "cifar100": "biasvar.data.images.cifar100:Cifar100",
        "mnist": "biasvar.data.images.mnist:Mnist",
        "fashion_mnist": "biasvar.data.images.fashion_mnist:FashionMnist",
    }
)
OTHERS = Family(
    {
        "synthetic": "biasvar.data.synthetic:Synthetic",
        "two_bumps": "biasvar.data.two_bumps:TwoBumps",
        "linear": "biasvar.data.linear:Linear",
        "gaussian_classes": "biasvar.data.gaussian_classes:GaussianClasses",
        "function": "biasvar.data.function:Function",
        "digits": "biasvar.data.digits:Digits",
        "diabetes": "biasvar.data.diabetes:Diabetes",
        "table": "biasvar.data.own_table.own_table:OwnTable",
        "images": "biasvar.data.images.image_folder:ImageFolder",
    }
)
SOURCES = OTHERS | PUBLISHED
