"""Laws that every model family obeys; the table of families is the list."""

import dataclasses

import numpy as np
import pytest

from biasvar import seeds
from biasvar.data import SOURCES
from biasvar.models import FAMILIES
from biasvar.models.orthonormal import orthonormal_rows
from biasvar.settings import identity_of

COUNTED = {kind: family for kind, family in FAMILIES.items() if not family.names_own}
"""Families whose parameters are known before training."""
LINEAR = {kind: family for kind, family in FAMILIES.items() if family.linear_in_parameters}
IMAGES = SOURCES["digits"](view="images")
DATA = {
    "polynomial": SOURCES["synthetic"](),
    "gaussian_basis": SOURCES["synthetic"](),
    "convnet": IMAGES,
    "resnet": IMAGES,
}
NESTED = {kind: family for kind, family in LINEAR.items() if family.nested}
X = {"polynomial": np.linspace(-1, 1, 30)[:, None]}
X_DEFAULT = np.random.default_rng(0).standard_normal((30, 600))


def matrix(family, size, init=0):
    return family().feature_matrix(X.get(family.kind, X_DEFAULT), size, seeds.sequence(0, "initialisation", init))


@pytest.mark.parametrize("family", COUNTED.values(), ids=COUNTED)
def test_every_family_names_its_capacity_key_and_counts_more_parameters_for_more_capacity(family):
    data = DATA.get(family.kind, SOURCES["gaussian_classes"]())
    key = family.capacity_key
    assert key in {field.name for field in dataclasses.fields(family)}
    counts = [family(**{key: capacity}).parameters(data) for capacity in (1, 2, 3)]
    assert counts[0] < counts[1] < counts[2]


@pytest.mark.parametrize("family", NESTED.values(), ids=NESTED)
def test_wider_is_a_superset_of_narrower_bit_for_bit(family):
    widest = matrix(family, 300)
    for size in (1, 17, 256, 299):
        assert np.array_equal(matrix(family, size), widest[:, :size])


DIMENSIONS = [1, 7, pytest.param(300, marks=[pytest.mark.slow, pytest.mark.ci])]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_wider_orthonormal_features_are_a_superset_of_narrower_ones_bit_for_bit(dimension):
    family = FAMILIES["random_features"](weights="orthonormal")
    sizes = (1, 17, 256, 299, 700)
    found = [family.feature_matrix(X_DEFAULT[:, :dimension], p, seeds.sequence(0, "initialisation", 0)) for p in sizes]
    assert all(np.array_equal(one, found[-1][:, : one.shape[1]]) for one in found)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_orthonormal_features_are_a_rotation_of_the_inputs_in_runs_of_as_many(dimension):
    linear = {"activation": "identity", "weights": "orthonormal", "offsets": False, "weight_std": 2.0}
    family = FAMILIES["random_features"](**linear)
    weights_PD = family.feature_matrix(np.eye(dimension), 3 * dimension, seeds.sequence(0, "initialisation", 0)).T / 2
    runs = weights_PD.reshape(3, dimension, dimension)
    assert np.allclose(runs @ runs.transpose(0, 2, 1), np.eye(dimension), atol=1e-12)
    assert dimension == 1 or not np.allclose(runs[0], runs[1])


def test_orthonormal_rows_are_uniformly_distributed():
    generator = np.random.default_rng(0)
    draws = np.array([orthonormal_rows(generator, 3, 3) for _ in range(4000)])
    assert np.abs(draws.mean(axis=0)).max() < 4 * np.sqrt(1 / 3 / 4000)
    # E q_ij^4 = 3 / (D (D + 2)) and E det q = 0 for the uniform distribution.
    assert np.allclose((draws**4).mean(axis=0), 0.2, atol=4 * 0.25 / np.sqrt(4000))
    assert abs(np.linalg.det(draws).mean()) < 4 / np.sqrt(4000)


