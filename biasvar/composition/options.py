"""The options of groups: files of their folders, some of them in folders of their own."""

import difflib
from collections.abc import Sequence
from pathlib import Path


def options_in(folders: Sequence[Path], group: str) -> list[str]:
    """Return the options of a group: u_curve, and chapter/u_curve below a folder of it.

    Without a group they are the primary configurations.
    """
    pattern = "**/*.yaml" if group else "*.yaml"
    roots = [folder / group for folder in folders]
    paths = {path.relative_to(root) for root in roots for path in root.glob(pattern) if path.is_file()}
    return [path.with_suffix("").as_posix() for path in sorted(paths, key=lambda path: (len(path.parts), path))]


def nearest(word: str, options: Sequence[str]) -> str:
    """Return the option that a word may mean, an empty text if none is near: by its whole name, or by the last part."""
    by_spelling = {option.rpartition("/")[2]: option for option in reversed(options)} | {one: one for one in options}
    near = difflib.get_close_matches(word, by_spelling, n=1)
    return by_spelling[near[0]] if near else ""


def inside(folder: str, options: Sequence[str]) -> list[str]:
    """Return the options in a folder of their group."""
    return [option for option in options if option.startswith(f"{folder.rstrip('/')}/")]
