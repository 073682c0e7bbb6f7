"""``biasvar report``: redraw everything from what is stored."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say_error, say_warning

if TYPE_CHECKING:
    from biasvar.report import Written


@click.command(name="report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Redraw a study's table, figures and page from what is stored in DIR. Nothing is trained."""
    return FAILED_CELLS if write(folder).not_closed else COMPLETE


def report(folder: Path) -> bool:
    """Write a study's report and print its path; return whether replicates are missing or sums do not close."""
    written = write(folder)
    return written.partial or bool(written.not_closed)


def write(folder: Path) -> "Written":
    """Write a study's report and print its path; say which sums do not close."""
    from biasvar.report import write_report

    written = write_report(folder, say_warning)
    for fault in written.not_closed:
        say_error(fault)
    click.echo(written.page)
    return written
