"""Compare two folders of one study bit by bit: the tables, the points, and every model's predictions.

    python scripts/compare_studies.py outputs/before outputs/after

For a change of the code that must change no number. New columns are listed and passed over; columns and texts with a
new name are known (``RENAMED``, ``REWORDED``). Predictions are matched by their bytes, since a model may have another
identity, and so another file, in another version. Exit code 0: all numbers are equal; 1: some are not.
"""

import hashlib
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

RENAMED = {"held": "fixed"}  # columns
REWORDED = {r"\blaw\b": "distribution"}  # texts


def main() -> int:
    """Compare the folders that the command line names; return the exit code."""
    before, after = map(Path, sys.argv[1:])
    faults = [
        *compare_tables(pd.read_csv(before / "results.csv"), pd.read_csv(after / "results.csv"), "results.csv"),
        *compare_tables(
            pd.read_parquet(before / "points.parquet"), pd.read_parquet(after / "points.parquet"), "points.parquet"
        ),
        *compare_predictions(before, after),
    ]
    print("\n".join(faults) or f"{before} and {after}: all numbers are equal")
    return int(bool(faults))


def compare_tables(before: pd.DataFrame, after: pd.DataFrame, name: str) -> list[str]:
    """Return which columns of two tables differ, row by row and bit by bit."""
    before = before.rename(columns=RENAMED)
    if len(before) != len(after):
        return [f"{name}: {len(before)} rows before, {len(after)} after"]
    lost, new = before.columns.difference(after.columns), after.columns.difference(before.columns)
    print(f"{name}: {len(after):,} rows; new columns: {', '.join(new) or 'none'}")
    return [f"{name}: {column} is gone" for column in lost] + [
        f"{name}: {column} differs in {count} of {len(after)} rows"
        for column in before.columns.intersection(after.columns)
        if (count := differing(before[column].replace(REWORDED, regex=True), after[column]))
    ]


def differing(before: pd.Series, after: pd.Series) -> int:
    """Return how many entries are not the same; two that are missing are."""
    return int((~((before == after) | (before.isna() & after.isna()))).sum())


def compare_predictions(before: Path, after: Path) -> list[str]:
    """Return how many models' predictions one folder has and the other has not."""
    found, wanted = fingerprints(after), fingerprints(before)
    print(f"predictions: {wanted.total():,} models before, {found.total():,} after")
    missing, added = (wanted - found).total(), (found - wanted).total()
    return [f"predictions: {missing} models of before are not there, {added} are new"] if missing or added else []


def fingerprints(folder: Path) -> Counter[str]:
    """Return how often each model's predictions are in a folder, by a hash of their bytes."""
    found: Counter[str] = Counter()
    for path in (folder / "shards").glob("*/*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            for name in arrays.files:
                for outputs in arrays[name]:
                    found[hashlib.sha256(np.ascontiguousarray(outputs).tobytes()).hexdigest()] += 1
    return found


if __name__ == "__main__":
    sys.exit(main())
