"""The studies that are killed: one with time to train in, one that lasts for a moment, and one of few files."""

SEEDED = ("data=linear", "data.dimension=10", "data.noise_std=0.5", "data.n_eval=50", "resampling=fresh")
LONG = (
    *SEEDED,
    "name=long",
    "model=mlp",
    "model.width=16",
    "training=sgd",
    "training.epochs=1000",
    "data.n_train=40,50,60,70,80,90,100,110",
    "replicates=60",
    "loss=squared_error",
)
"""Some dozens of shards. It trains for about as long as it starts and reports, so that kills land in all three."""

BRIEF = (
    *SEEDED,
    "name=brief",
    "model=random_features",
    "model.features=250",
    "training=exact",
    "data.n_train=400,500,600",
    "replicates=6",
    "loss=squared_error",
)
"""Half a second of training from the first shard to the last: longer than any delay between two that start at once."""

SHORT = (
    *SEEDED,
    "name=short",
    "model=linear",
    "model.features=5",
    "training=exact",
    "data.n_train=20,30,40",
    "replicates=5",
    "loss=squared_error",
)
"""Three shards: its fsyncs and renames are few enough to be killed at each."""


def with_engine(study: tuple[str, ...], engine: str) -> tuple[str, ...]:
    """Return a study's command for an engine, with two jobs at a time."""
    return (*study, f"engine={engine}", "workers=2")
