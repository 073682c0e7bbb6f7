"""A fixed design: the same inputs in every replicate, labels drawn anew, and evaluation at those inputs."""

import numpy as np
import pytest

from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import evaluation_of, training_set
from biasvar.settings import SettingsError
from biasvar.study.checks import unused_key, warnings_on
from biasvar.study.plan import plan
from biasvar.study.sources import inactive_source, sources_of

SETTINGS = {
    "name": "fixed",
    "replicates": 3,
    "data": {"kind": "linear", "dimension": 4, "n_train": 12, "n_eval": 50},
    "resampling": {"kind": "fixed_design"},
    "model": {"kind": "linear", "features": 4},
    "training": {"kind": "exact"},
}
LIST = {"kind": "synthetic", "inputs": [-1, -0.5, 0, 0.5, 1]}


def cell(**changes):
    return plan([({}, SETTINGS | changes)]).cells[0]


def sets_of(one):
    study = one.study
    draws = [(member.draws["data"], member.draws["label_noise"]) for member in one.members]
    return [training_set(study.data, study.resampling, study.seed, *draw) for draw in draws]


@pytest.mark.parametrize(
    "design", [{"kind": "joint"}, {"kind": "crossed", "vary": ["data+label_noise", "init"], "seeds": 3}]
)
def test_replicates_share_their_inputs_and_differ_in_their_labels(design):
    model = {"kind": "random_features", "features": 5}
    one = cell(design=design, model=model)
    assert sources_of(one.study) == ("label_noise", "init")
    assert warnings_on(one.study) == []
    first, *others = sets_of(one)
    assert all(np.array_equal(first.x_nD, other.x_nD) for other in others)
    assert len({other.y_n.tobytes() for other in (first, *others)}) == 3


def test_the_evaluation_points_are_the_training_inputs_unless_the_distribution_is_asked_for():
    one = cell()
    first, *_ = sets_of(one)
    points = evaluation_of(one.study.data, one.study.seed)
    assert np.array_equal(points.x_ND, first.x_nD) and np.allclose(points.noise_N, 0.04)
    assert "evaluates at the training inputs" in unused_key(one.study, "data.n_eval")
    elsewhere = cell(resampling={"kind": "fixed_design", "evaluation": "distribution"}).study
    assert len(evaluation_of(elsewhere.data, elsewhere.seed).x_ND) == 50 and not unused_key(elsewhere, "data.n_eval")


def test_a_list_of_inputs_is_the_design():
    one = cell(data=LIST, model={"kind": "polynomial"})
    assert all(training.x_nD[:, 0].tolist() == LIST["inputs"] for training in sets_of(one))
    assert one.study.data.n_train == one.study.data.n_eval == 5
    assert unused_key(one.study, "data.n_train") == "data.inputs lists the training inputs"


def test_a_study_of_fresh_inputs_has_its_evaluation_points_and_members_as_before():
    fresh = cell(resampling={"kind": "fresh"})
    assert not fresh.study.data.at_training_inputs and fresh.study.data.n_eval == 50
    assert "data" in sources_of(fresh.study)
    assert fresh.members[0].id != cell().members[0].id


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"data": {"kind": "gaussian_classes"}},
            "resampling=fixed_design draws labels anew, and data=gaussian_classes",
        ),
        (
            {"data": {"kind": "diabetes"}},
            "resampling=fixed_design draws from a distribution, and data=diabetes is a table",
        ),
        ({"data": LIST, "resampling": {"kind": "fresh"}}, "resampling=fresh draws them.*resampling=fixed_design"),
        ({"data": {"kind": "synthetic", "inputs": [0]}}, "data.inputs has 1 number"),
        ({"data": {"kind": "synthetic", "inputs": [0, 2]}}, r"data.inputs\[1\] = 2.0 is not allowed"),
        ({"design": {"kind": "joint", "vary": ["data"]}}, "data has nothing to vary in resampling=fixed_design"),
    ],
)
def test_what_has_no_fixed_design_is_refused(changes, says):
    model = {"kind": "polynomial"} if changes.get("data", {}).get("kind") == "synthetic" else SETTINGS["model"]
    with pytest.raises(SettingsError, match=says):
        cell(model=model, **changes)


def test_the_scheme_says_what_its_variance_and_intervals_are_given():
    scheme = SCHEMES["fixed_design"]
    assert scheme.given == "inputs" and "fresh labels at the same inputs" in scheme.variance_means
    assert inactive_source(cell().study, "data") == "resampling=fixed_design, with the same inputs in every replicate"
