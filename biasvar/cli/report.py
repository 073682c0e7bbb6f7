"""``biasvar report``: redraw everything from what is stored."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE, say_warning


@click.command(name="report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Redraw a study's table, figures and page from what is stored in DIR. Nothing is trained."""
    report(folder)
    return COMPLETE


def report(folder: Path) -> bool:
    """Write a study's report and print its path; return whether replicates are missing from it."""
    from biasvar.report import write_report

    written = write_report(folder, say_warning)
    click.echo(written.page)
    return written.partial
