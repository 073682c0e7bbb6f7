"""The cells of a study: from its plan and its store to the ensemble of each."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from biasvar.data.references import reference_target
from biasvar.data.rows import Evaluation
from biasvar.results.cells import Cells, Head
from biasvar.results.ensembles import CellEnsemble, Measured, columns_of_weights, complete, losses_asked
from biasvar.results.predictions import tidy
from biasvar.results.stored.description import description
from biasvar.results.stored.gaps import gaps_of
from biasvar.results.stored.outer_sets import outer_sets_of
from biasvar.results.stored.stored_outputs import outputs_of
from biasvar.study.claims.claim import Claim
from biasvar.study.config import Study
from biasvar.study.folder import numbers_of
from biasvar.study.plan import Cell, Plan, read_at
from biasvar.study.store.evaluation_files import checksums
from biasvar.study.store.manifest import read_manifest, recorded_environments
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store
from biasvar.training.measures import UNASKED
from biasvar.training.modes import SPREAD
from biasvar.training.readouts import Readout

if TYPE_CHECKING:
    from biasvar.results.verification.form import ClosedForm

SCORES = "scores"  # labels are stored as 1 for the predicted class and 0 for the others


@dataclass(frozen=True)
class StoredCells(Cells):
    """The cells of a plan, in a store with this index; ``warnings`` name the shards that cannot be trusted."""

    kind: ClassVar[str] = "study"

    plan: Plan
    store: Store
    index: Mapping[str, Entry]
    warnings: tuple[str, ...] = ()

    @property
    def head(self) -> Head:
        """What the study has once, and of what may differ from cell to cell that of the first."""
        study = self.plan.cells[0].study
        estimates = (study.seed, study.interval, study.tolerance)
        return Head(self.plan.name, self.plan.axes, *estimates, study.figure, study.about or "")

    @property
    def values(self) -> list[dict[str, Any]]:
        """The values of the swept keys in each cell."""
        return [dict(cell.axes) for cell in self.plan.cells]

    @property
    def claims(self) -> tuple[Claim, ...]:  # type: ignore[override]
        """The claims of the study."""
        return self.plan.claims

    @property
    def command(self) -> str:  # type: ignore[override]
        """The command that asked for the study last."""
        return self.plan.command

    @property
    def environments(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The distinct environments of the study's runs."""
        return recorded_environments(self.store.folder)

    @property
    def warnings_on_training(self) -> list[str]:  # type: ignore[override]
        """The warnings on settings of training that are allowed but may not be intended."""
        studies = [cell.study for cell in self.plan.cells]
        return list(dict.fromkeys(warning for study in studies for warning in study.training.warnings(study)))

    @property
    def devices(self) -> set[str]:  # type: ignore[override]
        """The kinds of device that the cells ask for."""
        return {cell.study.device.split(":")[0] for cell in self.plan.cells}

    def ensemble(self, number: int) -> CellEnsemble:
        """Read one cell's members from the store."""
        cell = self.plan.cells[number]
        study, member = cell.study, cell.members[0]
        sizes = study.design.sizes(study.replicates)
        entries = self.entries_of(cell)
        usable = np.array([is_usable(entry) for entry in entries]).reshape(sizes)
        kept = complete(usable)
        places = np.arange(usable.size).reshape(sizes)[np.ix_(*kept)]
        used = tuple(entry for place in places.ravel() if (entry := entries[place]) is not None)
        outputs = None
        if min(places.shape) >= 2:
            of_one = (study.data.n_eval, study.data.outputs)
            outputs = outputs_of(self.store, used, cell.readout, places.shape, of_one)
        known = self.evaluation(number)
        target, noise_N, name = reference_target(known, study.data, study.noise.reference, study.seed)
        gaps = gaps_of([entry.outcome if entry else None for entry in entries], len(used))
        columns = description(cell, used, outputs is not None) | {"gaps": gaps, "reference": name}
        columns |= columns_of_weights(known.weights_N)
        if not any(cell.study.data.has_noisy_labels for cell in self.plan.cells):
            del columns["label_noise_rate"]
        if all(cell.study.model.capacity_direction == 1 for cell in self.plan.cells):
            del columns["capacity_direction"]
        numbers, seeds = measured(used, cell), tuple(tuple(map(int, one)) for one in kept)
        return CellEnsemble(
            number=number,
            axes=cell.axes,
            kept=seeds,
            sizes=places.shape,
            sources=study.design.sources,
            outputs=outputs,
            outputs_are=SCORES if member.outputs_are == "labels" else member.outputs_are,
            target=target,
            noise_N=noise_N,
            noise_distribution=None if noise_N is None else study.data.noise_distribution,
            weights_N=known.weights_N,
            reference=name,
            task=study.data.task,
            losses=losses_asked(study.loss, study.data.task, member.outputs_are),
            data=study.data.kind,
            seed=study.seed,
            interval=study.interval,
            columns=columns,
            measured=numbers,
            outer_sets=outer_sets_of(self.store, cell, used, seeds, numbers.measures.get("degrees_of_freedom")),
            gaps=gaps,
        )

    def closed_forms(self, cell: int, loss: str) -> "list[ClosedForm]":
        """Return the closed forms of what a cell estimates under a loss."""
        from biasvar.results.verification.forms import closed_forms

        planned = self.plan.cells[cell]
        return closed_forms(planned.study, loss, read_at(planned, "epoch"))

    def entries_of(self, cell: Cell) -> list[Entry | None]:
        """Return the store's entry of each of a cell's members."""
        return [entry_at(cell.readout, self.index.get(member.id)) for member in cell.members]

    def evaluation(self, cell: int) -> Evaluation:
        """Return the evaluation points of a cell."""
        return self.store.read_evaluation(self.plan.cells[cell].members[0])

    def study(self, cell: int) -> Study:
        """Return the settings of a cell."""
        return self.plan.cells[cell].study

    def class_name(self, cell: int, number: float) -> str:
        """Return the name of a class, or its number if classes have no names."""
        names = self.plan.cells[cell].study.data.class_names
        return names[int(number)] if names else f"{number:g}"

    def predictions(self, cell: int, warn: Callable[[str], None], points_n: np.ndarray | None = None) -> pd.DataFrame:
        """Return the predictions of each usable model of a cell, in or out of a grid without gaps."""
        planned, ensemble = self.plan.cells[cell], self.ensemble(cell)
        for warning in self.warnings:
            warn(warning)
        used = [(number, one) for number, one in enumerate(self.entries_of(planned)) if one and is_usable(one)]
        numbers_M = np.array([number for number, _ in used], dtype=int)
        points = slice(None) if points_n is None else points_n
        shape = (len(used), len(ensemble.target[points]), planned.study.data.outputs)
        outputs_MnK = np.reshape([self.store.outputs(one, planned.readout)[points] for _, one in used], shape)
        sizes = planned.study.design.sizes(planned.study.replicates)
        return tidy(ensemble, outputs_MnK, numbers_M, np.unravel_index(numbers_M, sizes), points_n)

    def fingerprint(self) -> str:
        """Return a hash of the inputs of the study's tables: outputs, evaluation points, and settings.

        The outputs enter by the checksums of their shards, so the same outputs in different shards have another hash.
        """
        entries = [self.index.get(name) for name in self.plan.members]
        paths = {self.store.evaluation_path(cell.members[0]) for cell in self.plan.cells}
        made_from = {
            "cells": [[dict(c.axes), settings_of_estimates(c.study), c.readout.array] for c in self.plan.cells],
            "members": [None if one is None else what_is_stored(one) for one in entries],
            "evaluation": {path.name: checksums(path) for path in paths},
            "claims": [claim.as_json() | {"added_after": claim.added_after} for claim in self.plan.claims],
        }
        return hashlib.sha256(json.dumps(made_from, sort_keys=True, default=str).encode(errors="replace")).hexdigest()


