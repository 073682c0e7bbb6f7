"""``biasvar export``: a study's table or predictions for other tools."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say, say_error
from biasvar.cli.progress import Bar

if TYPE_CHECKING:
    from biasvar.api import StudyResults

KINDS = {".csv": "csv", ".parquet": "parquet", ".tex": "latex"}


@click.command(name="export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(list(KINDS.values())), help="By default what FILE ends in, else csv."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write into FILE.")
@click.option("--columns", metavar="NAME,NAME", help="Columns of the table [all; latex: axes, risk and its parts].")
@click.option("--digits", type=click.IntRange(1, 9), help="latex: significant digits of an interval's half-width [2].")
@click.option("--predictions", is_flag=True, help="Every prediction, in place of the table.")
def command(
    folder: Path, kind: str | None, out: Path | None, columns: str | None, digits: int | None, predictions: bool
) -> int:
    """Print the table of the study in DIR, one row per cell and loss, or its predictions.

    With --format latex it is a table for pdflatex with booktabs, each estimate with its interval. Predictions have a
    row per cell, replicate, point and output, with the target: `biasvar report --from` reads them too.
    """
    kind = kind or (KINDS.get(out.suffix.lower(), "csv") if out else "csv")
    if kind == "parquet" and out is None:
        raise click.UsageError("--format parquet is not allowed on a terminal or in a pipe: needs --out FILE")
    if digits is not None and kind != "latex":
        raise click.UsageError("--digits goes with --format latex: other formats have every digit")
    if predictions and (kind == "latex" or columns is not None):
        raise click.UsageError(f"--predictions and {'--columns' if columns else '--format latex'} exclude each other")
    names = None if columns is None else [name.strip() for name in columns.split(",")]

    from biasvar.api import study_in

    study = study_in(folder, Bar())
    for fault in study.results.not_closed:
        say_error(fault)
    if predictions:
        export_predictions(study, kind, out)
    else:
        export_table(study, kind, out, names, digits)
    if out is not None:
        say(str(out))
    return FAILED_CELLS if study.results.not_closed else COMPLETE


def export_predictions(study: "StudyResults", kind: str, out: Path | None) -> None:
    """Print or write the predictions of every cell, a part at a time."""
    from biasvar.results.exported import Predictions

    found = Predictions.of(study.made_of)
    if out is not None:
        found.write(out, kind)
        return
    for text in found.as_csv():
        click.echo(text, nl=False)


def export_table(
    study: "StudyResults", kind: str, out: Path | None, columns: list[str] | None, digits: int | None
) -> None:
    """Print or write the table."""
    from biasvar.results.exported import as_csv, table_of, write_table

    if kind == "latex":
        text = study.to_latex(columns=columns, **({} if digits is None else {"digits": digits}))
    elif out is not None:
        write_table(out, kind, table_of(study.results, columns))
        return
    else:
        text = as_csv(table_of(study.results, columns))
    if out is None:
        click.echo(text, nl=False)
        return
    from biasvar.study.store.files import write_whole

    write_whole(out, lambda stream: stream.write(text.encode()))
