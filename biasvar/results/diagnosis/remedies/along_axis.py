"""Remedies that change one setting: larger or smaller values of an axis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from biasvar.results.conditions import capacity_keys, sweeps_capacity, swept_keys
from biasvar.results.diagnosis.chosen_cell import written
from biasvar.results.diagnosis.effects import line_along
from biasvar.results.diagnosis.remedies.overrides import accepted
from biasvar.results.diagnosis.remedies.remedy import NO_AXIS, DiagnosedCell, Finding, Remedy, found
from biasvar.results.thresholds import flexibility
from biasvar.settings import as_mapping

CAPACITY = "capacity"


@dataclass(frozen=True)
class AlongAxis(Remedy):
    """Larger values of an axis (``sign`` 1) or smaller ones; of ``capacity``: a more or a less flexible model.

    ``values`` returns those to try from the present value, in the direction of a sign.
    """

    name: str
    against: str
    axis: str
    sign: int
    values: Callable[[Any, int], Sequence[float]]

    def finding(self, cell: DiagnosedCell) -> Finding:
        """Return the effect of the best value in the direction, or the override that would try some."""
        if not self.is_swept(cell):
            return self.untried(cell, NO_AXIS)
        line = line_along(cell.results, cell.row, self.axis)
        return found(cell, self.beyond(cell, line)) or self.untried(cell, "no value beyond this one is swept")

    def is_swept(self, cell: DiagnosedCell) -> bool:
        """Return whether the sweep has values of the axis."""
        if self.axis == CAPACITY:
            return sweeps_capacity(cell.results)
        return self.axis in swept_keys(cell.results)

    def beyond(self, cell: DiagnosedCell, line: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a line in the direction of the remedy, the nearest first, each value once."""
        line = line[pd.to_numeric(line[self.axis], errors="coerce").notna()].drop_duplicates(self.axis)
        places = self.sign * self.order(line)
        ahead = np.flatnonzero(places > self.sign * self.order(cell.row.to_frame().T.infer_objects())[0])
        return line.iloc[ahead[np.argsort(places[ahead], kind="stable")]]

    def order(self, rows: pd.DataFrame) -> np.ndarray:
        """Return numbers that grow along the axis."""
        if self.axis == CAPACITY:
            return flexibility(rows)
        return pd.to_numeric(rows[self.axis], errors="coerce").to_numpy(dtype=float)

    def key(self, cell: DiagnosedCell) -> str:
        """Return the key that sets the axis: one that is swept, or that the model has."""
        if self.axis != CAPACITY:
            return self.axis
        swept = capacity_keys(cell.results)
        return swept.pop() if len(swept) == 1 else str(cell.row["capacity_key"])

    def untried(self, cell: DiagnosedCell, reason: str) -> Finding:
        """Return the override that would try values, of those that the study accepts."""
        key, study = self.key(cell), cell.study
        if study is None:
            return Finding(reason=reason)
        group, _, name = key.partition(".")
        settings = as_mapping(getattr(study, group, None)) if name else {}
        if name not in settings:
            return Finding(reason=f"{group}={settings.get('kind', '')} has no {name}")
        now, sign = settings[name], self.sign * (study.model.capacity_direction if self.axis == CAPACITY else 1)
        values = [value for value in self.values(now, sign) if accepted(study, group, name, value)]
        if not values:
            return Finding(reason=f"{key} = {written(now)} is as far as it goes here")
        numbers = sorted([*values, *([] if now is None else [now])])
        return Finding(override=f"{key}={','.join(map(written, numbers))}", reason=reason)
