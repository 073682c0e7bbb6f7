"""What a study's folder holds, told from its files alone."""

import hashlib
import json
from collections import Counter
from pathlib import Path

Committed = dict[Path, tuple[int, str]]


def committed(folder: Path) -> Committed:
    """Return the files of the shards that are committed (their json is there), each with its time and checksum."""
    jsons = [path for path in (folder / "shards").rglob("*.json") if not path.name.startswith(".")]
    files = [path for json_path in jsons for path in (json_path, json_path.with_suffix(".npz"))]
    return {path: (path.stat().st_mtime_ns, checksum(path)) for path in files}


def members_of(path: Path) -> list[str]:
    """Return the identities of the members that a shard's json commits."""
    return [one["id"] for one in json.loads(path.read_bytes())["members"]]


def committed_members(folder: Path) -> Counter[str]:
    """Return in how many shards each committed member stands."""
    shards = [path for path in committed(folder) if path.suffix == ".json"]
    return Counter(member for path in shards for member in members_of(path))


def trained_twice(before: Committed, after: Committed, folder: Path) -> list[str]:
    """Return what shows that a committed member was trained again, one text each.

    Its shard was written again or is gone, or it stands in two shards.
    """
    rewritten = [f"{path} was committed, and is not as it was" for path in before if after.get(path) != before[path]]
    copies = committed_members(folder)
    return rewritten + [f"member {name} stands in {count} shards" for name, count in copies.items() if count > 1]


def derived(folder: Path) -> dict[str, str]:
    """Return the checksums of the tables, figures and page, by their paths below the folder."""
    found = [path for kind in ("*.csv", "*.parquet", "report.html", "figures/[!.]*") for path in folder.glob(kind)]
    return {str(path.relative_to(folder)): checksum(path) for path in found}


def differences(folder: Path, reference: Path) -> list[str]:
    """Return the derived files that are not those of the reference, byte for byte."""
    here, there = derived(folder), derived(reference)
    return sorted(f"{folder}/{name}" for name in here | there if here.get(name) != there.get(name))


def strays(folder: Path) -> list[str]:
    """Return the files that a kill left aside."""
    return sorted(str(path) for path in folder.rglob("*.tmp"))


def checksum(path: Path) -> str:
    """Return a file's sha256, or an empty text where it is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
