"""Put a derived file in its place, completely or not at all; a file that biasvar did not make is left alone."""

from pathlib import Path

from biasvar.study.store.files import read_bytes, write_whole

MARK = "made by biasvar"
"""Every figure and page contains these words, so that other files are never overwritten."""


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` (which holds ``MARK``) to ``path`` in one step.

    Raises
    ------
    FileExistsError
        If ``path`` is there and was not made by biasvar.
    """
    if path.exists() and MARK.encode() not in read_bytes(path):
        raise FileExistsError(f"{path} was not made by biasvar: move it away, or report to another directory")
    write_whole(path, lambda stream: stream.write(content))
