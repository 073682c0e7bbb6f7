"""``biasvar plot``: single figures of a study, for a paper."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say, say_error
from biasvar.cli.progress import Bar

FORMATS = ("pdf", "svg", "png")


@click.command(name="plot")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--figure", "figures", multiple=True, metavar="NAME", help="A figure by its name; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every figure, and a LaTeX file that includes them.")
@click.option("--list", "listing", is_flag=True, help="Say which figures the study has, and what the others need.")
@click.option("--width", type=float, metavar="INCHES", help="Width of the figure [the study's].")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="May be repeated [pdf].")
@click.option("--style", metavar="FILE|VENUE", help="A style file of matplotlib, or icml, neurips, jmlr, nature.")
@click.option("--panel", metavar="KEY", help="A panel for each value of a swept key.")
@click.option("--select", multiple=True, metavar="KEY=VALUE", help="Draw these cells alone; may be repeated.")
@click.option("--loss", metavar="NAME", help="The loss [the first that has the figure].")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Folder [DIR/figures].")
def command(
    folder: Path,
    figures: tuple[str, ...],
    every: bool,
    listing: bool,
    width: float | None,
    formats: tuple[str, ...],
    style: str | None,
    panel: str | None,
    select: tuple[str, ...],
    loss: str | None,
    out: Path | None,
) -> int:
    """Draw figures of the study in DIR at a width, from its saved tables. Prints the path of each file."""
    if [bool(figures), every, listing].count(True) != 1:
        raise click.UsageError("give one of --figure NAME, --all and --list")
    if every and (panel or loss):
        raise click.UsageError(
            f"--all draws every figure under every loss: {'--panel' if panel else '--loss'} goes with --figure"
        )
    wanted = dict(pair(text) for text in select)

    from biasvar.api import study_in

    study = study_in(folder, Bar())
    for fault in study.results.not_closed:
        say_error(fault)

    from biasvar.report.drawing import checked, styled, write_figures, write_latex
    from biasvar.report.figures import FOLDER
    from biasvar.report.plots import every_figure, found_by, listed, with_cells

    results = with_cells(study.results, wanted)
    if listing:
        names = listed(results)
        for name, what in names:
            say(f"{name:<{max(len(one) for one, _ in names)}}  {what}")
        return COMPLETE
    found = (
        every_figure(results) if every else [one for name in figures for one in found_by(results, name, loss, panel)]
    )
    place = out or study.folder / FOLDER
    with styled(style) as column:
        inches = checked(column or results.figure_width if width is None else width)
        paths = write_figures(found, place, formats or ("pdf",), inches)
    if every and "pdf" in (formats or ("pdf",)):
        paths.append(write_latex(found, place))
    for path in paths:
        say(str(path))
    return FAILED_CELLS if study.results.not_closed else COMPLETE


def pair(text: str) -> tuple[str, str]:
    """Return the key and the value of KEY=VALUE."""
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise click.UsageError(f"--select {text} is not allowed: needs KEY=VALUE")
    return key, value
