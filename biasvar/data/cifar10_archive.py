"""CIFAR-10's archive: read from a file or downloaded, verified as a whole, and unpacked by an allow-list of files."""

import os
import tarfile
from pathlib import Path, PurePosixPath

from biasvar.data.cifar10_files import ARCHIVE, ARCHIVE_MD5, FOLDER, TEST_BATCHES, TRAIN_BATCHES, require_md5
from biasvar.data.plain_files import md5_of

ARCHIVE_BYTES = 170_498_071
NAMES = {"batches.meta": "5ff9c542aee3614f3951f8cda6e48888"}  # of the class names, which torchvision reads
MOST_BYTES = 40_000_000  # a batch has 31 million


def is_complete(root: Path) -> bool:
    """Return whether every file exists as published."""
    files = {root / FOLDER / name: md5 for name, md5 in (TRAIN_BATCHES | TEST_BATCHES | NAMES).items()}
    return all(path.is_file() and md5_of(path) == md5 for path, md5 in files.items())


def download(root: Path) -> Path:
    """Download the archive into ``root`` and return its path; a partial download never gets its name.

    Raises
    ------
    OSError
        If there is no network, or the download is not the published file.
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

    The archive's checksum is verified first. Then only the listed files are read, as streams, each verified against its
    own checksum, and all of them before the first is written.

    Raises
    ------
    OSError
        If the archive is not the published one; it is left unchanged.
    """
    require_archive(archive)
    contents = read_members(archive)
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_aside(folder / name, content)


def require_archive(path: Path) -> None:
    """Raise for an archive that is not the published one.

    Raises
    ------
    OSError
        With the two checksums.
    """
    found = md5_of(path)
    if found != ARCHIVE_MD5:
        raise OSError(
            f"{path} is not {ARCHIVE} as published: md5 expected {ARCHIVE_MD5} ({ARCHIVE_BYTES:,} bytes), got {found} "
            f"({path.stat().st_size:,} bytes)\n  hint   it is kept but not used: remove it, and get it again"
        )


def read_members(archive: Path) -> dict[str, bytes]:
    """Return the contents of the listed files of an archive, after verifying their checksums.

    Raises
    ------
    OSError
        For a member that is not a plain file below the published folder, and for a missing file.
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
    """Raise for a member outside the published folder, one that is no plain file, and one that is far too large.

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
    """Write a file completely or not at all; a link in its place is replaced, and its target is left alone."""
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
