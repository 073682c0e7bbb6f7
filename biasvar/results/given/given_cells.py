"""The cells of predictions that were made elsewhere."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from biasvar.data.rows import Evaluation
from biasvar.results.cells import Cells, Head
from biasvar.results.ensembles import CellEnsemble, columns_of_weights, design_of, losses_asked, status_of
from biasvar.results.given.settings import GivenSettings
from biasvar.results.predictions import tidy

TOLERANCE = 1e-3  # of training risks, none of which is known here


@dataclass(frozen=True)
class GivenCell:
    """One cell: the values of its axes, its predictions [*sizes, N, K], and what they are compared with.

    ``kept`` numbers the replicates, or the seeds of each crossed source; ``planned`` counts the models of a grid of
    seeds before those with gaps were left out.
    """

    axes: Mapping[str, Any]
    outputs: np.ndarray
    kept: tuple[tuple[int, ...], ...]
    target: np.ndarray
    noise_N: np.ndarray | None = None
    weights_N: np.ndarray | None = None
    planned: int = 0

    @property
    def models(self) -> int:
        """The number of models."""
        return int(np.prod([len(seeds) for seeds in self.kept]))


@dataclass(frozen=True)
class GivenCells(Cells):
    """All cells, each with the same kind of outputs and reference; ``sources`` are those that are crossed, if any."""

    kind: ClassVar[str] = "predictions"

    cells: tuple[GivenCell, ...]
    settings: GivenSettings
    outputs_are: str
    reference: str
    sources: tuple[str, ...] = ("replicate",)

    @property
    def head(self) -> Head:
        """What the table has once."""
        reading, settings = self.settings.reading, self.settings
        axes = tuple(self.cells[0].axes)
        return Head(reading.name, axes, reading.seed, settings.interval, TOLERANCE, settings.figure)

    @property
    def values(self) -> list[dict[str, Any]]:
        """The values of the axes in each cell."""
        return [dict(cell.axes) for cell in self.cells]

    @property
    def task(self) -> str:
        """Whether numbers or classes are predicted."""
        return "regression" if self.outputs_are == "values" else "classification"

    @property
    def losses(self) -> tuple[str, ...]:
        """The loss that is asked for, or all that fit; labels have no scores, and so the zero-one loss alone."""
        return losses_asked(self.settings.reading.loss, self.task, self.outputs_are)

    @property
    def capacity_key(self) -> str | None:
        """The axis that is the capacity: the one that is named, or the first whose values are numbers."""
        named = self.settings.reading.capacity
        found = [key for key in self.head.axes if are_numbers([cell.axes[key] for cell in self.cells])]
        return named if named is not None else next(iter(found), None)

    def ensemble(self, number: int) -> CellEnsemble:
        """Return one cell as the estimates take it."""
        cell, reading = self.cells[number], self.settings.reading
        sizes = tuple(len(seeds) for seeds in cell.kept)
        return CellEnsemble(
            number=number,
            axes=cell.axes,
            kept=cell.kept,
            sizes=sizes,
            sources=self.sources,
            outputs=cell.outputs if min(sizes) >= 2 else None,
            outputs_are="scores" if self.outputs_are == "labels" else self.outputs_are,
            target=cell.target,
            noise_N=cell.noise_N,
            noise_distribution=None if cell.noise_N is None else reading.noise_distribution,
            weights_N=cell.weights_N,
            reference=self.reference,
            task=self.task,
            losses=self.losses,
            data=self.kind,
            seed=reading.seed,
            interval=self.settings.interval,
            columns=self.columns(cell, min(sizes) >= 2),
        )

    def columns(self, cell: GivenCell, has_estimate: bool) -> dict[str, Any]:
        """Return the columns of a cell's rows beside its estimates; what nobody said of the models is empty."""
        unknown = ("parameters", "parameters_per_label", "degrees_of_freedom", "effective_parameters")
        key, joint = self.capacity_key, self.sources == ("replicate",)
        left_out = cell.planned - cell.models
        few = "" if has_estimate else "a variance needs 2 replicates, or 2 seeds of each source"
        gaps = f"{left_out} left out with the gaps of the grid of seeds" if left_out else ""
        return {
            "capacity_key": key,
            "capacity": np.nan if key is None else np.inf if cell.axes[key] is None else cell.axes[key],
            **dict.fromkeys(unknown, np.nan),
            **dict.fromkeys(("training", "resampling", "variance_means")),
            "design": design_of(self.sources),
            "vary": "" if joint else " × ".join(self.sources),
            "fixed": "",
            "outputs": cell.outputs.shape[-1],
            "n_eval": len(cell.target),
            **dict.fromkeys(("n_train", "n_distinct"), np.nan),
            "n_ok": cell.models,
            "n_planned": cell.planned,
            "status": status_of(cell.models if has_estimate else 0, cell.planned, has_estimate),
            "gaps": ", ".join(filter(None, (gaps, few))),
            "reference": self.reference,
            **columns_of_weights(cell.weights_N),
        }

    def evaluation(self, cell: int) -> Evaluation:
        """Return the evaluation points of a cell, whose inputs are not known."""
        one = self.cells[cell]
        return Evaluation(np.zeros((len(one.target), 0)), one.target, one.noise_N, weights_N=one.weights_N)

    def class_name(self, cell: int, number: float) -> str:
        """Return the number of a class."""
        return f"{number:g}"

    def predictions(self, cell: int, warn: Callable[[str], None], points_n: np.ndarray | None = None) -> pd.DataFrame:
        """Return the predictions of a cell as a tidy table; labels as class numbers."""
        one, ensemble = self.cells[cell], self.ensemble(cell)
        outputs_MNK = one.outputs.reshape(-1, *one.outputs.shape[-2:])
        if self.outputs_are == "labels" and one.target.ndim == 1:
            outputs_MNK, ensemble = outputs_MNK.argmax(axis=-1)[..., None], replace(ensemble, outputs_are="labels")
        seeds = [np.ravel(seed) for seed in np.meshgrid(*one.kept, indexing="ij")]
        joint = self.sources == ("replicate",)
        numbers_M = seeds[0] if joint else np.arange(len(outputs_MNK))
        outputs_MnK = outputs_MNK if points_n is None else outputs_MNK[:, points_n]
        return tidy(ensemble, outputs_MnK, numbers_M, seeds, points_n)

    def fingerprint(self) -> str:
        """Return a hash of the predictions, of what they are compared with, and of the settings."""
        digest = hashlib.sha256(repr((self.settings, self.outputs_are, self.reference, self.sources)).encode())
        for cell in self.cells:
            digest.update(repr((dict(cell.axes), cell.kept, cell.planned)).encode())
            for array in (cell.outputs, cell.target, cell.noise_N, cell.weights_N):
                digest.update(b"none" if array is None else f"{array.dtype} {array.shape}".encode())
                if array is not None:
                    digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def are_numbers(values: Sequence[Any]) -> bool:
    """Return whether settings are finite numbers, or None, which means no limit."""
    known = [value for value in values if value is not None]
    return bool(known) and all(
        isinstance(value, int | float | np.number) and not isinstance(value, bool) and np.isfinite(value)
        for value in known
    )
