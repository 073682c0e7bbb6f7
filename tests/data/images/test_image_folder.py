"""A folder of images: how it is laid out, what is said of one that is not, and which pixels are read."""

import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from torchvision import datasets, transforms

from biasvar.composition.compose import compose_study
from biasvar.data import SOURCES
from biasvar.data.images import decoded
from biasvar.data.images.class_folders import checksums, copies_in, find_images
from biasvar.data.images.decoding import decode
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import evaluation_of, pool_of
from biasvar.settings import SettingsError, identity_of
from biasvar.study.run import run
from biasvar.study.store.manifest import read_manifest
from tests.data.hindrances import HINDRANCES, put_in_place_of, unreadable

ImageFolder = SOURCES["images"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Keep decoded images in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for kept in (checksums, decoded.decoded):
        kept.cache_clear()


def noise(number, size=(12, 12)):
    """Return a small picture of noise."""
    pixels = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.fixture
def folder(tmp_path):
    """Return a folder of three classes, of 4, 5 and 6 images of several formats."""
    for label, name in enumerate(("ant", "bee", "cat")):
        (tmp_path / "own" / name).mkdir(parents=True)
        for number in range(4 + label):
            ending = ("png", "jpg", "bmp", "JPEG", "webp", "tif")[number]
            noise(10 * label + number).save(tmp_path / "own" / name / f"{number}.{ending}")
    return tmp_path / "own"


def source(folder, **settings):
    """Return the source of a folder, looked up."""
    return ImageFolder(path=str(folder), **{"n_train": 5, "side": 12} | settings).looked_up(())


def test_classes_and_images_are_in_torchvisions_order(folder):
    (folder / "bee" / "more").mkdir()
    noise(99).save(folder / "bee" / "more" / "a.png")
    found, theirs = find_images(folder, "data.path"), datasets.ImageFolder(folder)
    assert list(found.classes) == theirs.classes
    assert sorted(zip(map(str, (folder / name for name in found.names)), found.labels, strict=True)) == sorted(
        theirs.samples
    )
    assert found.names[:2] == ("ant/0.png", "ant/1.jpg") and found.ignored == 0


def test_what_the_plan_must_know_is_looked_up(folder):
    (folder / "notes.txt").write_text("mine")
    (folder / "bee" / "Thumbs.db").write_text("not mine")
    (folder / ".git").mkdir()
    (folder / "bee" / "._0.png").write_text("hidden")
    data = source(folder)
    assert (data.class_names, data.images, data.n_eval, data.ignored) == (("ant", "bee", "cat"), 15, 3, 2)
    assert data.outputs == 3 and data.available() == 12 and data.shape == (3 * 12 * 12,)
    assert data.fingerprint() == f"sha256:{data.content}" and data.copies == ()


def test_images_are_left_out_by_seed_and_all_others_are_the_pool(folder):
    data = source(folder, n_eval=4)
    pool, points = pool_of(data, 0), evaluation_of(data, 0)
    every = {image.tobytes() for image in (*pool.x_nD, *points.x_ND)}
    assert len(pool.y_n) == 11 and len(points.target) == 4 and len(every) == 15
    assert np.array_equal(evaluation_of(replace(data), 0).x_ND, points.x_ND)
    assert not np.array_equal(data.evaluation(1).x_ND, points.x_ND)
    assert points.pictures.shape == (4, 12, 12, 3)
    labels = np.concatenate([pool.y_n, points.target])
    assert np.bincount(labels).tolist() == [4, 5, 6]


def test_evaluation_images_may_have_a_folder_of_their_own(folder, tmp_path):
    for name, count in (("ant", 2), ("bee", 1), ("cat", 0)):
        (tmp_path / "test" / name).mkdir(parents=True)
        for number in range(count):
            noise(100 + number, (30, 20)).save(tmp_path / "test" / name / f"{number}.png")
    data = source(folder, eval_path=str(tmp_path / "test"))
    assert (data.n_eval, data.available(), len(data.pool(0).y_n)) == (3, 15, 15)
    assert sorted(data.evaluation(0).target) == [0, 0, 1]
    assert data.eval_content in data.fingerprint() and data.eval_content != data.content
    assert len(source(folder, eval_path=str(tmp_path / "test"), n_eval=2).evaluation(0).target) == 2
    (tmp_path / "test" / "dog").mkdir()
    with pytest.raises(OSError, match=r"data\.path and data\.eval_path have different classes: dog"):
        source(folder, eval_path=str(tmp_path / "test"))


@pytest.mark.parametrize(("n_eval", "own"), [(14, True), (4, False)])
def test_more_evaluation_images_than_there_are_is_a_problem_of_the_key(folder, tmp_path, n_eval, own):
    os.rename(folder, tmp_path / "moved")
    for name in ("ant", "bee", "cat"):
        (tmp_path / "test" / name).mkdir(parents=True)
        noise(1).save(tmp_path / "test" / name / "0.png")
    data = source(tmp_path / "moved", n_eval=n_eval, eval_path=None if own else str(tmp_path / "test"))
    (problem,) = data.problems(None)
    has = "data.path has 15" if own else "data.eval_path has 3"
    assert (problem.key, problem.what) == ("data.n_eval", f"data.n_eval = {n_eval} images, and {has}")
    assert problem.needs == ("2 to 13" if own else "2 to 3")


def layouts(root):
    """Lay out folders that are none of classes; return what is said of each."""
    for name in ("empty", "one/cat", "flat", "lacking/ant", "lacking/bee"):
        (root / name).mkdir(parents=True)
    for name in ("one/cat/0.png", "flat/0.png", "lacking/bee/0.png", "file"):
        noise(0).save(root / name, format="png")
    (root / "lacking" / "ant" / "0.txt").write_text("no image")
    return {
        "nowhere": "nowhere is no folder: expected one folder of images for each class",
        "file": "file is no folder: expected one folder of images for each class",
        "empty": "empty has no class folders: expected",
        "flat": "flat has no class folders; 1 files lie in it: expected",
        "one": "one has only one class folder, cat: expected",
        "lacking": r"lacking: the class folder ant holds no image \(.jpg, ",
    }


@pytest.mark.parametrize("name", ["nowhere", "file", "empty", "flat", "one", "lacking"])
def test_another_layout_is_one_error_that_says_what_is_expected(tmp_path, name):
    with pytest.raises(OSError, match=f"data.path = {tmp_path}/{layouts(tmp_path)[name]}"):
        source(tmp_path / name)


def test_a_source_without_a_folder_asks_for_one():
    with pytest.raises(SettingsError, match=r"data\.path is empty"):
        ImageFolder().looked_up(())


def damaged(folder):
    """Damage five images; return the first in order."""
    content = (folder / "bee" / "1.jpg").read_bytes()
    (folder / "bee" / "1.jpg").write_bytes(content[: len(content) // 2])
    (folder / "bee" / "0.png").write_bytes(b"")
    (folder / "cat" / "0.png").write_text("no image")
    (folder / "cat" / "2.bmp").write_bytes((folder / "cat" / "2.bmp").read_bytes()[:40])
    Image.fromarray(np.zeros((4, 4), np.float32)).save(folder / "cat" / "5.tif")
    return "bee/0.png"


def test_images_that_cannot_be_read_are_counted_and_the_first_is_named(folder):
    assert len(source(folder).pool(0).y_n) == 12
    first = damaged(folder)
    with pytest.raises(
        OSError, match=rf"[45] of 15 images of {folder} cannot be read, the first {first}: [^<]+\n  hint"
    ):
        source(folder).pool(0)


def test_half_a_jpeg_is_named_with_the_reason(folder):
    noise(0, (64, 64)).save(folder / "ant" / "1.jpg")
    content = (folder / "ant" / "1.jpg").read_bytes()
    (folder / "ant" / "1.jpg").write_bytes(content[: len(content) // 2])
    with pytest.raises(OSError, match=r"1 of 15 images .* the first ant/1.jpg: image file is truncated"):
        source(folder).pool(0)


def test_an_image_of_far_too_many_pixels_is_named_and_not_expanded(folder, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(
        OSError, match=r"15 of 15 images .* the first ant/0.png: Image size \(144 pixels\) exceeds limit"
    ):
        source(folder).pool(0)


@pytest.mark.parametrize("what", HINDRANCES)
def test_what_stands_in_an_images_place_is_named_and_never_waited_for(folder, what):
    put_in_place_of(folder / "ant" / "0.png", what)
    if what == "folder":
        assert source(folder).images == 14, "a folder of any name may hold images"
    else:
        with pytest.raises(OSError, match=f"ant/0.png {HINDRANCES[what]}"):
            source(folder)


def test_files_and_folders_that_may_not_be_read_are_named(folder, open_folder):
    moved = open_folder / "own"
    os.rename(folder, moved)
    for path in (moved / "bee" / "1.jpg", moved / "bee", moved):
        with (
            unreadable(path),
            pytest.raises(OSError, match=f"{path}.* cannot be (read|accessed): permission denied|is no"),
        ):
            source(moved)


def test_folders_that_link_in_a_circle_are_read_once(folder):
    (folder / "ant" / "again").symlink_to(folder / "ant")
    assert source(folder).images == 15


def saved(image, path, **options):
    image.save(path, **options)
    return path.name


def test_every_mode_is_read_in_colour(tmp_path):
    red = Image.new("RGB", (4, 4), (200, 30, 40))
    grey, deep = Image.new("L", (4, 4), 77), Image.fromarray(np.full((4, 4), 77 * 256 + 255, np.uint16))
    clear = Image.new("RGBA", (4, 4), (200, 30, 40, 0))
    palette = red.quantize(4)
    expected = {
        saved(red, tmp_path / "red.png"): (200, 30, 40),
        saved(clear, tmp_path / "clear.png"): (200, 30, 40),
        saved(palette, tmp_path / "palette.png"): (200, 30, 40),
        saved(palette, tmp_path / "bytes.png", transparency=bytes([0, 9, 255])): (200, 30, 40),
        saved(palette, tmp_path / "index.png", transparency=0): (200, 30, 40),
        saved(red, tmp_path / "key.png", transparency=(200, 30, 40)): (200, 30, 40),
        saved(red.convert("CMYK"), tmp_path / "cmyk.jpg", quality=100): (200, 30, 40),
        saved(grey, tmp_path / "grey.png"): (77, 77, 77),
        saved(grey.convert("LA"), tmp_path / "grey_alpha.png"): (77, 77, 77),
        saved(deep, tmp_path / "sixteen.png"): (77, 77, 77),
        saved(deep, tmp_path / "sixteen.tif"): (77, 77, 77),
        saved(Image.new("1", (4, 4), 1), tmp_path / "bit.png"): (255, 255, 255),
    }
    pixels = decode(tmp_path, list(expected), 4).reshape(-1, 3, 16)
    for name, found, colour in zip(expected, pixels, expected.values(), strict=True):
        assert (found == found[:, :1]).all() and np.abs(found[:, 0] - np.array(colour)).max() <= 2, (name, found[:, 0])


def test_pixels_of_the_right_size_are_torchvisions_and_others_are_cut_to_a_square_and_resized(tmp_path):
    for name, size in (("same.png", (16, 16)), ("large.png", (48, 48)), ("wide.png", (64, 48)), ("small.png", (7, 5))):
        noise(3, size).save(tmp_path / name)
    names = sorted(path.name for path in tmp_path.glob("*.png"))
    found = dict(zip(names, decode(tmp_path, names, 16).reshape(-1, 3, 16, 16), strict=True))
    for name in ("same.png", "large.png"):
        with Image.open(tmp_path / name) as image:
            theirs = np.asarray(transforms.Resize((16, 16))(image)).transpose(2, 0, 1)
        assert np.array_equal(found[name], theirs), name
    with Image.open(tmp_path / "wide.png") as image:
        middle = np.asarray(image.resize((16, 16), Image.Resampling.BILINEAR, (8, 0, 56, 48))).transpose(2, 0, 1)
    assert np.array_equal(found["wide.png"], middle)
    assert np.array_equal(decode(tmp_path, names, 16).ravel(), np.concatenate([found[name].ravel() for name in names]))


@pytest.mark.parametrize("options", [{"view": "images"}, {"view": "flat"}, {"view": "pca", "components": 3}])
@pytest.mark.parametrize("grey", [False, True])
def test_views_have_the_shape_that_they_say(folder, options, grey):
    data = source(folder, grey=grey, n_eval=3, **options)
    pool, points = data.pool(0), data.evaluation(0)
    train, evaluation = data.fit_view(pool.x_nD, np.ones(len(pool.y_n), int), points.x_ND)
    assert train.shape == (12, *data.shape) and evaluation.shape == (3, *data.shape)


def test_evaluation_images_that_are_trained_on_are_counted_and_warned_of(folder):
    for number in range(4):
        (folder / "ant" / f"copy{number}.png").write_bytes((folder / "ant" / "0.png").read_bytes())
    data = source(folder, n_eval=9)
    (group,) = data.copies
    left_out = set(data.chosen(0).tolist())
    shared = len(left_out.intersection(group)) if set(group) - left_out else 0
    assert len(group) == 5 and data.shared(0) == shared
    seen = {data.shared(seed) for seed in range(20)}
    assert len(seen) > 1 and max(seen) <= 4, "the count is that of the study's own draw"
    assert source(folder, eval_path=str(folder)).shared(0) == 19
    assert copies_in(find_images(folder, "data.path")) == data.copies


def test_a_moved_folder_is_the_same_data_and_a_changed_or_renamed_image_is_other_data(folder, tmp_path):
    data = source(folder)
    os.rename(folder, tmp_path / "moved")
    moved = source(tmp_path / "moved")
    assert identity_of(moved) == identity_of(data) and moved.fingerprint() == data.fingerprint()
    os.rename(tmp_path / "moved" / "ant" / "0.png", tmp_path / "moved" / "ant" / "00.png")
    renamed = source(tmp_path / "moved")
    noise(77).save(tmp_path / "moved" / "ant" / "00.png")
    assert len({one.content for one in (data, renamed, source(tmp_path / "moved"))}) == 3
    with pytest.raises(OSError, match=f"has changed since the study began: sha256 {renamed.content} -> "):
        renamed.pool(0)


def test_images_are_decoded_once_for_all_workers_and_runs(folder, tmp_path, monkeypatch):
    data = source(folder)
    first = data.pool(0).x_nD
    (kept,) = (tmp_path / "cache" / "biasvar" / "images").iterdir()
    assert data.content[:32] in kept.name

    def fail(*_):
        raise AssertionError("decoded again")

    monkeypatch.setattr(decoded, "decode", fail)
    decoded.decoded.cache_clear()
    assert np.array_equal(data.pool(0).x_nD, first)
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    for damage in (bytes(content), content[:100], b""):
        kept.write_bytes(damage)
        decoded.decoded.cache_clear()
        with pytest.raises(AssertionError, match="decoded again"):
            data.pool(0)
    monkeypatch.setattr(decoded, "decode", decode)
    assert np.array_equal(data.pool(0).x_nD, first) and len(kept.read_bytes()) == len(content)


def test_a_cache_that_cannot_be_written_costs_nothing(folder, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("in the way")
    assert len(source(folder).pool(0).y_n) == 12
    monkeypatch.delenv("XDG_CACHE_HOME")
    decoded.decoded.cache_clear()
    monkeypatch.setattr(decoded.Path, "expanduser", lambda self: (_ for _ in ()).throw(RuntimeError("no home")))
    assert len(source(folder).pool(0).y_n) == 12


WORDS = ["resampling=bootstrap", "model=random_features", "training=exact", "model.features=3", "replicates=3"]


def study(folder, *more, warn=pytest.fail):
    """Return the plan of a small study of a folder."""
    words = ["data=images", f"data.path={folder}", "data.n_train=8", "data.side=6", "engine=serial", *WORDS, *more]
    return compose_study(words, warn)[1]


class Silent:
    """A progress that says nothing."""

    def start(self, total, done): ...

    def advance(self, members): ...

    def warn(self, message): ...


def test_a_study_knows_its_classes_without_the_folder_and_names_a_change_of_it(folder, tmp_path):
    (folder / "read.me").write_text("mine")
    warnings = []
    study_plan = study(folder, warn=warnings.append)
    assert study_plan.name == "own-random_features"
    assert f"files that are no images by their endings are ignored: 1 in {folder}" in warnings
    assert run(tmp_path / "study", study_plan, 1, Silent()).trained == 3
    content = study_plan.cells[0].study.data.content
    os.rename(folder, tmp_path / "moved")
    there = read_manifest(tmp_path / "study")
    assert there.members.keys() == study_plan.members.keys() and there.cells[0].study.data.class_names[0] == "ant"
    assert run(tmp_path / "study", study(tmp_path / "moved", warn=warnings.append), 1, Silent()).trained == 0
    for number in (0, 9):  # another image, and one more, of which more are held out if their number is not set
        noise(5).save(tmp_path / "moved" / "ant" / f"{number}.png")
        changed = study(tmp_path / "moved", warn=warnings.append)
        now = changed.cells[0].study.data.content
        with pytest.raises(OSError, match=rf"data of .* has changed since .*: sha256:{content} -> sha256:{now}"):
            run(tmp_path / "study", changed, 1, Silent())


def test_numbers_of_images_that_are_not_set_follow_from_the_folder(folder):
    for scheme, n_train in (("bootstrap", 12), ("subsample", 6), ("kfold", 10)):
        data = study(folder, f"resampling={scheme}", "data.n_train=null", warn=lambda text: None).cells[0].study.data
        assert (data.n_eval, data.n_train) == (3, n_train)
        asked = data.as_asked_with(SCHEMES[scheme]())
        assert (asked.n_eval, asked.n_train) == (None, None)


def test_copies_among_evaluation_images_are_warned_of_where_a_study_is_planned(folder):
    for name in ("ant", "bee", "cat"):
        for number in range(4):
            (folder / name / f"copy{number}.png").write_bytes((folder / name / "0.png").read_bytes())
    warnings = []
    study(folder, "data.n_eval=12", warn=warnings.append)
    assert any("of 12 evaluation images are in the training pool too, byte for byte" in text for text in warnings)
