"""``biasvar report``: redraw everything from the stored outputs, or report on predictions made elsewhere."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasvar.cli.folders import Folder
from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say_error
from biasvar.cli.progress import Bar

if TYPE_CHECKING:
    from biasvar.api import StudyResults


@click.command(name="report")
@click.argument("arguments", nargs=-1, metavar="DIR [OVERRIDES]...")
@click.option(
    "--from", "source", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Predictions made elsewhere, in place of DIR: npz, csv, tsv or parquet.",
)  # fmt: skip
@click.option("--out", type=Folder(), metavar="DIR", help="Folder of that report, outputs/NAME by default.")
def command(arguments: tuple[str, ...], source: Path | None, out: Path | None) -> int:
    """Redraw a study's tables, figures and page from what is stored in DIR. Nothing is trained.

    OVERRIDES are those of figure.*: figure.width=3.25 draws figures for one column. Beside --from they are those of
    interval.* too, and name, seed, loss, capacity, outputs_are, target_is and noise_distribution.
    """
    if source is not None:
        from biasvar.api.predictions import report_from_file

        study = report_from_file(source, out, arguments, Bar())
    else:
        if out is not None:
            raise click.UsageError("--out goes with --from: the report of a study is written into its own DIR")
        if not arguments:
            raise click.UsageError("Missing argument 'DIR'.")
        study = redrawn(Path(arguments[0]), arguments[1:])
    say_where(study)
    return FAILED_CELLS if study.results.not_closed else COMPLETE


def redrawn(folder: Path, overrides: tuple[str, ...]) -> "StudyResults":
    """Return the study in a folder after drawing its report anew."""
    from biasvar.api import study_in
    from biasvar.cli.both_ends import from_both_ends

    gc.set_threshold(100_000)  # nearly everything that a redraw makes stays to its end
    study = study_in(folder, Bar(), overrides)

    from biasvar.report import write_report

    write_report(study.results, study.folder, study.made_of, from_both_ends)
    return study


def say_where(study: "StudyResults") -> None:
    """Print the path of a study's page, and which sums do not close."""
    for fault in study.results.not_closed:
        say_error(fault)
    if study.claims is not None and len(study.claims):
        from biasvar.report.words.claims import tally

        click.echo(f"claims: {tally(study.claims)}", err=True)
    click.echo(study.page)
