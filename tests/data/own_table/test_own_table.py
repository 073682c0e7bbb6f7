"""A table of the user's: its facts, its split, its views, and what is said of it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from biasvar.data.own_table.own_table import OwnTable
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import evaluation_of, pool_of, training_set
from biasvar.settings import SettingsError, as_mapping, identity_of


def houses(rows=200, seed=0):
    """Return a table with numbers, holes, truth values and categories."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "area": generator.normal(100, 30, rows),
            "rooms": generator.integers(1, 9, rows),
            "garage": generator.random(rows) < 0.4,
            "city": generator.choice(["Rome", "Oslo", "Lima"], rows, p=[0.6, 0.3, 0.1]),
            "street": generator.integers(0, 30, rows),
        }
    )
    frame["price"] = 3 * frame.area + 8 * frame.rooms + 30 * (frame.city == "Rome") + generator.normal(0, 10, rows)
    frame.loc[::10, "area"] = np.nan
    frame.loc[5::20, "city"] = None
    return frame


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table and looks it up."""

    def make(frame=None, name="houses.csv", **settings):
        path = tmp_path / name
        if frame is not None or not path.exists():
            (houses() if frame is None else frame).to_csv(path, index=False)
        settings = {"target": "price", "task": "regression"} | settings
        data = OwnTable(path=str(path), **settings).looked_up(())
        return data.resampled_by(SCHEMES["bootstrap"]())

    return make


def refused(make, **settings):
    """Return the problems of a table, by key."""
    with pytest.raises(SettingsError) as caught:
        make(**settings)
    return {problem.key: problem for problem in caught.value.problems}


def warnings_of(data, seed=0):
    return data.warnings(SimpleNamespace(seed=seed, data=data))


def test_facts_say_what_a_plan_needs_without_the_file(table):
    data = table()
    assert (data.rows, data.n_eval, data.available(), data.n_train) == (200, 40, 160, 160)
    assert data.shape == (7,) and data.outputs == 1 and data.label == "houses"
    assert table(categories="ordinal").shape == (5,)
    assert OwnTable(**{k: v for k, v in as_mapping(data).items() if k != "kind"}) == data


def test_pool_and_evaluation_points_divide_the_rows(table):
    data = table()
    pool, points = pool_of(data, 3), evaluation_of(data, 3)
    assert len(pool.y_n) == data.available() and len(points.target) == data.n_eval
    assert sorted([*pool.y_n, *points.target]) == sorted(houses().price)
    assert not np.array_equal(points.target, evaluation_of(data, 4).target)
    assert pool_of(replace(data, n_train=20), 3).x_nD is pool.x_nD, "no copy for every size of training sets"


def test_what_is_learnt_of_inputs_comes_from_the_training_set_alone(table):
    data = table()
    rows = training_set(data, SCHEMES["bootstrap"](), 0, 0, 0)
    points = evaluation_of(data, 0)
    x_nD, x_ND = data.fit_view(rows.x_nD, rows.counts_n, points.x_ND)
    assert x_nD.shape[1:] == x_ND.shape[1:] == data.shape and np.isfinite(x_nD).all() and np.isfinite(x_ND).all()
    assert np.allclose(np.average(x_nD[:, :4], axis=0, weights=rows.counts_n), 0, atol=1e-12)
    again, others = data.fit_view(rows.x_nD, rows.counts_n, points.x_ND[:3])
    assert np.array_equal(again, x_nD) and np.array_equal(others, x_ND[:3])


def test_reports_compare_evaluation_points_without_holes(table):
    data = table()
    points = evaluation_of(data, 0)
    assert np.isnan(points.x_ND).any() and np.isfinite(data.complete(points).x_ND).all()


def test_identity_follows_content_not_place_or_format(table, tmp_path):
    data = table()
    frame = pd.read_csv(tmp_path / "houses.csv")
    frame.to_parquet(tmp_path / "moved.parquet")
    frame.to_feather(tmp_path / "moved.feather")
    for name in ("moved.parquet", "moved.feather"):
        moved = table(name=name)
        assert moved.fingerprint() == data.fingerprint() and identity_of(moved) == identity_of(data)
    frame.loc[0, "rooms"] += 1
    assert table(frame).fingerprint() != data.fingerprint()
    assert table(frame.assign(area=frame.area.rename("size")).rename(columns={"area": "size"})).content != data.content


def test_a_file_that_changes_while_a_study_runs_is_refused(table):
    data = table()
    table(houses(seed=1))
    with pytest.raises(OSError, match="has changed since this study was planned"):
        data.pool(1)


@pytest.mark.parametrize(
    ("target", "task", "classes"),
    [
        (np.linspace(0, 1, 60), "regression", ()),
        (np.arange(60), "regression", ()),
        (np.arange(60) % 6 + 3, "regression", ()),
        (np.arange(60) % 6, "classification", ("0", "1", "2", "3", "4", "5")),
        (np.arange(60) % 2 * 2 - 1, "classification", ("-1", "1")),
        (np.arange(60) % 2 == 0, "classification", ("false", "true")),
        (np.array(["yes", "no", "?"])[np.arange(60) % 2], "classification", ("no", "yes")),
        ([f"{number:,}" for number in range(1000, 7000, 100)], "regression", ()),
    ],
)
def test_the_task_follows_from_the_target_and_is_said(table, target, task, classes):
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=60), "y": target})
    data = table(frame, target="y", task=None)
    assert (data.task, data.class_names) == (task, classes)
    assert "data.target = y has" in data.notes[0]
    assert table(frame, target="y", task=task).notes == tuple(note for note in data.notes[1:])


def test_classes_are_left_out_in_proportion(table):
    frame = pd.DataFrame({"x": np.arange(100.0) ** 2, "y": ["a"] * 90 + ["b"] * 10})
    data = table(frame, target="y", task=None, n_eval=20)
    for seed in range(5):
        assert np.bincount(evaluation_of(data, seed).target).tolist() == [18, 2]
    shares = {np.mean(evaluation_of(replace(data, stratify=False), seed).target) for seed in range(5)}
    assert len(shares) > 1


def test_a_rare_class_is_warned_of(table):
    frame = pd.DataFrame({"x": np.arange(100.0) ** 2, "y": ["a"] * 60 + ["b"] * 39 + ["c"]})
    said = " ".join(warnings_of(table(frame, target="y", task="classification")))
    assert "no evaluation point has class c: it is trained on only" in said
    assert "data.n_train = 80 rows of 3 classes: about 45 % of training sets lack a class" in said


@pytest.mark.parametrize("seed", [0, 1])
def test_no_group_is_on_both_sides(table, tmp_path, seed):
    data = table(group="street")
    points, pool = evaluation_of(data, seed), pool_of(data, seed)
    street_of = dict(zip(houses().price, houses().street, strict=True))
    here, there = ({street_of[price] for price in prices} for prices in (points.target, pool.y_n))
    assert not here & there and len(points.target) == data.n_eval >= 40
    assert len(pool.y_n) == data.available() == 200 - data.n_eval
    assert "training sets resample rows, not groups" in data.notes[0]
    assert data.shape == (6,)


def test_evaluation_points_may_have_a_file_of_their_own(table, tmp_path):
    others = houses(30, seed=5)
    others.loc[0, "city"] = "Bern"
    others[sorted(others)].assign(more=1).to_csv(tmp_path / "others.csv", index=False)
    data = table(eval_path=str(tmp_path / "others.csv"))
    assert (data.rows, data.n_eval, data.available()) == (200, 30, 200)
    assert np.allclose(evaluation_of(data, 0).target, others.price)
    rows = training_set(data, SCHEMES["bootstrap"](), 0, 0, 0)
    _, x_ND = data.fit_view(rows.x_nD, rows.counts_n, evaluation_of(data, 0).x_ND)
    assert not x_ND[0, 4:].any(), "a category of no training row is none"
    unseen = "1 of 30 evaluation points have a category that no row of the pool has: models see it as none"
    assert unseen in warnings_of(data)
    assert "one of the two" in refused(table, eval_path=str(tmp_path / "others.csv"), n_eval=20)["data.n_eval"].needs
    grouped = table(eval_path=str(tmp_path / "others.csv"), group="street")
    shared, groups = len(set(others.street) & set(houses().street)), others.street.nunique()
    assert f"{shared} of the {groups} groups in data.eval_path are in data.path too" in grouped.notes[0]
    others[:1].to_csv(tmp_path / "others.csv", index=False)
    assert "has 1 row" in refused(table, eval_path=str(tmp_path / "others.csv"))["data.eval_path"].what
    others.drop(columns="rooms").to_csv(tmp_path / "others.csv", index=False)
    with pytest.raises(OSError, match=r"others.csv lacks columns of .*houses.csv: rooms"):
        table(eval_path=str(tmp_path / "others.csv"))


def test_rows_on_both_sides_of_the_split_are_counted(table):
    frame = houses()
    assert not warnings_of(table(frame))
    data = table(pd.concat([frame, frame.iloc[:50]]))
    points, pool = evaluation_of(data, 0), pool_of(data, 0)
    count = int(np.isin(points.target, pool.y_n).sum())
    assert count and warnings_of(data)[0].startswith(f"{count} of 50 evaluation points equal a row of the pool")


def test_holes_are_filled_left_out_or_refused(table):
    holes = houses().isna().any(axis=1).sum()
    data = table(missing="drop")
    assert data.rows == 200 - holes and np.isfinite(pool_of(data, 0).x_nD).all()
    assert data.notes == (f"data.missing=drop leaves out {holes} of 200 rows, which have holes",)
    assert refused(table, missing="refuse")["data.missing"].what == (
        "data.missing = refuse: area has 20 holes, city has 10 holes"
    )


def test_a_target_with_holes_is_refused_unless_rows_are_left_out(table):
    frame = houses()
    frame.loc[[7, 9], "price"] = np.nan
    problem = refused(table, frame=frame)["data.target"]
    assert problem.what == "data.target = price is missing in 2 of 200 rows, the first of them row 8"
    assert "data.missing=drop" in problem.hint
    assert table(frame, missing="drop").rows < 200


@pytest.mark.parametrize(
    ("settings", "key", "what", "hint"),
    [
        ({"target": "prise"}, "data.target", "houses.csv has no such column", "did you mean price?"),
        ({"drop": ("rom",)}, "data.drop", "houses.csv has no such column", "did you mean rooms?"),
        ({"group": "streets"}, "data.group", "houses.csv has no such column", "did you mean street?"),
        ({"drop": ("price",)}, "data.drop", "data.drop = price is data.target too", ""),
        ({"target": ""}, "data.target", "data.target is not set", ""),
        ({"target": "city", "missing": "drop"}, "data.task", "data.target = city has texts (Lima, ...)", ""),
        ({"task": "classification"}, "data.target", "has 200 classes in 200 rows", "data.task=regression"),
        ({"group": "garage", "n_eval": 150}, "data.n_eval", "may leave no group", ""),
    ],
)
def test_roles_that_columns_cannot_have_are_refused(table, settings, key, what, hint):
    problem = refused(table, **settings)[key]
    assert what in problem.what and hint in problem.hint


@pytest.mark.parametrize("target", ["constant", "one class"])
def test_a_target_that_is_always_the_same_is_refused(table, target):
    frame = pd.DataFrame({"x": np.arange(40.0) ** 2, "y": [3] * 40})
    task = "regression" if target == "constant" else "classification"
    what = "is 3 in every row" if target == "constant" else "has one class, 3"
    assert what in refused(table, frame=frame, target="y", task=task)["data.target"].what


def test_keys_that_exclude_each_other_are_refused(table):
    def keys(**settings):
        data = table(**settings)
        return [problem.key for problem in data.problems(SimpleNamespace(data=data))]

    assert keys() == []
    assert keys(n_eval=199) == ["data.n_eval"]
    assert keys(stratify=True) == ["data.stratify"]
    assert keys(label_noise=0.1) == ["data.label_noise"]
    assert keys(target="garage", task="classification", label_noise=0.1) == []
    assert keys(target="garage", task="classification", stratify=True, group="street") == ["data.stratify"]


def test_weights_are_those_of_the_evaluation_points_and_no_input(table):
    data = table(weight="rooms")
    points = evaluation_of(data, 0)
    rooms_of = dict(zip(houses().price, houses().rooms, strict=True))
    assert points.weights_N.tolist() == [rooms_of[price] for price in points.target]
    assert data.shape == (6,) and evaluation_of(table(), 0).weights_N is None
    assert "weight" in identity_of(data) and "weight" not in identity_of(table())


@pytest.mark.parametrize(
    ("weights", "what"),
    [
        ([-1, 1] * 100, "data.weight = w has 100 negative numbers"),
        ([0] * 200, "data.weight = w is 0 in every row"),
        (["a", "b"] * 100, "data.weight = w has texts (a, ...)"),
        ([None, *[1] * 199], "data.weight = w is missing in 1 of 200 rows, the first of them row 1"),
    ],
)
def test_what_are_no_weights_is_refused(table, weights, what):
    assert refused(table, frame=houses().assign(w=weights), weight="w")["data.weight"].what == what


def test_evaluation_points_without_any_weight_are_refused(table):
    data = table(houses().assign(w=[1] + [0] * 199), weight="w", n_eval=2)
    with pytest.raises(OSError, match=r"data\.weight = w is 0 at each of the 2 evaluation points"):
        data.evaluation(0)
