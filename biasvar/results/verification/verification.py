"""Check whether a study's files, sums and closed forms hold. Nothing is written or trained."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from biasvar.results.cells import Cells
from biasvar.results.claims.contributions import FILE as SHARES
from biasvar.results.results import Results
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.table import build_results
from biasvar.results.verification.comparisons import Comparison, ComparisonCollector
from biasvar.results.verification.verdicts import fault_of_verdicts
from biasvar.study.plan import Plan
from biasvar.study.store.disk import open_plain
from biasvar.study.store.manifest import read_manifest
from biasvar.study.store.store import Store
from biasvar.study.store.study_json import COPY, EARLIER, NAME, faults_of, has_study, is_lost, whole_content

SAME = 1e-6  # relative: last bits may differ from machine to machine


@dataclass(frozen=True)
class Finding:
    """One check; ``holds`` is None if there was nothing to test."""

    subject: str
    holds: bool | None
    text: str


@dataclass(frozen=True)
class Verification:
    """All findings on a study."""

    findings: list[Finding]
    comparisons: list[Comparison]

    @property
    def verdicts(self) -> list[bool | None]:
        """Whether each check holds, None if it was not tested."""
        return [finding.holds for finding in self.findings] + [one.holds for one in self.comparisons]

    @property
    def right(self) -> int:
        """How many checks hold."""
        return self.verdicts.count(True)

    @property
    def untested(self) -> int:
        """How many checks could not be tested."""
        return self.verdicts.count(None)

    @property
    def wrong(self) -> int:
        """How many checks do not hold."""
        return self.verdicts.count(False)


def verify_study(folder: Path) -> Verification:
    """Verify checksums, members, closure, the table on disk, and the terms with a closed form.

    Raises
    ------
    SettingsError
        Where the folder holds no study.
    """
    store, findings = Store(folder), settings(folder)
    if has_study(folder) and is_lost(folder):
        return Verification([*checksums(store), *findings], [])
    study_plan = read_manifest(folder)
    findings.append(evaluation_points(study_plan, store))
    if findings[-1].holds is False:
        return Verification([*checksums(store), *findings], [])
    cells, comparisons = cells_in(folder), ComparisonCollector(study_plan)
    with threadpool_limits(1):  # the same bits on any number of cores
        results = build_results(cells, [comparisons])
    findings += [*members(results, len(study_plan.members)), closure(results), table_on_disk(results, folder)]
    findings += claims_on_disk(cells, results, folder)
    return Verification(shards(cells.warnings, store) + findings, comparisons.found)


def settings(folder: Path) -> list[Finding]:
    """Return a finding for each settings file that was changed since a sweep wrote it, or one for both."""
    faults = [Finding("settings", False, fault) for fault in faults_of(folder)]
    content = whole_content(folder)
    if content and content["format"] == EARLIER:
        return [*faults, Finding("settings", None, f"format {EARLIER} has no checksum; the next sweep adds one")]
    return faults or [Finding("settings", True, f"{NAME} and {COPY} are unchanged")]


def checksums(store: Store) -> list[Finding]:
    """Return the findings on the shards when no table can be built."""
    distrusted: list[str] = []
    store.index(distrusted.append)
    return shards(distrusted, store)


def shards(distrusted: Sequence[str], store: Store) -> list[Finding]:
    """Return a finding for each shard that cannot be trusted, or one for all of them."""
    strange = [
        Finding("shards", False, f"{path.relative_to(store.folder)} is not a file of this study, and is not read")
        for path in store.unknown_files()
    ]
    if distrusted:
        return [Finding("shards", False, text) for text in distrusted] + strange
    return [Finding("shards", True, f"{store.count():,} match the checksums in their json"), *strange]


def evaluation_points(study_plan: Plan, store: Store) -> Finding:
    """Return the finding on whether the stored evaluation points can be read."""
    paths = {store.evaluation_path(cell.members[0]): cell.members[0] for cell in study_plan.cells}
    for member in paths.values():
        try:
            store.read_evaluation(member)
        except OSError as error:
            return Finding("evaluation points", False, str(error))
    return Finding("evaluation points", True, f"{len(paths):,} can be read")


def members(results: Results, planned: int) -> list[Finding]:
    """Return a finding for each cell that lacks members, or one for all of them, each counted once."""
    cells = results.table.drop_duplicates("cell")
    short = cells[cells["n_ok"] < cells["n_planned"]]
    if len(short) == 0:
        return [Finding("members", True, f"{planned:,} of {planned:,} are used")]
    return [
        Finding("members", False, f"cell {row['cell']}: {row['n_ok']} of {row['n_planned']} are used; {row['gaps']}")
        for _, row in short.iterrows()
    ]


def closure(results: Results) -> Finding:
    """Return the finding on whether risk is the sum of its parts in every row, with the largest residual."""
    if results.not_closed:
        return Finding("closure", False, "; ".join(results.not_closed))
    residuals = results.table["residual"].dropna()
    rows = len(residuals)
    if rows == 0:
        return Finding("closure", None, "no row has an estimate")
    return Finding("closure", True, f"risk is the sum of its parts in {rows:,} rows, to {residuals.max():.1e}")


def table_on_disk(results: Results, folder: Path) -> Finding:
    """Return the finding on whether ``results.csv`` is the table that the stored outputs give."""
    path = folder / "results.csv"
    if not path.is_file():
        return Finding("results.csv", None, "is missing; biasvar report creates it")
    fresh = pd.read_csv(io.StringIO(results.table.to_csv(index=False)))
    try:
        with open_plain(path) as stream:
            found = pd.read_csv(stream)
    except ValueError as error:
        return Finding("results.csv", False, f"cannot be read: {error}; biasvar report rebuilds it")
    other = difference(found, fresh)
    return Finding("results.csv", not other, other or f"its {len(fresh):,} rows are those of the stored outputs")


def claims_on_disk(cells: Cells, results: Results, folder: Path) -> list[Finding]:
    """Return the finding on whether the verdicts on disk are those that the contributions on disk lead to."""
    fault = fault_of_verdicts(cells, results, folder)
    if fault is None:
        return []
    text = f"{fault}; biasvar report rebuilds it" if fault else f"{len(cells.claims)} verdicts follow from {SHARES}"
    return [Finding("claims.csv", not fault, text)]


def difference(found: pd.DataFrame, fresh: pd.DataFrame) -> str:
    """Return how a table differs from the expected one, or an empty string."""
    again = "; biasvar report rebuilds it"
    if len(found) != len(fresh) or set(found) != set(fresh):
        columns = sorted(map(str, set(found) ^ set(fresh)))
        named = f", and not the same columns ({', '.join(columns)})" if columns else ""
        return f"has {len(found)} rows, and the stored outputs give {len(fresh)}{named}{again}"
    for name in map(str, fresh):
        if pd.api.types.is_numeric_dtype(fresh[name]) and pd.api.types.is_numeric_dtype(found[name]):
            # A residual is rounding, and may differ between machines.
            slack = SAME if name.startswith("residual") else 0.0
            same = np.isclose(found[name], fresh[name], rtol=SAME, atol=slack, equal_nan=True)
        else:
            same = ((found[name] == fresh[name]) | (found[name].isna() & fresh[name].isna())).to_numpy()
        if not same.all():
            row = int(np.argmin(same))
            there, expected = found[name].iloc[row], fresh[name].iloc[row]
            return f"{name} in row {row + 1} is {there}, and the stored outputs give {expected}{again}"
    return ""
