"""``biasvar data``: data sets on disk. The only verb that downloads, and only on request."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE

NAMES = ("cifar10", "cifar100", "fashion_mnist", "mnist")


@click.group(name="data")
def command() -> None:
    """Prepare data sets on disk; a sweep never downloads by itself."""


@command.command(name="prepare")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--from", "place", metavar="FILE|FOLDER", type=click.Path(path_type=Path), help="Take it from there.")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), show_default=True)
def prepare(name: str, place: Path | None, root: Path) -> int:
    """Check a data set's archives, unpack them below ROOT, and say where the set is.

    With --from they are there already: an archive such as cifar-10-python.tar.gz, or a folder that holds the archives,
    such as the four of MNIST. Without, they are downloaded, unless the set's files are in ROOT.
    """
    from biasvar.data import PUBLISHED
    from biasvar.data.images.archives import archives_at, download, is_complete, take

    published = PUBLISHED[name].files
    if place is not None or not is_complete(published, root):
        take(published, archives_at(published, place) if place else download(published, root), root)
    click.echo(root / published.folder)
    return COMPLETE
