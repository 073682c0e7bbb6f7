"""``biasvar compare``: the difference of two studies, cell by cell."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE, say
from biasvar.cli.progress import Bar

TABLES = {".csv": "csv", ".parquet": "parquet"}


@click.command(name="compare")
@click.argument("a", metavar="A", type=click.Path(path_type=Path))
@click.argument("b", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the table there: csv or parquet.",
)
@click.option(
    "--figure", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Draw it too: pdf, svg or png."
)
def command(a: Path, b: Path, out: Path | None, figure: Path | None) -> int:
    """Print risk(A) - risk(B) and the difference of each part, in every cell that both studies have.

    A and B are folders of studies, or files of predictions as `biasvar report --from` reads them. Cells belong together
    by the axes that both have. Replicates that share random numbers are paired; each row says whether they are, and why
    not. p_a_better is the share of pairs of replicates in which A has the lower risk.
    """
    kind = TABLES.get(out.suffix.lower(), "") if out else "csv"
    if not kind:
        raise click.UsageError(f"--out {out} is not allowed: needs a name that ends in {' or '.join(TABLES)}")
    picture = figure.suffix.lower().removeprefix(".") if figure else ""
    if figure and picture not in ("pdf", "svg", "png"):
        raise click.UsageError(f"--figure {figure} is not allowed: needs a name that ends in .pdf, .svg or .png")

    from biasvar.api.comparison import compare

    found = compare(a, b, progress=Bar())
    if out is None:
        click.echo(found.as_csv(), nl=False)
    else:
        found.write(out, kind)
        say(str(out))
    if figure is not None:
        found.draw(figure, picture)
        click.echo(str(figure), err=out is None)
    return COMPLETE
