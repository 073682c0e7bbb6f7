"""``biasvar report``: redraw everything from the stored outputs."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say_error
from biasvar.cli.progress import Bar

if TYPE_CHECKING:
    from biasvar.api import StudyResults


@click.command(name="report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("overrides", nargs=-1)
def command(folder: Path, overrides: tuple[str, ...]) -> int:
    """Redraw a study's tables, figures and page from what is stored in DIR. Nothing is trained.

    OVERRIDES are those of figure.*: figure.width=3.25 draws figures for one column.
    """
    from biasvar.api import study_in
    from biasvar.cli.both_ends import from_both_ends

    gc.set_threshold(100_000)  # nearly everything that a redraw makes stays to its end
    study = study_in(folder, Bar(), overrides)

    from biasvar.report import write_report

    write_report(study.results, study.folder, study.made_of, from_both_ends)
    say_where(study)
    return FAILED_CELLS if study.results.not_closed else COMPLETE


def say_where(study: "StudyResults") -> None:
    """Print the path of a study's page, and which sums do not close."""
    for fault in study.results.not_closed:
        say_error(fault)
    click.echo(study.page)
