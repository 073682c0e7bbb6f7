"""``biasvar data``: data sets on disk. The only verb that downloads, and only on request."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE


@click.group(name="data")
def command() -> None:
    """Prepare data sets on disk; a sweep never downloads by itself."""


@command.command(name="prepare")
@click.argument("name", type=click.Choice(["cifar10"]))
@click.option("--from", "archive", metavar="FILE", type=click.Path(path_type=Path), help="Take it from this archive.")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), show_default=True)
def prepare(name: str, archive: Path | None, root: Path) -> int:
    """Check a data set's archive, unpack it below ROOT, and say where it is.

    With --from the archive is a file that is there already (cifar-10-python.tar.gz). Without, it is downloaded, unless
    its files are in ROOT.
    """
    from biasvar.data.cifar10_archive import download, is_complete, take
    from biasvar.data.cifar10_files import FOLDER

    if archive is not None or not is_complete(root):
        take(archive or download(root), root)
    click.echo(root / FOLDER)
    return COMPLETE
