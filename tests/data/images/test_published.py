"""Laws of every published set of images, on small ones in the same files; the table of sets is the list."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from torchvision import datasets

from biasvar.cli.data import NAMES
from biasvar.data import PUBLISHED
from biasvar.data.images.archives import archives_at, download, is_complete, take
from biasvar.data.images.idx_files import read_idx
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import training_set
from tests.data.images.small_sets import TEST, TRAIN, archives_of, let_pass, small_contents

SMALL = {kind: source for kind, source in PUBLISHED.items() if kind != "cifar10"}  # which has tests of its own
IDX = {kind: source for kind, source in SMALL.items() if source.planes == 1}


@pytest.fixture(params=SMALL.values(), ids=SMALL)
def small(request, tmp_path, monkeypatch, forget):
    """Return a source, the contents of a small set of it, and the folder ``from`` that holds its archives."""
    source = request.param
    contents = small_contents(source.files, source.side, source.planes)
    archives = archives_of(source.files, contents)
    let_pass(monkeypatch, source.files, contents, archives)
    monkeypatch.setattr("biasvar.data.images.published_images.TEST_IMAGES", TEST)
    (tmp_path / "from").mkdir()
    for name, content in archives.items():
        (tmp_path / "from" / name).write_bytes(content)
    return source, contents, tmp_path / "from"


def prepared(source, place, root):
    """Take a set from its archives; return the source that reads it."""
    take(source.files, archives_at(source.files, place), root)
    return source(root=str(root), n_train=8, n_eval=4)


def test_the_command_knows_every_set():
    assert set(NAMES) == PUBLISHED.keys()


@pytest.mark.parametrize("source", PUBLISHED.values(), ids=PUBLISHED)
def test_checksums_and_class_names_are_those_that_torchvision_knows(source):
    files, theirs = source.files, getattr(datasets, source.files.theirs)
    if source.planes == 1:
        assert {name: archive.md5 for name, archive in files.archives.items()} == dict(theirs.resources)
        assert [f"{name}.gz" for name in files.files] == list(files.archives)
        assert files.folder == f"{theirs.__name__}/raw"
    else:
        assert files.train | files.test == dict((*theirs.train_list, *theirs.test_list))
        assert files.other == {theirs.meta["filename"]: theirs.meta["md5"]}
        assert {name: archive.md5 for name, archive in files.archives.items()} == {theirs.filename: theirs.tgz_md5}
        assert files.folder == theirs.base_folder
    names = source(root="nowhere").class_names
    assert len(names) in (0, source.outputs) and len(set(names)) == len(names)
    if source.kind == "fashion_mnist":
        assert list(names) == theirs.classes
    if source.kind == "cifar100":
        assert sorted(names) == list(names), "its classes are in the order of their names"


def test_a_set_is_read_as_its_archives_hold_it(small, tmp_path):
    source, contents, place = small
    data = prepared(source, place, tmp_path / "root")
    folder = tmp_path / "root" / source.files.folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == contents
    assert is_complete(source.files, tmp_path / "root")
    pool, points = data.pool(0), data.evaluation(0)
    assert pool.x_nD.shape == (TRAIN, source.planes * source.side**2) and pool.x_nD.dtype == np.uint8
    assert pool.y_n.tolist() == list(range(TRAIN))[: source.outputs] + [0, 1][: max(0, TRAIN - source.outputs)]
    assert len(points.x_ND) == len(points.target) == 4
    shape = (4, source.side, source.side)
    assert points.pictures.shape == (shape if source.planes == 1 else (*shape, 3))
    assert points.pictures[0].ravel()[0] == points.x_ND[0, 0], "red first, from the upper left"


def test_torchvision_reads_the_same(small, tmp_path, monkeypatch):
    source, _, place = small
    pool = prepared(source, place, tmp_path / "root").pool(0)
    theirs = getattr(datasets, source.files.theirs)
    if source.planes > 1:
        monkeypatch.setattr(theirs, "train_list", list(source.files.train.items()))
        monkeypatch.setattr(theirs, "test_list", list(source.files.test.items()))
        monkeypatch.setattr(theirs, "_load_meta", lambda self: None)
    read = theirs(str(tmp_path / "root"), train=True, download=False)
    images = np.asarray(read.data).reshape(TRAIN, source.side, source.side, source.planes)
    assert np.array_equal(images.transpose(0, 3, 1, 2).reshape(TRAIN, -1), pool.x_nD)
    assert np.asarray(read.targets).tolist() == pool.y_n.tolist()


@pytest.mark.parametrize("options", [{"view": "images"}, {"view": "flat"}, {"view": "pca", "components": 3}])
@pytest.mark.parametrize("grey", [False, True])
def test_views_have_the_shape_that_they_say(small, tmp_path, options, grey):
    source, _, place = small
    prepared(source, place, tmp_path / "root")
    data = source(root=str(tmp_path / "root"), n_train=8, n_eval=4, grey=grey, **options)
    drawn = training_set(data, SCHEMES["subsample"](), 0, 0, 0)
    train, evaluation = data.fit_view(drawn.x_nD, drawn.counts_n, data.evaluation(0).x_ND)
    assert train.shape == (8, *data.shape) and evaluation.shape == (4, *data.shape)
    assert train.mean() == pytest.approx(0, abs=1e-5)
    if options["view"] == "images":
        assert data.shape[0] == (1 if grey else source.planes)


def test_flips_change_labels_as_in_every_source(small, tmp_path):
    source, _, place = small
    prepared(source, place, tmp_path / "root")
    data = source(root=str(tmp_path / "root"), n_train=8, label_noise=0.25)
    assert training_set(data, SCHEMES["subsample"](), 0, 0, 0).label_noise_rate == 0.25


def test_a_missing_file_is_named_with_every_archive_and_the_command(small, tmp_path):
    source, *_ = small
    with pytest.raises(FileNotFoundError) as error:
        source(root=str(tmp_path)).pool(0)
    said = str(error.value)
    for words in (
        f"{source.files.title} is not complete",
        f"data prepare {source.kind} --from",
        *source.files.archives,
    ):
        assert words in said
    for archive in source.files.archives.values():
        assert archive.md5 in said


def test_a_changed_file_is_named_with_both_checksums(small, tmp_path):
    source, _, place = small
    data = prepared(source, place, tmp_path / "root")
    name = list(source.files.train)[-1]
    path = tmp_path / "root" / source.files.folder / name
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(
        OSError, match=f"{name} is not the published file: md5 expected {source.files.train[name]}, got"
    ):
        data.pool(0)
    assert not is_complete(source.files, tmp_path / "root")


def test_an_archive_that_changed_or_is_missing_is_named_and_nothing_is_written(small, tmp_path):
    source, _, place = small
    path = place / list(source.files.archives)[-1]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OSError, match=f"{path.name} is not {path.name} as published: md5 expected"):
        prepared(source, place, tmp_path / "root")
    path.unlink()
    with pytest.raises(FileNotFoundError, match=f"{path.name} is not there"):
        prepared(source, place, tmp_path / "root")
    assert not (tmp_path / "root").exists()


class Quiet(SimpleHTTPRequestHandler):
    """A server of a folder that says nothing."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def serve():
    """Return a function that serves a folder on this machine and returns its address."""
    servers = []

    def start(folder):
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_archives_are_downloaded_from_where_torchvision_says_and_kept(small, tmp_path, monkeypatch, serve):
    source, contents, place = small
    files, theirs, address = source.files, getattr(datasets, source.files.theirs), serve(place)
    if source.planes == 1:
        monkeypatch.setattr(theirs, "mirrors", [f"{address}elsewhere/", address])  # the first has none of them
    else:
        monkeypatch.setattr(theirs, "url", address + next(iter(files.archives)))
    root = tmp_path / "root"
    take(files, download(files, root), root)
    assert is_complete(files, root)
    kept = {path.name for path in files.archive_folder(root).iterdir()}
    assert kept == set(files.archives) | (contents.keys() if source.planes == 1 else {files.folder})
    for server_file in place.iterdir():
        server_file.unlink()
    assert download(files, root), "what is there is not fetched again"


WHOLE = b"\0\0\x08\1\0\0\0\2ab"


@pytest.mark.parametrize("place", [2, 3, 7])
def test_what_is_no_idx_file_of_such_an_array_is_named(place):
    assert read_idx(WHOLE, 1, "labels").tolist() == [97, 98]
    other = WHOLE[:place] + b"\3" + WHOLE[place + 1 :]
    for content in (b"", WHOLE[:6], WHOLE[:-1], WHOLE + b"c", other):
        with pytest.raises(OSError, match="labels is no idx file of bytes in 1 dimensions"):
            read_idx(content, 1, "labels")


@pytest.mark.parametrize("source", IDX.values(), ids=IDX)
def test_a_grey_channel_of_grey_images_is_said_to_be_unused_and_changes_no_number(source):
    assert source(grey=True).unused_keys(None)["data.grey"] == f"data={source.kind} has grey images"
    images = np.arange(2 * source.side**2, dtype=np.uint8).reshape(2, -1)
    one, other = (source(grey=grey).intensities(images, np.dtype(float)) for grey in (False, True))
    assert np.array_equal(one, other)