def cells_in(folder: Path) -> StoredCells:
    """Return the cells of the study in a folder.

    Raises
    ------
    SettingsError
        Where the folder holds no study.
    """
    return cells_of(read_manifest(folder), folder)


def cells_of(study_plan: Plan, folder: Path) -> StoredCells:
    """Return the cells of a plan, with what a folder holds of their members."""
    store, distrusted = Store(folder), list[str]()
    return StoredCells(study_plan, store, store.index(distrusted.append), tuple(distrusted))


def entry_at(readout: Readout, entry: Entry | None) -> Entry | None:
    """Return the store's entry of a member as it is at this readout, if it has it or has failed."""
    if entry is None or not (entry.outcome.error or readout in entry.places):
        return None
    return replace(entry, outcome=entry.outcome.at(readout))


def is_usable(entry: Entry | None) -> bool:
    """Return whether a member is there and has finite outputs."""
    return entry is not None and entry.outcome.ok


def measured(entries: Sequence[Entry], cell: Cell) -> Measured:
    """Return the numbers of a cell's members beside their outputs."""
    outcomes = [entry.outcome for entry in entries]
    names = (*cell.study.training.measures, *([SPREAD] if cell.readout.samples else []))
    names += tuple(name for name in UNASKED if all(name in one.measures for one in outcomes))
    losses = dict.fromkeys(loss for one in outcomes for loss in one.train_risk)
    constant = {loss: [one.constant_risk.get(loss, np.nan) for one in outcomes] for loss in losses}
    return Measured(
        {loss: np.array([one.train_risk[loss] for one in outcomes]) for loss in losses},
        {loss: float(np.mean(known)) for loss, known in constant.items() if not np.isnan(known).any()},
        {name: np.array([one.measures.get(name, np.nan) for one in outcomes]) for name in names},
    )


def what_is_stored(entry: Entry) -> dict[str, Any]:
    """Return the store's entry of a member, without its location."""
    others = {readout.array: vars(state) for readout, state in entry.outcome.others.items()}
    return vars(entry.outcome) | {"traceback": "", "others": others, "checksums": entry.checksums}


def settings_of_estimates(study: Study) -> dict[str, Any]:
    """Return the settings of a cell that affect an estimate: of its members, losses, intervals and noise."""
    own = {"loss": study.loss, "tolerance": study.tolerance, "interval": vars(study.interval)}
    own["measures"] = study.training.measures
    return numbers_of(study) | own | {"noise": vars(study.noise)}
