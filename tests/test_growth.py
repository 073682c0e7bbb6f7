"""Growth: a toy of a family is one class, one entry in its table and one option, and no other code knows it."""

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from biasvar.api import load
from biasvar.composition.compose import compose
from biasvar.composition.planning import plan_of, unused
from biasvar.data import SOURCES
from biasvar.data.distribution import Distribution
from biasvar.data.rows import Evaluation, Rows
from biasvar.decomposition.bootstrap import model_counts
from biasvar.decomposition.losses import LOSSES, constants
from biasvar.decomposition.losses.james import effects
from biasvar.models import FAMILIES
from biasvar.models.layers import Affine, Dropout, Layer, run_layers
from biasvar.models.network import Network
from biasvar.report.figures.u_curve import UCurve
from biasvar.settings import Problem, SettingsError, key
from biasvar.study.checks import warnings_on
from biasvar.study.run import run
from biasvar.training import TRAININGS
from biasvar.training.exact.trainer import ClosedForm
from biasvar.training.inputs import Fit
from biasvar.training.settings.exact import Exact
from biasvar.training.trainers import TRAINERS

SMALL = ["replicates=3", "data.n_train=12", "data.n_eval=20", "engine=serial"]


class Silent:
    """A progress that says nothing."""

    def start(self, total, done):
        """Begin."""

    def advance(self, members):
        """Count members."""

    def warn(self, message):
        """Fail, as nothing is to be warned of."""
        raise AssertionError(message)


@pytest.fixture
def sweep(monkeypatch, tmp_path):
    """Return a function that enters a toy in a table, and sweeps a tiny study of it from the command line's words."""

    def make(table, group, toy, option, words):
        monkeypatch.setitem(table, toy.kind, toy)
        (tmp_path / "conf" / group).mkdir(parents=True)
        (tmp_path / "conf" / group / f"{toy.kind}.yaml").write_text(f"kind: {toy.kind}\n{option}")

        def planned(*more):
            composed, settings = compose([f"{group}={toy.kind}", *SMALL, *words, *more], tmp_path / "conf", "config")
            study_plan = plan_of(composed, settings)
            said = [text for cell in study_plan.cells for text in warnings_on(cell.study)]
            return study_plan, [*unused(settings, study_plan), *said]

        study_plan, _ = planned()
        outcome = run(tmp_path / "study", study_plan, 1, Silent())
        assert not outcome.reasons and outcome.trained == len(study_plan.members)
        study = load(tmp_path / "study")
        used, of = study.results.models
        assert used == of and not study.results.not_closed
        return planned

    return make


def refused(planned, *words):
    """Return the problems of a study, by key."""
    with pytest.raises(SettingsError) as caught:
        planned(*words)
    return {problem.key: problem.what for problem in caught.value.problems}


@dataclass(frozen=True, kw_only=True)
class Ramp(Distribution):
    """y = slope x + noise, with x uniform on [0, 1]."""

    kind: ClassVar[str] = "ramp"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1
    shape: ClassVar[tuple[int, ...]] = (1,)

    slope: float = key(1.0, "the slope")
    noise_std: float = key(0.1, "the noise", at_least=0)

    def draw(self, inputs, noise, n):
        points = self.points(inputs, n)
        return Rows(points.x_ND, points.target + self.noise_std * np.random.default_rng(noise).standard_normal(n))

    def points(self, inputs, n):
        x_n = np.random.default_rng(inputs).random(n)
        return Evaluation(x_n[:, None], self.slope * x_n, np.full(n, self.noise_std**2))

    def problems(self, study):
        return [] if self.slope >= 0 else [Problem("data.slope", f"data.slope = {self.slope:g} falls")]

    def warnings(self, study):
        return ["data.slope = 0 is flat"] if self.slope == 0 else []

    def unused_keys(self, study):
        return {"data.noise_std": "a flat ramp has no noise"} if self.slope == 0 else {}


@pytest.mark.ci
@pytest.mark.slow
def test_a_data_source_is_one_class_with_its_rules(sweep):
    option = "n_train: 12\nn_eval: 20\nn_pool: 100\nslope: 1.0\nnoise_std: 0.1\n"
    planned = sweep(SOURCES, "data", Ramp, option, ["model=polynomial", "model.degree=1,3"])
    assert refused(planned, "data.slope=-1") == {"data.slope": "data.slope = -1 falls"}
    _, said = planned("data.slope=0", "data.noise_std=0.1")
    assert {"data.noise_std is not used: a flat ramp has no noise", "data.slope = 0 is flat"} <= set(said)


@dataclass(frozen=True)
class Skip(Layer):
    """y = x + inner(x)."""

    body: tuple[Layer, ...]

    @property
    def inner(self):
        return self.body

    def forward(self, values, weights, run):
        return values + run_layers(self.body, values.clone(), weights, run)


@dataclass(frozen=True)
class Skipping(Network):
    """A network of residual blocks."""

    kind: ClassVar[str] = "skipping"
    capacity_key: ClassVar[str] = "blocks"

    blocks: int = key(1, "residual blocks", at_least=1)
    dropout: float = key(0.0, "p", at_least=0, below=1)

    def layers(self, data):
        size = data.shape[0]
        return (*[Skip((Affine(size, size), Dropout()))] * self.blocks, Affine(size, data.outputs))

    def incompatibility(self, data):
        return "" if len(data.shape) == 1 and data.shape[0] > 1 else "model=skipping takes vectors"


