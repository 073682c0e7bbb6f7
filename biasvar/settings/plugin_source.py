"""The source of a plugin: its file, and the files in its folder that it imports, whether or not they are loaded yet."""

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path


def source_of(path: Path) -> str:
    """Return a hash of a file and of all files below its folder that it imports, directly or not."""
    digest = hashlib.sha256()
    for name, file in sorted((file.relative_to(path.parent.resolve()).as_posix(), file) for file in files_of(path)):
        digest.update(f"{name}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:32]


def files_of(path: Path) -> set[Path]:
    """Return a file and all files below its folder that it imports, directly or not, with links resolved."""
    files = {path.resolve()}
    new = set(files)
    while new:
        new = {found.resolve() for file in new for found in imported_by(file, path.parent)} - files
        files |= new
    return files


def imported_by(file: Path, folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that a Python file imports anywhere in it."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from modules_at(folder, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = file.parents[node.level - 1] if node.level else folder
            if base.resolve().is_relative_to(folder.resolve()):
                for alias in node.names:
                    yield from modules_at(base, ".".join(filter(None, (node.module, alias.name))))


def modules_at(base: Path, name: str) -> Iterator[Path]:
    """Yield the files of a dotted module, of its parents, and of the packages they are in."""
    parts = name.split(".")
    for length in range(len(parts) + 1):
        below = base.joinpath(*parts[:length])
        candidates = [below / "__init__.py", *([below.with_name(f"{below.name}.py")] if length else [])]
        yield from (path for path in candidates if path.is_file())
