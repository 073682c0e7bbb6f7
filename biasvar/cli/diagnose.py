"""``biasvar diagnose``: what limits a cell, and what to do about it."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE, FAILED_CELLS, say, say_error


@click.command(name="diagnose")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--cell", "given", multiple=True, metavar="KEY=VALUE", help="A value of an axis; may be given repeatedly."
)
@click.argument("more", nargs=-1, metavar="[KEY=VALUE]...")
def command(folder: Path, given: tuple[str, ...], more: tuple[str, ...]) -> int:
    """Say whether noise, bias or variance limits a cell of the study in DIR, and what the chapter advises.

    The cell is that of least risk, of all or of those with the values that --cell names. The regime is judged by whole
    intervals of the saved tables; each remedy comes with what the sweep says of it, or with the override that would try
    it. Nothing is trained.
    """
    where = values_of((*given, *more))

    from biasvar.api import study_in
    from biasvar.cli.progress import Bar
    from biasvar.report.words.diagnosis import diagnosis_in_words

    study = study_in(folder, Bar())
    for fault in study.results.not_closed:
        say_error(fault)
    text = diagnosis_in_words(study.diagnosis(where), study.results)
    for paragraph in text.paragraphs:
        say(paragraph)
    for against, remedies in text.remedies.items():
        click.echo()
        say(f"{against}:")
        for remedy in remedies:
            say(f"- {remedy}")
    if text.how:
        click.echo()
        say(text.how)
    return FAILED_CELLS if study.results.not_closed else COMPLETE


def values_of(texts: tuple[str, ...]) -> dict[str, str]:
    """Return the values of axes by their keys.

    Raises
    ------
    click.UsageError
        For a text without a key or a value, and for a key that is given twice.
    """
    values: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals and value):
            raise click.UsageError(f"--cell {text} is not allowed: needs KEY=VALUE, such as model.width=16")
        if key in values:
            raise click.UsageError(f"--cell has {key} twice: {values[key]} and {value}")
        values[key] = value
    return values
