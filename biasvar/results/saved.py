"""Saved results: tables that are read back unchanged while they match the outputs.

``results.json`` records what the tables were made from, and the checksum of each. All tables are rebuilt if one is
missing or was changed, if the outputs differ, or if a setting that affects an estimate differs. Settings that only
change the look of a figure do not matter.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from biasvar.results import committees, sensitivities
from biasvar.results.cells import Cells
from biasvar.results.claims import claims_table, contributions
from biasvar.results.conditions import cells_of_least_risk, chosen
from biasvar.results.kept_cells import read_kept
from biasvar.results.noise import noise_table
from biasvar.results.points.fits import fits_of
from biasvar.results.points.hardest import best_cell, hardest_images, loss_of_hardest
from biasvar.results.points.points import FILE as POINTS
from biasvar.results.points.points import read_points
from biasvar.results.results import Results
from biasvar.results.shapes.evidence_table import CURVES
from biasvar.results.spread import outlying, spreads
from biasvar.results.tables import read_csv, read_parquet, write_csv, write_parquet, write_tables
from biasvar.study.store.files import read_json, sha256_of_file, write_json
from biasvar.version import __version__

FILE = "results.json"
FORMAT = 9  # raised when a number of a table, or anything saved beside it, is computed differently
REPLICATES = "replicates.parquet"
TABLES = (
    "results.csv",
    "results.parquet",
    REPLICATES,
    CURVES,
    noise_table.FILE,
    committees.FILE,
    sensitivities.FILE,
    spreads.FILE,
    outlying.FILE,
    claims_table.FILE,
    contributions.FILE,
    POINTS,
)
NOT_AS_SAVED = (OSError, ValueError, LookupError, TypeError, AttributeError, pa.ArrowException)
"""Errors of reading tables with correct checksums whose contents no report has written."""
SCHEMA = pa.schema(
    [("cell", pa.int64()), ("loss", pa.string()), ("replicate", pa.int64()), ("risk", pa.float64())],
    metadata={"dictionary": json.dumps({"risk": "mean loss of the replicate over the evaluation points"})},
)


def results_of(cells: Cells, folder: Path) -> Results:
    """Return the results of cells: those saved in a folder if current, otherwise rebuilt and saved there.

    The warnings begin with those on the cells.

    Raises
    ------
    OSError
        Where a file cannot be read, or the disk refuses.
    """
    made_from = fingerprint(cells)
    results = None
    if is_current(folder, made_from):
        with suppress(*NOT_AS_SAVED):
            results = load(folder, cells)
    if results is None:
        from biasvar.results.build import build  # loads the estimators, which a redraw does not need

        save(build(folder, cells), folder, made_from)
        results = load(folder, cells)
    return replace(results, warnings=(*cells.warnings, *results.warnings))


def fingerprint(cells: Cells) -> str:
    """Return whose tables these are, and a hash of what they are made from and how."""
    hashed = hashlib.sha256(json.dumps([FORMAT, __version__, cells.fingerprint()]).encode()).hexdigest()
    return f"{cells.kind} {hashed}"


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
    tables |= {spreads.FILE: results.spread, outlying.FILE: results.outliers}
    tables |= {claims_table.FILE: results.claims, contributions.FILE: results.contributions}
    for name, table in tables.items():
        write_csv(folder / name, pd.DataFrame() if table is None else table)
    about = {
        "format": FORMAT,
        "name": results.name,
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


def load(folder: Path, cells: Cells) -> Results:
    """Return what ``save`` wrote, with the single points and fits that figures draw, and the figure settings."""
    about, head = read_json(folder / FILE), cells.head
    results = Results(
        name=head.name,
        table=read_parquet(folder / "results.parquet"),
        axes=tuple(about["axes"]),
        level=about["level"],
        tolerance=about["tolerance"],
        resamples=about["resamples"],
        over=about["over"],
        figure_width=head.figure.width,
        seed=head.seed,
        figure_x=head.figure.x,
        about=head.about,
        curves=read_csv(folder / CURVES),
        noise=read_csv(folder / noise_table.FILE),
        committees=read_kept(folder / committees.FILE, cells.values),
        sensitivity=read_kept(folder / sensitivities.FILE, cells.values),
        spread=read_kept(folder / spreads.FILE, cells.values),
        outliers=read_kept(folder / outlying.FILE, cells.values),
        claims=read_csv(folder / claims_table.FILE),
        contributions=read_csv(folder / contributions.FILE),
        replicate_risk=dict(risks(read_parquet(folder / REPLICATES))),
        not_closed=tuple(about["not_closed"]),
        warnings=tuple(about["warnings"]),
    )
    return with_points(results, folder, cells)


def risks(table: pd.DataFrame) -> Iterator[tuple[Any, tuple[np.ndarray, np.ndarray]]]:
    """Yield each cell and loss with the numbers of its replicates and their risks, in the order of the table."""
    for cell, of_cell in table.groupby("cell", sort=False):
        for loss, rows in of_cell.groupby("loss", sort=False):
            yield (cell, loss), (rows["replicate"].to_numpy(), rows["risk"].to_numpy())


def with_points(results: Results, folder: Path, cells: Cells) -> Results:
    """Return the results with the points of the cells of least risk, the hardest images, and fits of one input."""
    shown = [(cell, loss) for loss in results.losses for _, cell in chosen(cells_of_least_risk(results, loss))]
    if not shown:
        return results
    loss = loss_of_hardest(results)
    best = best_cell(results, loss)
    hardest = None
    if best is not None:
        hardest = hardest_images(read_points(folder, [(best, loss)]), best, cells)
    fits = fits_of(results, loss, cells)
    return replace(results, points=read_points(folder, shown), hardest=hardest, fits=fits)
