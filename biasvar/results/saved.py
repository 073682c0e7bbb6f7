"""Saved results: tables that are read back unchanged while they match the stored outputs.

``results.json`` records what the tables were made from, and the checksum of each. All tables are rebuilt if one is
missing or was changed, if the outputs differ, or if a setting that affects an estimate differs. Settings that only
change the look of a figure do not matter.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from biasvar.results import committees, sensitivities
from biasvar.results.conditions import cells_of_least_risk, chosen
from biasvar.results.kept_cells import read_kept
from biasvar.results.noise import noise_table
from biasvar.results.points.hardest import best_cell, hardest_images, loss_of_hardest
from biasvar.results.points.points import FILE as POINTS
from biasvar.results.points.points import read_points
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import CURVES
from biasvar.results.tables import read_csv, read_parquet, write_csv, write_parquet, write_tables
from biasvar.study.config import Study
from biasvar.study.folder import numbers_of
from biasvar.study.plan import Plan
from biasvar.study.store.evaluation_files import checksums
from biasvar.study.store.files import read_json, sha256_of_file, write_json
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.shard import Entry
from biasvar.study.store.store import Store
from biasvar.version import __version__

FILE = "results.json"
FORMAT = 2  # raised when a number of a table, or anything saved beside it, is computed differently
REPLICATES = "replicates.parquet"
TABLES = (
    "results.csv",
    "results.parquet",
    REPLICATES,
    CURVES,
    noise_table.FILE,
    committees.FILE,
    sensitivities.FILE,
    POINTS,
)
NOT_AS_SAVED = (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException)
"""Errors of reading tables with correct checksums whose contents no report has written."""
SCHEMA = pa.schema(
    [("cell", pa.int64()), ("loss", pa.string()), ("replicate", pa.int64()), ("risk", pa.float64())],
    metadata={"dictionary": json.dumps({"risk": "mean loss of the replicate over the evaluation points"})},
)


def results_of(folder: Path) -> Results:
    """Return the results of a folder's study: the saved ones if current, otherwise rebuilt and saved.

    The warnings begin with the shards that cannot be trusted and are left out.

    Raises
    ------
    SettingsError
        Where the folder holds no study.
    OSError
        Where a file cannot be read, or the disk refuses.
    """
    study_plan, store = read_manifest(folder), Store(folder)
    distrusted: list[str] = []
    index = store.index(distrusted.append)
    made_from = fingerprint(study_plan, store, index)
    results = None
    if is_current(folder, made_from):
        with suppress(*NOT_AS_SAVED):
            results = load(folder, study_plan, store)
    if results is None:
        from biasvar.results.build import build  # loads the estimators, which a redraw does not need

        save(build(folder, study_plan, store, index), folder, made_from)
        results = load(folder, study_plan, store)
    return replace(results, warnings=(*distrusted, *results.warnings))


def fingerprint(study_plan: Plan, store: Store, index: Mapping[str, Entry]) -> str:
    """Return a hash of the inputs of a study's tables: outputs, evaluation points, and settings.

    The outputs enter by the checksums of their shards, so the same outputs in different shards have another hash.
    """
    entries = [index.get(name) for name in study_plan.members]
    paths = {store.evaluation_path(cell.members[0]) for cell in study_plan.cells}
    made_from = {
        "version": [FORMAT, __version__],
        "cells": [[dict(cell.axes), settings_of_estimates(cell.study)] for cell in study_plan.cells],
        "members": [None if one is None else what_is_stored(one) for one in entries],
        "evaluation": {path.name: checksums(path) for path in paths},
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True, default=str).encode(errors="replace")).hexdigest()


def what_is_stored(entry: Entry) -> dict[str, Any]:
    """Return the store's entry of a member, without its location."""
    return vars(entry.outcome) | {"traceback": "", "checksums": entry.checksums}


def settings_of_estimates(study: Study) -> dict[str, Any]:
    """Return the settings of a cell that affect an estimate: of its members, losses, intervals and noise."""
    own = {"loss": study.loss, "tolerance": study.tolerance, "interval": vars(study.interval)}
    own["measures"] = study.training.measures
    return numbers_of(study) | own | {"noise": vars(study.noise)}