def test_without_offsets_the_identity_is_linear_and_at_neutral_values_nothing_moves():
    family = FAMILIES["random_features"](activation="identity", offsets=False)
    one, both = (
        family.feature_matrix(x, 5, seeds.sequence(0, "initialisation", 0)) for x in (X_DEFAULT, 2 * X_DEFAULT)
    )
    assert np.allclose(both, 2 * one)
    assert (
        identity_of(FAMILIES["random_features"](offsets=True, weights="gaussian"))
        .keys()
        .isdisjoint({"offsets", "weights"})
    )


def test_polynomial_features_are_orthonormal_under_the_uniform_law():
    nodes, weights = np.polynomial.legendre.leggauss(40)
    features = FAMILIES["polynomial"]().feature_matrix(nodes[:, None], 20, None)
    assert np.allclose(features.T @ (features * weights[:, None]) / 2, np.eye(20), atol=1e-12)
    assert FAMILIES["polynomial"]().feature_matrix(nodes[:, None], 0, None).shape == (40, 0)


def test_bumps_stand_evenly_and_members_of_other_widths_have_matrices_of_their_own():
    family = FAMILIES["gaussian_basis"]
    model = family(features=3, bump_std=0.5, low=0, high=4)
    x = np.array([[0.0], [2.0], [2.5]])
    expected = np.exp(-0.5 * ((x - [[0, 2, 4]]) / 0.5) ** 2)
    assert np.allclose(model.feature_matrix(x, 3, None), expected)
    assert np.allclose(model.feature_matrix(x, 1, None), np.exp(-0.5 * ((x - 2) / 0.5) ** 2))
    assert model.family() != family(features=4, bump_std=0.5, low=0, high=4).family()
    assert "takes one input" in model.incompatibility(SOURCES["diabetes"]())


@pytest.mark.parametrize(("activation", "low"), [("relu", 0), ("tanh", -1), ("fourier", -np.sqrt(2))])
def test_random_features_are_bounded_as_their_nonlinearity_and_drawn_from_the_seed(activation, low):
    family = FAMILIES["random_features"](activation=activation)
    first, other = (family.feature_matrix(X_DEFAULT, 50, seeds.sequence(0, "initialisation", i)) for i in (0, 1))
    assert first.min() >= low
    assert not np.array_equal(first, other)


def test_fourier_features_approximate_the_gaussian_kernel():
    # Rahimi, Recht 2007: E phi(x) phi(z) = exp(-|x - z|^2 std^2 / 2), here with |.|^2 / D.
    x = X_DEFAULT[:2, :3]
    features = FAMILIES["random_features"](activation="fourier").feature_matrix(
        x, 40_000, seeds.sequence(0, "initialisation", 0)
    )
    kernel = np.exp(-np.sum((x[0] - x[1]) ** 2) / 3 / 2)
    assert np.mean(features[0] * features[1]) == pytest.approx(kernel, abs=4 / np.sqrt(40_000))


def test_the_intercept_is_there_unless_the_law_is_centred():
    model = FAMILIES["linear"]()
    assert not model.has_intercept(SOURCES["linear"]()) and model.has_intercept(SOURCES["diabetes"]())
    assert FAMILIES["linear"](intercept=False).parameters(SOURCES["diabetes"]()) == 10
    assert FAMILIES["linear"]().parameters(SOURCES["diabetes"]()) == 11


def test_families_say_which_data_they_refuse():
    images = SOURCES["cifar10"](view="images")
    assert all("images" in FAMILIES[kind]().incompatibility(images) for kind in ("linear", "random_features", "mlp"))
    assert "takes one input" in FAMILIES["polynomial"]().incompatibility(SOURCES["digits"]())
    assert "more than the 10 inputs" in FAMILIES["linear"](features=11).incompatibility(SOURCES["diabetes"]())
    assert FAMILIES["polynomial"]().incompatibility(SOURCES["synthetic"]()) == ""


def test_mlp_parameters_are_weights_and_biases():
    assert FAMILIES["mlp"](width=5, depth=2).parameters(SOURCES["diabetes"]()) == 10 * 5 + 5 + 5 * 5 + 5 + 5 + 1
