"""Folders as options and arguments."""

from pathlib import Path
from typing import Any

import click


class Folder(click.Path):
    """A folder, as a path. An empty string (an unset shell variable) does not mean the current folder."""

    def __init__(self, exists: bool = False):
        super().__init__(exists=exists, file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("it is empty: give a folder, or . for this one", param, ctx)
        return super().convert(value, param, ctx)
