"""The archives of published sets: read from files or downloaded, verified as a whole, and unpacked file by file."""

import os
from collections.abc import Sequence
from pathlib import Path

from biasvar.data.images.published import Published
from biasvar.data.plain_files import md5_of, write_aside


def is_complete(published: Published, root: Path) -> bool:
    """Return whether every file of a set exists as published."""
    folder = root / published.folder
    return all((folder / name).is_file() and md5_of(folder / name) == md5 for name, md5 in published.files.items())


def archives_at(published: Published, place: Path) -> list[Path]:
    """Return the archives of a set: in a folder, or the file if there is only one."""
    if place.is_dir() or len(published.archives) > 1:
        return [place / name for name in published.archives]
    return [place]


def download(published: Published, root: Path) -> list[Path]:
    """Download the archives of a set and return their paths; a partial download never gets its name.

    Raises
    ------
    OSError
        If there is no network, or a download is not the published file.
    """
    return [download_one(published, name, published.archive_folder(root)) for name in published.archives]


def download_one(published: Published, name: str, folder: Path) -> Path:
    """Download one archive into a folder, from the first address that has it as published."""
    from torchvision.datasets.utils import download_url

    path, part = folder / name, folder / f"{name}.part"
    if path.exists():
        require_archive(published, name, path)
        return path
    folder.mkdir(parents=True, exist_ok=True)
    addresses = published.addresses(name)
    for address in addresses:
        part.unlink(missing_ok=True)
        try:
            download_url(address, str(folder), part.name)
            require_archive(published, name, part)
        except OSError:
            if address == addresses[-1]:
                raise
        else:
            break
    os.replace(part, path)
    return path


def take(published: Published, archives: Sequence[Path], root: Path) -> None:
    """Write the files of a set below ``root``, from its archives in the order in which they are published.

    The archives' checksums are verified first. Then only the listed files are read, each verified against its own
    checksum, and all of them before the first is written.

    Raises
    ------
    OSError
        If an archive is not the published one; it is left unchanged.
    """
    for name, archive in zip(published.archives, archives, strict=True):
        require_archive(published, name, archive)
    contents = published.contents_of(archives)
    folder = root / published.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_aside(folder / name, content)


def require_archive(published: Published, name: str, path: Path) -> None:
    """Raise for a file that is not a set's archive as published.

    Raises
    ------
    OSError
        With the two checksums.
    """
    expected, found = published.archives[name], md5_of(path)
    if found != expected.md5:
        raise OSError(
            f"{path} is not {name} as published: md5 expected {expected.md5} ({expected.bytes:,} bytes), got {found} "
            f"({path.stat().st_size:,} bytes)\n  hint   it is kept but not used: remove it, and get it again"
        )
