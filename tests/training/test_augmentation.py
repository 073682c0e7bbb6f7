"""Random crops and flips of training images: their statistics, and a plain reference in numpy."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats

from biasvar import seeds
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.models import FAMILIES
from biasvar.settings import SettingsError
from biasvar.study.plan import plan
from biasvar.study.sources import fixed_sources, sources_of
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member
from biasvar.training.module import loop as module_loop
from biasvar.training.sources import SOURCES_OF_VARIANCE, active_sources
from biasvar.training.stack import loop
from biasvar.training.stack.augmentation import augmented, changed
from biasvar.training.stack.rows import rows_of
from biasvar.training.streams import counter
from biasvar.training.tasks import task_of
from biasvar.training.train import inputs_of, train
from tests.own_networks import module
from tests.training import twin
from tests.training.test_stack import convnet_of, streams_of, task, with_initial_weights

DATA = SOURCES["digits"](n_train=40, n_eval=20, view="images")
CONVNET = FAMILIES["convnet"](width=2)
MODULE = module("make_net", data={"kind": "digits", "n_train": 40, "n_eval": 20, "view": "images"}, width=4)
SIDE = 9


def member(model=CONVNET, draws=None, **options):
    training = TRAININGS["sgd"](**{"epochs": 3, "batch_size": 16, "crop": 2, "flip": "random"} | options)
    return Member(DATA, SCHEMES["bootstrap"](), model, training, "cpu", 0, draws or Draws.joint(1))


def outputs(one):
    return train([one])[0].outputs_NK


def config_of(crop, flip):
    return replace(task_of(member(), inputs_of(member())).config, crop=crop, flip=flip)


def by_hand(image_HWC, key, row, epoch, crop, flip):
    """Change one image as everyone does: pad it, cut it out, turn it round."""
    height, width, _ = image_HWC.shape
    draw = [int(bits) for bits in seeds.draw_bits(key, counter(np.array([epoch, 0]), np.array([row, row])))]
    padded = np.pad(image_HWC, ((crop, crop), (crop, crop), (0, 0)), mode="reflect")
    line, column = divmod((draw[0] >> 32) * (2 * crop + 1) ** 2 >> 32, 2 * crop + 1)
    cut = padded[line : line + height, column : column + width]
    flips = {"none": False, "random": draw[0] % 2, "alternating": (draw[1] + epoch) % 2}[flip]
    return cut[:, ::-1] if flips else cut


@pytest.mark.parametrize("crop, flip", [(0, "random"), (3, "none"), (2, "random"), (8, "alternating")])
def test_an_image_is_padded_by_reflection_cut_out_and_mirrored(crop, flip):
    generator = np.random.default_rng(0)
    images = [generator.standard_normal((30, 3, SIDE, SIDE + 2)) for _ in range(2)]
    streams, rows = [streams_of(0), streams_of(1)], generator.integers(0, 30, (2, 12))
    for epoch in (0, 1, 7):
        batch = augmented(rows_of(images, torch.float64, "cpu"), config_of(crop, flip), streams, epoch)
        found = batch.batch(torch.as_tensor(rows)).numpy().reshape(12, 2, 3, SIDE, SIDE + 2)
        for m, place in np.ndindex(2, 12):
            image = np.moveaxis(images[m][rows[m, place]], 0, -1)
            expected = by_hand(image, streams[m].augmentation, rows[m, place], epoch, crop, flip)
            assert np.array_equal(found[place, m], np.moveaxis(expected, -1, 0))


def places_shown(crop, flip, epochs, members=20, count=200):
    """Return which pixel each image shows in its middle and at the right of it: [epochs, members, images]."""
    pixels = torch.arange(25.0).view(1, 5, 5, 1).expand(count, -1, -1, -1)
    rows = torch.arange(count).expand(members, -1)
    config, streams = config_of(crop, flip), [streams_of(m) for m in range(members)]
    shown = [torch.stack(changed([pixels] * members, rows, config, streams, epoch)) for epoch in range(epochs)]
    return torch.stack(shown)[:, :, :, 2, 2:4, 0].numpy().astype(int)


def test_every_shift_is_equally_likely_and_half_of_the_images_are_mirrored():
    shown = places_shown(1, "random", 20)
    counts = np.unique(shown.reshape(-1, 2), axis=0, return_counts=True)[1]
    assert len(counts) == 18, "nine places, each with a mirror image"
    assert stats.chisquare(counts).pvalue > 1e-4
    flipped = shown[..., 1] < shown[..., 0]
    for axes in ((0, 1), (0, 2), (1, 2)):
        mean = flipped.mean(axis=axes)
        assert np.abs(mean - 0.5).max() < 4.5 * 0.5 / np.sqrt(flipped.size / mean.size)


def test_changes_of_images_members_and_epochs_are_independent():
    signs = 2.0 * (places_shown(0, "random", 20)[..., 1] < 12) - 1
    pairs = [(signs[1:], signs[:-1]), (signs[:, 1:], signs[:, :-1]), (signs[:, :, 1:], signs[:, :, :-1])]
    assert all(abs((one * other).sum()) / np.sqrt(one.size) < 4.5 for one, other in pairs)


def test_an_alternating_flip_shows_both_sides_in_two_epochs_from_a_random_start():
    flipped = places_shown(1, "alternating", 6)
    flipped = flipped[..., 1] < flipped[..., 0]
    assert (flipped[::2] == flipped[0]).all() and (flipped[1::2] != flipped[0]).all()
    assert abs(flipped[0].mean() - 0.5) < 4.5 * 0.5 / np.sqrt(flipped[0].size)


def test_a_stack_is_torchs_modules_on_images_changed_by_hand():
    config = replace(config_of(2, "alternating"), dtype="float64", momentum=0.0, weight_decay=0.0, epochs=3)
    tasks = [task(config, m, DATA.shape) for m in range(2)]
    tasks = [one._replace(y_nK=np.pad(one.y_nK, ((0, 0), (0, 7)))) for one in tasks]
    for one, stacked in zip(tasks, loop.train(CONVNET.layers(DATA), tasks), strict=True):
        network = with_initial_weights(convnet_of(CONVNET, DATA), CONVNET, DATA, one.streams.initialisation)
        descent = torch.optim.SGD(network.parameters(), lr=config.lr)
        order, y = np.repeat(np.arange(len(one.x_nD)), one.counts_n), torch.as_tensor(one.y_nK)
        for epoch in range(3):
            images = [
                by_hand(np.moveaxis(image, 0, -1), one.streams.augmentation, row, epoch, 2, "alternating")
                for row, image in enumerate(one.x_nD)
            ]
            x = torch.as_tensor(np.moveaxis(np.stack(images), -1, 1).copy())
            twin.shuffle(order, one.streams.batch_order, epoch)
            for rows in torch.as_tensor(order).split(config.batch_size):
                descent.zero_grad()
                torch.nn.functional.cross_entropy(network.train()(x[rows]), y[rows]).backward()
                descent.step()
        with torch.no_grad():
            expected = network.eval()(torch.as_tensor(one.x_eval_ND)).numpy()
        assert np.allclose(stacked.eval_NK, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("model", [CONVNET, MODULE])
def test_it_is_a_source_of_its_own_that_touches_no_evaluation_point(model):
    same, other = (member(model, Draws(augmentation=number)) for number in (0, 1))
    assert same.id != other.id and not np.array_equal(outputs(same), outputs(other))
    assert np.array_equal(outputs(same), outputs(member(model, Draws())))
    changes = [{"crop": 0, "flip": "none"}, {"crop": 2, "flip": "none"}, {"crop": 0}, {"flip": "alternating"}]
    assert len({outputs(member(model, Draws(), **options)).tobytes() for options in [{}, *changes]}) == 5
    slow = [outputs(member(model, Draws(), lr=1e-30, epochs=1, **options)) for options in changes[:2]]
    assert model is CONVNET or np.allclose(*slow, rtol=0, atol=1e-6), "batch norm's running moments are of the changed"


def test_a_module_is_shown_the_images_of_the_stack():
    task = task_of(member(MODULE), inputs_of(member(MODULE)))
    own = module_loop.OwnNetwork(lambda seed: MODULE.build(DATA, seed), task, "cpu")
    stacked = augmented(rows_of([task.x_nD], torch.float32, "cpu"), task.config, [task.streams], 2)
    rows = torch.tensor([3, 3, 1, 20])
    assert torch.equal(own.batch(rows, 2), stacked.batch(rows[None])) and own.batch(rows, 2).is_contiguous()
    assert torch.equal(own.batch(rows, 2)[0], own.batch(rows, 2)[1]), "copies of an image are changed alike"


def test_cells_of_a_replicate_change_the_same_images_in_the_same_way():
    cells = [member(FAMILIES["convnet"](width=width), weight_decay=decay) for width in (1, 2) for decay in (0.0, 0.1)]
    assert len({task_of(one, inputs_of(one)).streams.augmentation for one in cells}) == 1
    assert len({one.id for one in cells}) == 4


def test_it_is_in_the_identity_of_members_that_have_it_only():
    plain, changing = member(crop=0, flip="none"), member()
    assert "augmentation" not in active_sources(*plain.parts) and "augmentation" in active_sources(*changing.parts)
    other = Draws(augmentation=2, **{source: 1 for source in SOURCES_OF_VARIANCE if source != "augmentation"})
    assert replace(plain, draws=other).id == plain.id and replace(changing, draws=other).id != changing.id


@pytest.mark.parametrize(
    ("changes", "what", "needs"),
    [
        ({"flip": "random"}, "training.flip = random changes images, and the inputs are vectors of 64 numbers", ""),
        ({"crop": 2}, "training.crop = 2 changes images, and the inputs are vectors of 64 numbers", ""),
        ({"crop": 8}, "training.crop = 8 is too much for images of 8 x 8 pixels", "at most 7"),
    ],
)
def test_inputs_that_are_no_images_and_shifts_beyond_them_are_refused_once(changes, what, needs):
    data = {"kind": "digits", "n_train": 40, "n_eval": 20} | ({"view": "images"} if needs else {})
    parts = {"data": data, "resampling": {"kind": "bootstrap"}, "model": {"kind": "convnet" if needs else "mlp"}}
    with pytest.raises(SettingsError) as error:
        plan([({}, parts | {"training": {"kind": "sgd"} | changes})])
    (problem,) = error.value.problems
    assert problem.what == what and problem.needs == needs


def test_designs_vary_or_fix_it_and_leave_it_out_where_it_is_not_there():
    data = {"kind": "digits", "n_train": 40, "n_eval": 20, "view": "images"}
    parts = {"data": data, "resampling": {"kind": "bootstrap"}, "model": {"kind": "convnet", "width": 1}}

    def study(**settings):
        return plan([({}, parts | {"training": {"kind": "sgd", "flip": "random"}, **settings})]).cells[0].study

    varied = study(design={"kind": "crossed", "vary": ["augmentation", "init"], "seeds": 2})
    assert varied.design.sources == ("augmentation", "init") and "augmentation" not in fixed_sources(varied)
    assert "augmentation" in fixed_sources(study(design={"kind": "joint", "vary": ["data"]}))
    assert not fixed_sources(study()) and not fixed_sources(study(design={"kind": "crossed", "seeds": 2}))
    assert "augmentation" not in sources_of(study(training={"kind": "sgd"}))
    with pytest.raises(SettingsError, match=r"augmentation has nothing to vary in training.crop = 0 and training.flip"):
        study(training={"kind": "sgd"}, design={"kind": "joint", "vary": ["augmentation"]})
