"""CIFAR-10's archive: taken from a file or downloaded, checked as a whole, and only its named files read from it."""

import os
import tarfile
from pathlib import Path, PurePosixPath

from biasvar.data.cifar10_files import ARCHIVE, ARCHIVE_MD5, FOLDER, TEST_BATCHES, TRAIN_BATCHES, require_md5
from biasvar.data.plain_files import md5_of

ARCHIVE_BYTES = 170_498_071
NAMES = {"batches.meta": "5ff9c542aee3614f3951f8cda6e48888"}  # of the classes, which torchvision reads
MOST_BYTES = 40_000_000  # a batch has 31 million


def is_complete(root: Path) -> bool:
    """Say whether every file is there as published."""
    files = {root / FOLDER / name: md5 for name, md5 in (TRAIN_BATCHES | TEST_BATCHES | NAMES).items()}
    return all(path.is_file() and md5_of(path) == md5 for path, md5 in files.items())


def download(root: Path) -> Path:
    """Download the archive into ``root`` and return its path; what came only in part is never given its name.

    Raises
    ------
    OSError
        Where there is no network, or what came is not the published file.
    """
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import download_url

    path, part = root / ARCHIVE, root / f"{ARCHIVE}.part"
    if path.exists():
        require_archive(path)
        return path
    root.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    download_url(CIFAR10.url, str(root), part.name)
    require_archive(part)
    os.replace(part, path)
    return path


def take(archive: Path, root: Path) -> None:
    """Write the files of an archive below ``root``.

    The archive's checksum comes first. Then only the named files are read, as streams, each against its own checksum,
    and all of them before the first is written.

    Raises
    ------
    OSError
        For another archive than the published one, which is left as it is.
    """
    require_archive(archive)
    contents = read_members(archive)
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_aside(folder / name, content)


def require_archive(path: Path) -> None:
    """Refuse another archive than the published one.

    Raises
    ------
    OSError
        With the two checksums.
    """
    found = md5_of(path)
    if found != ARCHIVE_MD5:
        raise OSError(
            f"{path} is not {ARCHIVE} as published: md5 expected {ARCHIVE_MD5} ({ARCHIVE_BYTES:,} bytes), got {found} "
            f"({path.stat().st_size:,} bytes)\n  hint   it is kept and not used: remove it, and get it again"
        )


def read_members(archive: Path) -> dict[str, bytes]:
    """Return the contents of the named files of an archive, each with the checksum that it should have.

    Raises
    ------
    OSError
        For a member that is no plain file below the published folder, and for a file that is missing.
    """
    wanted = TRAIN_BATCHES | TEST_BATCHES | NAMES
    contents = {}
    with tarfile.open(archive, "r|gz") as stream:
        for member in stream:
            require_plain_member(member, archive)
            name = PurePosixPath(member.name).name
            content = stream.extractfile(member) if name in wanted else None
            if content is not None:
                contents[name] = content.read()
                require_md5(contents[name], wanted[name], f"{member.name} of {archive}")
    lacking = ", ".join(wanted.keys() - contents.keys())
    if lacking:
        raise OSError(f"{archive} holds no {lacking}")
    return contents


def require_plain_member(member: tarfile.TarInfo, archive: Path) -> None:
    """Refuse what does not lie in the published folder itself, what is no plain file, and what is far too large.

    Raises
    ------
    OSError
        With the member's name.
    """
    parts = PurePosixPath(member.name).parts
    plain = member.isfile() and not member.issparse() and len(parts) == 2
    if parts[:1] != (FOLDER,) or ".." in parts or not (plain or (member.isdir() and len(parts) == 1)):
        raise OSError(f"{archive} holds {member.name!r}, which is no plain file of {FOLDER}: nothing is taken from it")
    if member.size > MOST_BYTES:
        raise OSError(f"{archive} holds {member.name!r} of {member.size:,} bytes; expected at most {MOST_BYTES:,}")


def write_aside(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a link in its place is replaced, and what it points at is left alone."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.unlink(missing_ok=True)
    try:
        with open(aside, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
