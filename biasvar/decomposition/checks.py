"""What arrays are refused for: each refusal says what was found, where, and what is expected."""

import numpy as np

LAW_TOLERANCE = 1e-6  # of a sum of probabilities in float32


def check_predictions(predictions: np.ndarray, sources: tuple[str, ...]) -> None:
    """Refuse predictions without one axis a source of randomness, points, and maybe outputs; and single seeds."""
    axes, expected = len(sources), axes_of(sources)
    if predictions.ndim not in (axes + 1, axes + 2):
        raise ValueError(f"predictions have shape {predictions.shape}; expected [{expected}, N] or [{expected}, N, K]")
    for source, size in zip(sources, predictions.shape, strict=False):
        if size < 2:
            what = "replicate" if source == "replicate" else f"{source} seed"
            raise ValueError(f"predictions hold {size} {what}; variance needs at least 2 (shape {predictions.shape})")
    if predictions.size == 0:
        raise ValueError(f"predictions have shape {predictions.shape}; expected at least one point and one output")


def axes_of(sources: tuple[str, ...]) -> str:
    """Return the names of the leading axes: R, or I, J, ... for crossed sources."""
    return "R" if sources == ("replicate",) else ", ".join("IJLMPQ"[: len(sources)])


def check_target(target: np.ndarray, points: int) -> None:
    """Refuse a target that does not have one entry a point."""
    if target.ndim not in (1, 2) or len(target) != points:
        raise ValueError(f"target has shape {target.shape}; expected [N] or [N, K] with N = {points}")


def check_finite(name: str, values: np.ndarray) -> None:
    """Refuse NaN and infinite values, and say where the first one is."""
    if not (np.issubdtype(values.dtype, np.number) or values.dtype == bool):
        raise ValueError(f"{name} hold {values.dtype} and not numbers; class labels go with loss='zero_one'")
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(f"{name}: {len(bad)} values are not finite, the first ({values[place]}) at {place}")


def check_labels(name: str, labels: np.ndarray) -> None:
    """Refuse missing values among labels, which equal nothing, not even themselves."""
    bad = np.argwhere(labels != labels)
    if len(bad):
        raise ValueError(f"{name}: {len(bad)} labels are NaN, the first at {tuple(map(int, bad[0]))}")


def check_law(name: str, law: np.ndarray) -> None:
    """Refuse rows [..., K] that are not probability laws."""
    check_finite(name, law)
    negative = np.argwhere(law < 0)
    if len(negative):
        place = tuple(map(int, negative[0]))
        raise ValueError(f"{name}: the probability at {place} is {law[place]:g}; expected values from 0 to 1")
    sums = law.sum(axis=-1)
    bad = np.argwhere(np.abs(sums - 1) > LAW_TOLERANCE)
    if len(bad):
        place = tuple(map(int, bad[0]))
        raise ValueError(
            f"{name}: the probabilities at {place} sum to {sums[place]:.9g}; expected 1 "
            "(outputs_are='logits' takes scores before the softmax)"
        )