def is_current(folder: Path, made_from: str) -> bool:
    """Return whether the tables of a folder are intact and were made from the current inputs."""
    try:
        about = read_json(folder / FILE)
        whole = all(about["tables"][name] == sha256_of_file(folder / name) for name in TABLES)
        return whole and about["made_from"] == made_from
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False  # derived files may be deleted at any time


def save(results: Results, folder: Path, made_from: str) -> None:
    """Write every table beside ``points.parquet``, and ``results.json`` last; without it the tables do not count."""
    write_tables(results, folder)
    write_parquet(folder / REPLICATES, replicates_table(results))
    tables = {CURVES: results.curves, noise_table.FILE: results.noise}
    tables |= {committees.FILE: results.committees, sensitivities.FILE: results.sensitivity}
    for name, table in tables.items():
        write_csv(folder / name, pd.DataFrame() if table is None else table)
    about = {
        "format": FORMAT,
        "made_from": made_from,
        "axes": list(results.axes),
        "level": results.level,
        "over": results.over,
        "resamples": results.resamples,
        "tolerance": results.tolerance,
        "warnings": list(results.warnings),
        "not_closed": list(results.not_closed),
        "tables": {name: sha256_of_file(folder / name) for name in TABLES},
    }
    write_json(folder / FILE, about)


def replicates_table(results: Results) -> pa.Table:
    """Return the risk of each replicate, one row per cell, loss and replicate."""
    parts = [
        [pa.array([cell] * len(risk_R)), pa.array([loss] * len(risk_R)), pa.array(numbers_R), pa.array(risk_R)]
        for (cell, loss), (numbers_R, risk_R) in results.replicate_risk.items()
    ]
    return pa.concat_tables([SCHEMA.empty_table(), *(pa.Table.from_arrays(part, schema=SCHEMA) for part in parts)])


def load(folder: Path, study_plan: Plan, store: Store) -> Results:
    """Return what ``save`` wrote, with the single points that figures draw and the figure settings."""
    about, study = read_json(folder / FILE), study_plan.cells[0].study
    results = Results(
        name=study.name,
        table=read_parquet(folder / "results.parquet"),
        axes=tuple(about["axes"]),
        level=about["level"],
        tolerance=about["tolerance"],
        resamples=about["resamples"],
        over=about["over"],
        figure_width=study.figure.width,
        seed=study.seed,
        figure_x=study.figure.x,
        curves=read_csv(folder / CURVES),
        noise=read_csv(folder / noise_table.FILE),
        committees=read_kept(folder / committees.FILE, study_plan),
        sensitivity=read_kept(folder / sensitivities.FILE, study_plan),
        replicate_risk=dict(risks(read_parquet(folder / REPLICATES))),
        not_closed=tuple(about["not_closed"]),
        warnings=tuple(about["warnings"]),
    )
    return with_points(results, folder, study_plan, store)


def risks(table: pd.DataFrame) -> Iterator[tuple[Any, tuple[np.ndarray, np.ndarray]]]:
    """Yield each cell and loss with the numbers of its replicates and their risks, in the order of the table."""
    for cell, of_cell in table.groupby("cell", sort=False):
        for loss, rows in of_cell.groupby("loss", sort=False):
            yield (cell, loss), (rows["replicate"].to_numpy(), rows["risk"].to_numpy())


def with_points(results: Results, folder: Path, study_plan: Plan, store: Store) -> Results:
    """Return the results with the points of the cells of least risk, and the hardest images if points are images."""
    shown = [(cell, loss) for loss in results.losses for _, cell in chosen(cells_of_least_risk(results, loss))]
    if not shown:
        return results
    loss = loss_of_hardest(results)
    best = best_cell(results, loss)
    hardest = None
    if best is not None:
        hardest = hardest_images(read_points(folder, [(best, loss)]), best, study_plan, store)
    return replace(results, points=read_points(folder, shown), hardest=hardest)
