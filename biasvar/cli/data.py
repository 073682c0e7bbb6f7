"""``biasvar data``: data sets on disk. The only verb that downloads, and only when it is asked to."""

from pathlib import Path

import click


@click.group(name="data")
def command() -> None:
    """Prepare data sets on disk; a sweep never downloads by itself."""


@command.command(name="prepare")
@click.argument("name", type=click.Choice(["cifar10"]))
@click.option("--root", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), show_default=True)
def prepare(name: str, root: Path) -> int:
    """Download a data set through torchvision, check it, and say where it is."""
    from biasvar.data.cifar10_files import FOLDER, download, read_split

    download(root)
    for train in (True, False):
        read_split(str(root), train)
    click.echo(root / FOLDER)
    return 0
