"""Names of keys and options in other libraries."""

from collections.abc import Mapping
from types import MappingProxyType

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        other: tuple(keys)
        for others, *keys in (
            ("noise sigma std noise_level", "data.noise_std", "data.label_noise"),
            ("p drop drop_rate dropout_rate dropout_p", "model.dropout"),
            ("n samples n_samples train_size num_train", "data.n_train"),
            ("n_test test_size eval_size", "data.n_eval"),
            ("d dim n_dim", "data.dimension"),
            ("hidden hidden_size n_hidden units neurons", "model.width"),
            ("layers n_layers num_layers", "model.depth"),
            ("n_features num_features", "model.features"),
            ("order poly_degree", "model.degree"),
            ("learning_rate eta step_size", "training.lr"),
            ("lambda alpha l2 wd decay penalty reg regularization", "training.weight_decay"),
            ("bs batch", "training.batch_size"),
            ("opt", "training.optimizer"),
            ("n_epochs num_epochs", "training.epochs"),
            ("seeds n_seeds runs n_runs repeats trials reps repetitions n_models", "replicates"),
            ("random_state random_seed", "seed"),
            ("ci confidence confidence_level", "interval.level"),
            ("n_boot bootstraps", "interval.resamples"),
            ("k cv n_folds n_splits", "resampling.folds"),
            ("dataset", "data"),
            ("net network architecture", "model"),
            ("title", "name"),
        )
        for other in others.split()
    }
)
OPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "model": {
            "cnn": "model=convnet",
            "resnet18": "model=resnet",
            "preactresnet18": "model=resnet",
            "nn": "model=mlp",
            "neural_network": "model=mlp",
            "network": "model=mlp",
            "poly": "model=polynomial",
            "rff": "model=random_features",
            "ols": "model=linear",
            "ridge": "model=linear training.weight_decay=0.1",
        },
        "data": {
            "cifar": "data=cifar10",
            "fashion": "data=fashion_mnist",
            "imagefolder": "data=images",
            "image_folder": "data=images",
            "sine": "data=synthetic",
            "sin": "data=synthetic",
            "blobs": "data=gaussian_classes",
            "gaussian": "data=gaussian_classes",
        },
        "training": {
            "adam": "training=sgd training.optimizer=adam",
            "ols": "training=exact",
            "lstsq": "training=exact",
            "ridge": "training=exact training.weight_decay=0.1",
        },
        "resampling": {
            "cv": "resampling=kfold",
            "cross_validation": "resampling=kfold",
            "bagging": "resampling=bootstrap",
        },
        "design": {"factorial": "design=crossed", "hierarchical": "design=nested"},
    }
)
