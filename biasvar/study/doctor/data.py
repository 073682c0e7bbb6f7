"""Data sets: which of the published ones are at hand."""

import os
from pathlib import Path

from biasvar.data import PUBLISHED
from biasvar.study.doctor.finding import Finding


def data(folder: Path) -> Finding:
    """Look for the folders of published data sets below data/ and where BIASVAR_DATA points."""
    roots = [Path("data"), *([Path(os.environ["BIASVAR_DATA"])] if os.environ.get("BIASVAR_DATA") else [])]
    found = {}
    for name in PUBLISHED:
        files = PUBLISHED[name].files
        there = [root for root in roots if all((root / files.folder / one).is_file() for one in files.files)]
        found[name] = str(there[0] / files.folder) if there else f"not here (biasvar data prepare {name})"
    return Finding(found)
