"""Small sets of images in the files and archives of published ones, whose checksums pass for theirs."""

import gzip
import hashlib
import io
import pickle
import tarfile

import numpy as np

from biasvar.data.images.published import Archive

TRAIN, TEST = 12, 6


def small_contents(published, side, planes):
    """Return the contents of a small set's files by name; labels are 0, 1, 2, ... up to the last class."""
    contents = {}
    for files, rows in ((published.train, TRAIN), (published.test, TEST)):
        images = np.random.default_rng(rows).integers(0, 256, (rows, planes * side**2), dtype=np.uint8)
        labels = np.arange(rows) % published.classes
        contents |= of_idx(files, images, labels, side) if len(files) == 2 else of_batch(files, images, labels)
    return contents | dict.fromkeys(published.other, b"the names")


def of_idx(files, images, labels, side):
    """Return the contents of a file of images and of one of labels."""
    sizes = np.array([len(images), side, side], dtype=">u4").tobytes()
    arrays = (bytes([0, 0, 8, 3]) + sizes + images.tobytes(), bytes([0, 0, 8, 1]) + sizes[:4] + bytes(labels.tolist()))
    return dict(zip(files, arrays, strict=True))


def of_batch(files, images, labels):
    """Return the content of one pickled batch."""
    (name,) = files
    content = pickle.dumps({"data": images, "fine_labels": labels.tolist()}, protocol=3)
    return {name: content.replace(b"numpy._core.", b"numpy.core.")}  # the name that the published files know


def archives_of(published, contents):
    """Return the contents of a set's archives by name."""
    if len(published.archives) > 1:
        return {name: gzip.compress(contents[name.removesuffix(".gz")], mtime=0) for name in published.archives}
    (name,) = published.archives
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for file, content in contents.items():
            info = tarfile.TarInfo(f"{published.folder}/{file}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return {name: buffer.getvalue()}


def let_pass(monkeypatch, published, contents, archives):
    """Let the checksums of these files and archives pass for the published ones."""
    for table in (published.train, published.test, published.other):
        for name in table:
            monkeypatch.setitem(table, name, md5_of(contents[name]))
    for name, content in archives.items():
        monkeypatch.setitem(published.archives, name, Archive(md5_of(content), len(content)))


def md5_of(content):
    """Return the md5 of some bytes."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
