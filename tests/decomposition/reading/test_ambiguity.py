"""Arrays that could be read in two ways: by the reading that is meant, or refused with what would say which."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import biasvar
from biasvar.decomposition.noise import calibration, of_classes, of_numbers, votes

GENERATOR = np.random.default_rng(0)
SHARES = GENERATOR.dirichlet(np.ones(3), (5, 6))
COUNTS = GENERATOR.integers(1, 40, (6, 3))
DISTRIBUTION = COUNTS / COUNTS.sum(axis=1, keepdims=True)
NUMBERS, TARGET, NOISE = GENERATOR.standard_normal((5, 6)), GENERATOR.standard_normal(6), GENERATOR.random(6)
POINTS = list("abcdef")
MASKED = np.ma.array(NOISE, mask=[False, True, False, False, False, False])


def risk(*arrays, **options):
    return biasvar.decompose(*arrays, **options).risk


@pytest.mark.parametrize(
    ("predictions", "target", "message"),
    [
        (SHARES * (1 + 1e-4), COUNTS, r"predictions: the first row sums to 1\.0001"),
        (SHARES * (1 - 1e-4), COUNTS, r"predictions: the first row sums to 0\.9999"),
        (SHARES * 100, COUNTS, "predictions: the first row sums to 100"),
        (SHARES * (1 + 1e-4), COUNTS.astype(float), r"predictions: the first row sums to 1\.0001"),
        (SHARES.round(3).astype(np.float32) * 1.001, COUNTS, "predictions: the first row sums to"),
        (1 / (1 + np.exp(-GENERATOR.standard_normal((5, 6, 3)))), COUNTS, "predictions lie between 0 and 1"),
        (np.log(SHARES), DISTRIBUTION * (1 + 1e-4), r"target: the first row sums to 1\.0001"),
        (np.log(SHARES), DISTRIBUTION * 100, "target: the first row sums to 100"),
        (SHARES, DISTRIBUTION * (1 + 1e-4), "the target is no label distribution"),
    ],
)
def test_what_is_nearly_a_probability_asks_for_a_word(predictions, target, message):
    with pytest.raises(ValueError, match=message) as refused:
        risk(predictions, target)
    assert "outputs_are='values' means numbers" in str(refused.value)
    as_told = np.mean(((predictions - target) ** 2).sum(axis=-1))
    assert risk(predictions, target, outputs_are="values") == pytest.approx(as_told)


LABELS = np.arange(6) % 3
ONE_HOT = np.eye(3)[LABELS]
SCORES = GENERATOR.standard_normal((5, 6, 3))
CUBE = GENERATOR.standard_normal((4, 6, 6))


@pytest.mark.parametrize(
    ("arrays", "options", "message", "words"),
    [
        ((SCORES, DISTRIBUTION), {}, "target: all rows sum to one", {"target_is": "values"}),
        ((SCORES, DISTRIBUTION), {}, "target: all rows sum to one", {"outputs_are": "values"}),
        ((SCORES, DISTRIBUTION), {}, "target: all rows sum to one", {"outputs_are": "scores"}),
        ((SCORES, DISTRIBUTION), {"target_is": "distribution"}, "and not probabilities", {"outputs_are": "logits"}),
        ((SCORES, LABELS), {}, "outputs of classes, and not probabilities", {"outputs_are": "logits"}),
        ((SCORES, LABELS), {}, "outputs of classes, and not probabilities", {"outputs_are": "scores"}),
        ((SHARES, ONE_HOT), {}, "all rows are one-hot", {"target_is": "labels"}),
        ((SHARES, ONE_HOT.astype(int)), {"loss": "zero_one"}, "all rows are one-hot", {"target_is": "distribution"}),
        ((CUBE, np.zeros(6)), {}, r"\[R, N, K\], K outputs a point, or \[I, J, N\]", {"design": "crossed"}),
        ((CUBE, np.zeros(6)), {"noise": 0.5}, r"\[R, N, K\], K outputs a point, or", {"design": "crossed"}),
        ((CUBE, np.zeros(6)), {}, "design='joint' says", {"outputs_are": "scores", "design": "joint"}),
        ((CUBE.round(), np.zeros(6, int)), {"loss": "zero_one"}, "design='crossed' the", {"design": "crossed"}),
        (
            (np.stack([CUBE] * 3), np.zeros(6)),
            {"design": "crossed"},
            r"or \[I, J, L, N\], one: sources",
            {"sources": ["data", "init", "dropout"]},
        ),
    ],
)
def test_what_can_be_read_in_two_ways_asks_for_the_word_that_tells(arrays, options, message, words):
    with pytest.raises(ValueError, match=message) as refused:
        risk(*arrays, **options)
    assert list(words)[-1] in str(refused.value)
    assert np.isfinite(risk(*arrays, **options | words))


def test_what_has_one_reading_needs_no_word():
    assert risk(SHARES, DISTRIBUTION) == risk(SHARES, DISTRIBUTION, target_is="distribution")
    assert risk(SHARES, LABELS) == risk(SHARES, LABELS, target_is="labels") == risk(SHARES, ONE_HOT, target_is="labels")
    assert risk(SCORES, LABELS, loss="zero_one") == risk(SCORES, ONE_HOT, loss="zero_one", target_is="labels")
    assert risk(NUMBERS, TARGET) == risk(NUMBERS, TARGET, target_is="values", design="joint")
    square = GENERATOR.dirichlet(np.ones(6), (5, 6))
    assert risk(square, np.zeros(6, int)) == risk(square, np.zeros(6, int), design="joint"), "probabilities say K"
    assert risk(SHARES, COUNTS) == risk(SHARES, COUNTS.astype(float), target_is="counts")
    assert biasvar.decompose(SHARES, ONE_HOT, target_is="labels").reference == "labels"
    named = ONE_HOT[:, [1, 0, 2]]
    assert risk(SHARES, named, target_is="labels", labels=["a", "b", "c"]) == risk(SHARES, named.argmax(axis=1))


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (DISTRIBUTION, {"target_is": "votes"}, "target_is = 'votes' is not known; choose one of values, labels"),
        (DISTRIBUTION, {"target_is": "values", "loss": "zero_one"}, "'values' does not go with zero_one, a loss of cl"),
        (TARGET, {"target_is": "counts", "loss": "absolute_error"}, "'counts' does not go with absolute_error"),
        (DISTRIBUTION, {"target_is": "counts"}, "target_is = 'counts' and target at .* expected whole numbers"),
        (COUNTS, {"target_is": "distribution"}, "target: the probabilities at .* expected 1"),
        (COUNTS, {"target_is": "labels"}, "expected labels .N., or one-hot rows"),
        (LABELS, {"target_is": "distribution"}, r"of shape \(6,\); expected numbers"),
        (ONE_HOT, {"target_is": "counts"}, "votes: 6 points have fewer than 2"),
        (DISTRIBUTION, {"target_is": "distribution", "outputs_are": "values"}, "goes with predictions of classes"),
        (DISTRIBUTION, {"target_is": "values", "outputs_are": "scores"}, "goes with predictions that are values"),
    ],
)
def test_a_target_that_is_not_what_it_is_said_to_be_is_refused(target, options, message):
    with pytest.raises(ValueError, match=message):
        risk(NUMBERS if options.get("loss") == "absolute_error" else SHARES, target, **options)


def test_a_frame_of_predictions_with_its_points_in_the_rows_is_refused():
    frame = pd.DataFrame(GENERATOR.standard_normal((6, 6)), index=POINTS)
    with pytest.raises(ValueError, match="the rows of predictions have the labels of target; expected points in the"):
        risk(frame, pd.Series(TARGET, POINTS))
    assert risk(frame.T, pd.Series(TARGET, POINTS)) == risk(frame.to_numpy().T, TARGET)


def test_scores_told_to_be_such_are_measured_against_votes():
    exact, near = risk(SHARES, COUNTS), risk(SHARES * (1 + 1e-4), COUNTS, outputs_are="scores")
    assert near == pytest.approx(exact, rel=1e-3)


def test_what_nobody_takes_for_a_probability_is_read_without_a_word():
    numbers = GENERATOR.normal(20, 5, (5, 6, 3))
    assert risk(numbers, COUNTS) == pytest.approx(np.mean(((numbers - COUNTS) ** 2).sum(axis=-1)))
    parts = GENERATOR.random((5, 6, 3))  # numbers between 0 and 1 beside such numbers
    assert risk(parts, parts[0]) == pytest.approx(np.mean(((parts - parts[0]) ** 2).sum(axis=-1)))


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        (MASKED, r"noise: values are masked, the first at \(1,\)"),
        (list(MASKED), r"noise: values are masked, the first at \(1,\)"),
        (np.ma.masked, "noise: values are masked"),
        (".5", r"noise holds texts \('.5'\); expected numbers"),
        (np.full(6, ".5"), "noise holds texts"),
        (np.full(6, ".5", dtype=object), "noise holds texts"),
        (NOISE + 0j, "noise hold complex128; expected real numbers"),
        (0.5 + 0j, "noise hold complex128"),
        (np.ones(6, "m8[s]"), "noise hold timedelta64"),
        ([0.5] * 5 + [None], r"noise: 1 values are missing, the first at \(5,\)"),
    ],
)
@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_noise_that_is_no_number_is_refused(noise, message, loss):
    with pytest.raises(ValueError, match=message):
        biasvar.decompose(NUMBERS, TARGET, noise=noise, loss=loss)


def test_a_mask_without_masked_entries_is_read():
    open_mask = np.ma.array(NOISE, mask=False)
    assert risk(np.ma.array(NUMBERS), np.ma.array(TARGET), noise=open_mask) == risk(NUMBERS, TARGET, noise=NOISE)


def test_a_mask_in_a_list_or_in_what_is_read_in_parts_is_not_lost():
    replicates = [np.ma.array(row, mask=row == NUMBERS[2, 3]) for row in NUMBERS]
    with pytest.raises(ValueError, match=r"predictions: values are masked, the first at \(2, 3\)"):
        risk(replicates, TARGET)

    class File:
        shape, ndim, dtype = (5, 6, 1), 3, np.dtype(float)

        def __getitem__(self, key):
            return np.ma.masked_equal(NUMBERS[..., None], NUMBERS[2, 3])[key]

    with pytest.raises(ValueError, match="predictions: values are masked"):
        risk(File(), TARGET)


@pytest.mark.parametrize("place", range(4))
def test_no_table_of_an_estimator_loses_its_mask(place):
    tables = [NUMBERS.T, TARGET, NUMBERS.T, TARGET]
    name = ("X", "y", "X_test", "y_test")[place]
    fitted = biasvar.bias_variance(LinearRegression(), *map(np.ma.array, tables), replicates=2)
    assert fitted.risk == biasvar.bias_variance(LinearRegression(), *tables, replicates=2).risk
    tables[place] = np.ma.masked_equal(tables[place], tables[place].flat[0])
    with pytest.raises(ValueError, match=f"^{name}: values are masked, the first at"):
        biasvar.bias_variance(LinearRegression(), *tables, replicates=2)


@pytest.mark.parametrize(
    "estimate",
    [
        lambda masked: of_classes.nearest_neighbour_error(masked[:, None], np.arange(6) % 2),
        lambda masked: of_classes.nearest_neighbour_error(NUMBERS.T, np.ma.array(np.arange(6) % 2, mask=masked.mask)),
        lambda masked: of_classes.soft_label_error(
            np.ma.array(DISTRIBUTION, mask=masked.mask[:, None] | np.zeros(3, bool))
        ),
        lambda masked: of_numbers.neighbour_difference_variance(NUMBERS.T, masked),
        lambda masked: of_numbers.second_difference_variance(masked, TARGET),
        lambda masked: calibration.calibrated(np.ma.array(DISTRIBUTION, mask=COUNTS > 20), np.arange(6) % 3),
        lambda masked: votes.zero_one_noise(np.ma.array(COUNTS, mask=COUNTS > 20)),
    ],
)
def test_no_estimate_of_noise_loses_a_mask(estimate):
    with pytest.raises(ValueError, match="values are masked, the first at"):
        estimate(MASKED)


def test_labels_of_points_and_not_their_order_say_what_belongs_together():
    frame, target, noise = (
        pd.DataFrame(NUMBERS, columns=POINTS),
        pd.Series(TARGET, POINTS),
        pd.Series(NOISE, POINTS),
    )
    expected = biasvar.decompose(NUMBERS, TARGET, noise=NOISE).points
    turned = POINTS[::-1]
    for arrays in [(frame, target, noise), (frame, target[turned], noise), (frame, target[turned], noise[turned])]:
        found = biasvar.decompose(*arrays[:2], noise=arrays[2]).points
        assert all(np.array_equal(found[name], expected[name]) for name in expected)
    found = biasvar.decompose(NUMBERS, target, noise=noise[turned]).points  # arrays have no labels
    assert all(np.array_equal(found[name], expected[name]) for name in expected)
    by_order = risk(frame[turned], target, noise=noise)
    assert by_order == pytest.approx(risk(NUMBERS, TARGET, noise=NOISE))
    column = biasvar.decompose(frame, target[turned].to_frame("y")).risk
    assert column == risk(NUMBERS, TARGET)


def test_labels_that_only_count_are_places():
    frame, target = pd.DataFrame(NUMBERS), pd.Series(TARGET, POINTS)
    assert (
        risk(frame, target) == risk(pd.DataFrame(NUMBERS, columns=POINTS), pd.Series(TARGET)) == risk(NUMBERS, TARGET)
    )
    shuffled = pd.Series(TARGET, [3, 1, 0, 5, 4, 2])  # rows of a split beside columns that were never named
    assert risk(frame, shuffled) == risk(NUMBERS, TARGET)


@pytest.mark.parametrize(
    ("columns", "index", "message"),
    [
        (POINTS, list("abcdeg"), "target has the label 'g', which is not among those of the columns of predict"),
        (POINTS, [10, 11, 12, 13, 14, 15], "target has the label 10"),
        (list("aabcde"), list("abcdea"), "have labels that name something twice"),
    ],
)
def test_labels_that_are_others_are_refused(columns, index, message):
    with pytest.raises(ValueError, match=message) as refused:
        risk(pd.DataFrame(NUMBERS, columns=columns), pd.Series(TARGET, index))
    assert "to_numpy" in str(refused.value)


def test_the_same_labels_twice_in_the_same_order_are_in_order():
    twice = list("aabcde")
    assert risk(pd.DataFrame(NUMBERS, columns=twice), pd.Series(TARGET, twice)) == risk(NUMBERS, TARGET)


def test_columns_of_a_law_follow_the_names_of_the_classes():
    names = ["cat", "dog", "owl"]
    distribution = pd.DataFrame(DISTRIBUTION, columns=names)
    expected = risk(SHARES, DISTRIBUTION)
    assert (
        risk(SHARES, distribution, labels=names)
        == risk(SHARES, distribution[["owl", "cat", "dog"]], labels=names)
        == expected
    )
    with pytest.raises(ValueError, match="target has the label 'owl', which is not among those of labels="):
        risk(SHARES, distribution, labels=["cat", "dog", "cow"])


def test_rows_of_a_table_and_its_labels_belong_together_by_their_index():
    rows = pd.DataFrame(NUMBERS.T, index=POINTS)
    labels = pd.Series(TARGET, POINTS)
    expected = biasvar.bias_variance(LinearRegression(), rows, labels, rows, labels, replicates=2).risk
    turned = labels[::-1]
    assert biasvar.bias_variance(LinearRegression(), rows, turned, rows, turned, replicates=2).risk == expected
    with pytest.raises(ValueError, match="y_test has the label 'x', which is not among those of the rows of X_te"):
        biasvar.bias_variance(LinearRegression(), rows, labels, rows, pd.Series(TARGET, list("xbcdef")), replicates=2)


def test_columns_of_test_points_follow_those_that_were_learnt():
    rows, labels = pd.DataFrame(NUMBERS.T, columns=list("vwxyz")), pd.Series(TARGET)
    expected = biasvar.bias_variance(LinearRegression(), rows, labels, rows, labels, replicates=2).risk
    turned = rows[list("zyxwv")]
    assert biasvar.bias_variance(LinearRegression(), rows, labels, turned, labels, replicates=2).risk == expected
    with pytest.raises(ValueError, match="X_test has the label 'u', which is not among those of the columns of X"):
        other = rows.rename(columns={"z": "u"})
        biasvar.bias_variance(LinearRegression(), rows, labels, other, labels, replicates=2)