@pytest.mark.ci
@pytest.mark.slow
def test_a_network_of_blocks_is_one_class_with_its_rules(sweep):
    words = ["data=gaussian_classes", "loss=zero_one", "data.dimension=4", "model.blocks=1,2", "model.dropout=0,0.2"]
    words += ["training=sgd", "training.epochs=2"]
    planned = sweep(FAMILIES, "model", Skipping, "blocks: 1\ndropout: 0.0\n", words)
    study_plan, _ = planned()
    assert [cell.study.model.capacity_value for cell in study_plan.cells] == [1, 1, 2, 2]
    assert refused(planned, "model.blocks=0")["model.blocks"].startswith("model.blocks = 0")


@dataclass(frozen=True)
class Shrunk(Exact):
    """The exact fit, times a factor."""

    kind: ClassVar[str] = "shrunk"

    factor: float = key(0.5, "the factor of every output", at_least=0)


class Shrinking(ClosedForm):
    """Trains it."""

    name: ClassVar[str] = "shrunk"

    def fit(self, members, inputs, checkpoints):
        for member, fit in super().fit(members, inputs, checkpoints):
            factor = member.training.factor
            yield member, Fit.once(factor * fit.eval_NK, factor * fit.train_nK)


@pytest.mark.ci
@pytest.mark.slow
def test_a_training_is_its_keys_and_its_trainer(sweep, monkeypatch):
    monkeypatch.setitem(TRAINERS, Shrinking.name, Shrinking)
    option = "weight_decay: 0.0\ncutoff: 1.0e-11\nfactor: 0.5\n"
    words = ["data=linear", "data.dimension=6", "model=linear", "model.features=2,4"]
    planned = sweep(TRAININGS, "training", Shrunk, option, words)
    study_plan, _ = planned()
    assert {member.training.factor for member in study_plan.members.values()} == {0.5}
    assert refused(planned, "training.factor=-1")["training.factor"].startswith("training.factor = -1")


def quartic_loss(task="regression"):
    """Return a loss E (f - y)^4 whose effects are those of James about the mean, as a module has them."""

    def point_loss(outputs_NK, target_NK):
        return np.mean((outputs_NK - target_NK) ** 4, axis=-1)

    def risk_of_models(ensemble):
        return ensemble.mean(
            lambda tile: {"risk": np.stack([point_loss(one, tile.reference.target_NK) for one in tile.outputs_MNK])}
        )["risk"].mean(axis=1)

    def estimate(ensemble):
        reference, outputs_MNK = ensemble.reference, ensemble.outputs_MNK
        risk_N = np.mean([point_loss(one_NK, reference.target_NK) for one_NK in outputs_MNK], axis=0)
        central_N = point_loss(outputs_MNK.mean(axis=0), reference.target_NK)
        points = {"risk": risk_N} | effects(risk_N, central_N, None)
        return points | {"residual": np.abs(risk_N - central_N - points["variance_effect"])}, {}

    def resampled(ensemble, counts):
        counts_BM = model_counts(counts)

        def of_tile(tile):
            losses = np.stack([point_loss(one_NK, tile.reference.target_NK) for one_NK in tile.outputs_MNK])
            means_BNK = np.tensordot(counts_BM, tile.outputs_MNK, 1) / tile.models
            central_BN = point_loss(means_BNK, tile.reference.target_NK)
            return {"risk": losses.mean(axis=1), "central": central_BN.mean(axis=1)}

        means = ensemble.mean(of_tile)
        risk_B = counts_BM @ means["risk"] / ensemble.models
        central_B = means["central"]
        return {"risk": risk_B, "systematic_effect_plus_noise": central_B, "variance_effect": risk_B - central_B}

    return SimpleNamespace(
        TASKS=(task,),
        TAKES=("values",),
        IN_ALL=True,
        READS_DRAWS=True,
        COMMITTEES=(),
        UNCORRECTED=(),
        WORKS_ON="outputs_MNK",
        RANGES={"variance_effect": (-math.inf, math.inf)},
        LARGEST=math.inf,
        MAY_BE_NEGATIVE=(),
        SPREADS=(),
        SHIFTS=(),
        DRIFTS=(),
        DECIDED={},
        best_constant=constants.mean,
        point_loss=point_loss,
        risk_of_models=risk_of_models,
        estimate=estimate,
        resampled=resampled,
    )


def small_study(folder):
    """Run a small study of polynomials, and return it."""
    words = ["data=synthetic", "model=polynomial", "training=exact", "model.degree=1,3", *SMALL]
    composed, settings = compose(words, None, "config")
    run(folder, plan_of(composed, settings), 1, Silent())
    return load(folder)


def test_a_loss_is_one_module_of_functions(monkeypatch, tmp_path):
    monkeypatch.setitem(LOSSES, "quartic_error", quartic_loss())
    monkeypatch.setattr("biasvar.report.figures.FIGURES", {"u_curve": UCurve})
    study = small_study(tmp_path)
    rows = study.table[study.table["loss"] == "quartic_error"]
    assert len(rows) == 2 and rows["risk_low"].notna().all() and not study.results.not_closed
    np.testing.assert_allclose(rows["risk"], rows["systematic_effect_plus_noise"] + rows["variance_effect"])
    assert "quartic error" in study.write_report().read_text()


class Trained(UCurve):
    """A figure of one's own."""

    @classmethod
    def from_results(cls, results, loss):
        """Compute the curves under another name."""
        figures = super().from_results(results, loss)
        for figure in figures:
            figure.stem = figure.stem.replace("u_curve", "trained")
        return figures


def test_a_figure_is_one_class(monkeypatch, tmp_path):
    monkeypatch.setattr("biasvar.report.figures.FIGURES", {"trained": Trained})
    study = small_study(tmp_path)
    assert "trained" in study.write_report().read_text()
    assert {path.suffix for path in (tmp_path / "figures").glob("trained*")} == {".pdf", ".svg", ".png"}
    assert study.plot("trained").stem.startswith("trained")
