import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import BaggingRegressor, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from biasvar import bias_variance, decompose, seeds
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.training.estimator.random_states import set_random_states

GENERATOR = np.random.default_rng(0)
X = GENERATOR.standard_normal((120, 3))
Y = X[:, 0] ** 2 + X[:, 1] + 0.3 * GENERATOR.standard_normal(120)
LABELS = np.where(Y > 1.5, "high", np.where(Y > 0, "middle", "low"))
NUMBERS = (X[:80], Y[:80], X[80:], Y[80:])
CLASSES = (X[:80], LABELS[:80], X[80:], LABELS[80:])
POOLED = [kind for kind, scheme in SCHEMES.items() if scheme.has_pool]

# Estimator, data, loss, and the terms whose sum is the risk.
CASES = {
    "tree": (DecisionTreeRegressor(), NUMBERS, "squared_error", "bias_squared_plus_noise variance"),
    "neighbours": (KNeighborsRegressor(), NUMBERS, "absolute_error", "systematic_effect_plus_noise variance_effect"),
    "line": (LinearRegression(), NUMBERS, "squared_error", "bias_squared_plus_noise variance"),
    "bag": (
        BaggingRegressor(DecisionTreeRegressor(max_features=1), 3),
        NUMBERS,
        "squared_error",
        "bias_squared_plus_noise variance",
    ),
    "classes": (DecisionTreeClassifier(), CLASSES, "zero_one", "bias net_variance"),
    "probabilities": (KNeighborsClassifier(), CLASSES, "squared_error", "bias_squared_plus_noise variance"),
    "forest": (RandomForestClassifier(5), CLASSES, "squared_error", "bias_squared_plus_noise variance"),
    "pipeline": (
        make_pipeline(StandardScaler(), LogisticRegression()),
        CLASSES,
        "cross_entropy",
        "bias_plus_noise variance",
    ),
}


def means(parts):
    return {name: float(values.mean()) for name, values in parts.points.items()}


def equal(one, other):
    return one.points.keys() == other.points.keys() and all(
        np.array_equal(one.points[name], other.points[name], equal_nan=True) for name in one.points
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("resampling", POOLED)
def test_the_identity_of_the_loss_closes_at_every_point(case, resampling):
    estimator, data, loss, terms = case
    parts = bias_variance(estimator, *data, loss=loss, replicates=4, resampling=resampling, seed=3)
    risk_N = sum(parts.points[name] for name in terms.split())
    assert np.allclose(parts.points["risk"], risk_N, rtol=0, atol=1e-12)
    assert parts.reference == "labels" and parts.noise is None and parts.bias_squared is None
    low, high = parts.interval("risk")
    assert low < parts.risk < high


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_numbers_are_those_of_a_hand_written_loop(case):
    estimator, (x, y, x_test, y_test), loss, _ = case
    predictions = []
    for replicate in range(5):
        rows = SCHEMES["bootstrap"]().rows(7, replicate, 80, 80)
        fitted = clone(estimator)
        names = sorted(name for name in fitted.get_params() if name.split("__")[-1] == "random_state")
        drawn = seeds.generator(7, "initialisation", replicate).integers(2**31 - 1, size=len(names))
        for name, number in zip(names, drawn.tolist(), strict=True):
            fitted.set_params(**{name: number})
        fitted.fit(x[rows], y[rows])
        probabilities = y.dtype.kind == "U" and loss != "zero_one"
        predictions.append(fitted.predict_proba(x_test) if probabilities else fitted.predict(x_test))
    labels = ["high", "low", "middle"] if y.dtype.kind == "U" else None
    by_hand = decompose(np.array(predictions), y_test, loss=loss, labels=labels, seed=7)
    assert means(bias_variance(estimator, x, y, x_test, y_test, loss=loss, replicates=5, seed=7)) == pytest.approx(
        means(by_hand), abs=1e-12, nan_ok=True
    )


def least_squares_on(resampling, replicates, n_pool, n_train, seed):
    """Decompose least squares on a pool of a known distribution, against f* itself."""
    distribution = SOURCES["linear"](dimension=10, noise_std=1.0, n_pool=n_pool)
    pool, points = distribution.pool(seed), distribution.evaluation(0)
    data = (pool.x_nD, pool.y_n, points.x_ND, points.target)
    arguments = {"replicates": replicates, "resampling": resampling, "n_train": n_train, "seed": seed}
    return bias_variance(LinearRegression(fit_intercept=False), *data, **arguments)


def variance_of_fresh_sets(n_train):
    """Return sigma^2 E tr (X'X)^-1 for a Gaussian X [n, 10] and points whose second moments are the identity."""
    return 10 / (n_train - 10 - 1)


def mean_and_error(values):
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))


def test_disjoint_sets_give_the_variance_of_the_closed_form():
    parts = least_squares_on("disjoint", 100, 4000, None, 0)
    truth = variance_of_fresh_sets(40)
    assert abs(parts.variance - truth) < 4 * parts.standard_error("variance")
    assert parts.standard_error("variance") < 0.1 * truth


def test_the_bias_of_an_unbiased_estimator_is_zero_and_the_plug_in_one_is_not():
    found = [least_squares_on("disjoint", 5, 200, 40, seed) for seed in range(30)]
    bias, error = mean_and_error([parts.bias_squared_plus_noise for parts in found])
    plug_in, its_error = mean_and_error([parts.plug_in["bias_squared_plus_noise"] for parts in found])
    assert abs(bias) < 4 * error
    assert plug_in > 4 * its_error and abs(plug_in - variance_of_fresh_sets(40) / 5) < 4 * its_error


def test_subsamples_of_half_a_pool_miss_half_the_variance():
    found, error = mean_and_error([least_squares_on("subsample", 30, 200, None, seed).variance for seed in range(20)])
    truth = variance_of_fresh_sets(100)
    assert abs(found - truth / 2) < 5 * error
    assert found < truth - 10 * error, "what the docstring warns of must be there"


def test_bias_and_plain_variance_of_the_zero_one_loss_do_not_add_up_and_ours_do():
    x, y = load_digits(return_X_y=True)
    data = (x[:400], y[:400], x[400:900], y[400:900])
    parts = bias_variance(DecisionTreeClassifier(), *data, loss="zero_one", replicates=15)
    votes = np.stack(
        [
            set_random_states(DecisionTreeClassifier(), 0, replicate).fit(x[rows], y[rows]).predict(x[400:900])
            for replicate in range(15)
            for rows in [SCHEMES["bootstrap"]().rows(0, replicate, 400, 400)]
        ]
    )
    main = np.array([np.bincount(column).argmax() for column in votes.T])
    loss, bias, variance = np.mean(votes != data[3]), np.mean(main != data[3]), np.mean(votes != main)
    assert abs(loss - (bias + variance)) > 0.05, "the usual definitions are expected to fail here"
    assert parts.risk == pytest.approx(loss, abs=1e-12)
    assert parts.risk == pytest.approx(parts.bias + parts.net_variance, abs=1e-12)
    assert parts.bias == pytest.approx(bias, abs=0.02) and parts.variance == pytest.approx(variance, abs=1e-12)


def test_replicates_do_not_depend_on_workers_or_on_how_many_there_are():
    for estimator, data, loss, _ in CASES.values():
        one, two = (bias_variance(estimator, *data, loss=loss, replicates=4, workers=workers) for workers in (1, 2))
        assert equal(one, two)
    few, many = (bias_variance(DecisionTreeRegressor(), *NUMBERS, replicates=r).ensemble.outputs_MNK for r in (3, 6))
    assert np.array_equal(few, many[:3])
    other = bias_variance(DecisionTreeRegressor(), *NUMBERS, replicates=3, seed=1).ensemble.outputs_MNK
    assert not np.array_equal(few, other)


def test_numpys_global_generator_is_untouched_and_says_nothing():
    search = GridSearchCV(DecisionTreeRegressor(max_features=1), {"max_depth": [1, 3]}, cv=KFold(3, shuffle=True))
    for estimator in (search, BaggingRegressor(DecisionTreeRegressor(max_features=1), 3)):
        results = []
        for state in (0, 1):
            np.random.seed(state)  # noqa: NPY002
            before = np.random.get_state()[1].copy()  # noqa: NPY002
            results.append(bias_variance(estimator, *NUMBERS, replicates=3))
            assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002
        assert equal(*results)


def test_every_random_state_is_set_also_of_splitters_and_differs_between_replicates():
    search = GridSearchCV(BaggingRegressor(DecisionTreeRegressor(random_state=0)), {}, cv=KFold(3, shuffle=True))
    numbers = []
    for replicate in (0, 1):
        parameters = set_random_states(clone(search), 0, replicate).get_params()
        names = ("estimator__random_state", "estimator__estimator__random_state")
        numbers += [*(parameters[name] for name in names), parameters["cv"].random_state]
    assert len(set(numbers)) == 6
    assert search.cv.random_state is None and search.estimator.estimator.random_state == 0


def test_initialisation_is_part_of_the_variance_even_where_a_random_state_was_fixed():
    fixed = DecisionTreeRegressor(max_features=1, splitter="random", random_state=0)
    with pytest.warns(UserWarning, match="every subsample of 80 rows is the whole pool"):
        parts = bias_variance(fixed, *NUMBERS, replicates=10, resampling="subsample", n_train=80)
    assert parts.variance > 0.01
    assert fixed.random_state == 0 and not hasattr(fixed, "tree_")


@pytest.mark.parametrize(
    "labels", [np.array([3, 7, 1]), np.array(["x", "yy", "z"]), np.array(["x", "yy", "z"], object), [1.0, 2.0, 3.0]]
)
@pytest.mark.parametrize("loss", ["zero_one", "squared_error", "cross_entropy"])
def test_labels_of_any_type_give_the_same_risk(labels, loss):
    order = np.unique(LABELS, return_inverse=True)[1]
    renamed = np.asarray(labels)[order]
    reference = bias_variance(GaussianNB(), *CLASSES, loss=loss, replicates=4)
    parts = bias_variance(GaussianNB(), X[:80], renamed[:80], X[80:], renamed[80:], loss=loss, replicates=4)
    assert parts.risk == pytest.approx(reference.risk, abs=1e-12)


def test_booleans_are_classes():
    parts = bias_variance(GaussianNB(), X[:80], Y[:80] > 0, X[80:], Y[80:] > 0, loss="zero_one", replicates=4)
    assert 0 < parts.risk < 0.5


def test_data_frames_lists_sparse_matrices_and_columns_are_arrays():
    plain = bias_variance(DecisionTreeRegressor(), *NUMBERS, replicates=3)
    index = GENERATOR.permutation(120)
    frame, series = pd.DataFrame(X, index, list("abc")), pd.Series(Y, index)
    for x, y in ((frame, series), (X.tolist(), Y.tolist()), (X, Y[:, None]), (frame, series.to_frame())):
        assert equal(plain, bias_variance(DecisionTreeRegressor(), x[:80], y[:80], x[80:], y[80:], replicates=3))
    flat = sparse.csr_matrix(X)
    dense = bias_variance(KNeighborsRegressor(), *NUMBERS, replicates=3)
    parts = bias_variance(KNeighborsRegressor(), flat[:80], Y[:80], flat[80:], Y[80:], replicates=3)
    assert parts.risk == pytest.approx(dense.risk, abs=1e-12)


def test_columns_are_found_by_name_under_the_callers_configuration():
    frame = pd.DataFrame(X, columns=list("abc"))
    pick = make_column_transformer(("passthrough", ["a"]), verbose_feature_names_out=False)
    again = make_column_transformer((StandardScaler(), ["a"]))  # needs a frame from the step before
    with config_context(transform_output="pandas"):
        estimator = make_pipeline(pick, again, LinearRegression())
        parts = bias_variance(estimator, frame[:80], Y[:80], frame[80:], Y[80:], replicates=3)
    alone = bias_variance(LinearRegression(), X[:80, :1], Y[:80], X[80:, :1], Y[80:], replicates=3)
    assert parts.risk == pytest.approx(alone.risk, abs=1e-12)


def test_several_outputs_are_summed():
    y = np.stack([Y, 2 * Y], axis=1)
    one = bias_variance(LinearRegression(), *NUMBERS, replicates=4)
    both = bias_variance(LinearRegression(), X[:80], y[:80], X[80:], y[80:], replicates=4)
    assert both.risk == pytest.approx(5 * one.risk) and both.variance == pytest.approx(5 * one.variance)


def test_a_class_that_a_training_set_lacks_has_probability_zero():
    labels = np.array(["usual"] * 79 + ["rare"])
    data = (X[:80], labels, X[80:82], ["rare", "usual"])
    lacking = ["rare" not in labels[SCHEMES["bootstrap"]().rows(0, r, 80, 80)] for r in range(12)]
    says = (
        f"{sum(lacking)} of 12 training sets lack a class, the first of them replicate {lacking.index(True)} "
        "class rare, which 1 of 80 rows have: no resampling stratifies"
    )
    with pytest.warns(UserWarning, match=says):
        parts = bias_variance(GaussianNB(var_smoothing=1.0), *data, replicates=12)
    assert 0 < sum(lacking) < 12
    assert np.array_equal(parts.ensemble.outputs_MNK[:, 0, 0] == 0, lacking)
    first = lacking.index(True)
    refused = pytest.raises(ValueError, match=rf"replicate {first}: class rare .* point 0, .* no row of that class")
    with refused, pytest.warns(UserWarning, match="lack a class"):
        bias_variance(GaussianNB(var_smoothing=1.0), *data, loss="cross_entropy", replicates=12)


def test_a_zero_probability_of_a_known_class_is_refused_under_cross_entropy():
    with pytest.raises(
        ValueError, match=r"replicate 0: class \w+ has probability 0 at test point \d+, whose label it is \("
    ):
        bias_variance(DecisionTreeClassifier(), *CLASSES, loss="cross_entropy", replicates=2)


def test_a_class_of_the_test_points_that_no_row_has_is_always_missed():
    unseen = np.where(LABELS[80:] == "high", "unseen", LABELS[80:])
    share = np.mean(unseen == "unseen")
    parts = bias_variance(GaussianNB(), X[:80], LABELS[:80], X[80:], unseen, loss="zero_one", replicates=3)
    assert np.mean(parts.points["risk"][unseen == "unseen"]) == 1 and parts.risk >= share


def test_a_replicate_that_cannot_be_fitted_is_named():
    labels = np.array(["usual"] * 79 + ["rare"])
    lacking = ["rare" not in labels[SCHEMES["bootstrap"]().rows(0, r, 80, 80)] for r in range(12)]
    message = rf"replicate {lacking.index(True)}: LogisticRegression failed on a training set of 80 rows: ValueError"
    with pytest.raises(ValueError, match=message), pytest.warns(UserWarning, match="lack a class"):
        bias_variance(LogisticRegression(), X[:80], labels, X[80:82], ["rare", "usual"], replicates=12)


def test_values_that_are_no_numbers_are_counted_and_the_first_is_named_before_anything_is_fitted():
    broken = np.where(X[:80] > 2, np.nan, X[:80])
    count, first = np.isnan(broken).sum(), tuple(np.argwhere(np.isnan(broken))[0].tolist())
    says = re.escape(f"{count} values are NaN or infinite, the first (nan) at {first}; none is dropped for you")
    mixed = pd.DataFrame(broken, columns=list("abc"), dtype=object)
    for table in (broken, broken.tolist(), pd.DataFrame(broken), mixed, sparse.csr_matrix(broken)):
        with pytest.raises(ValueError, match=f"X: {says}"):
            bias_variance(LinearRegression(), table, *NUMBERS[1:])
        with pytest.raises(ValueError, match=f"X_test: {says}"):
            bias_variance(LinearRegression(), *NUMBERS[:2], table, Y[:80])


def test_estimators_that_take_missing_values_are_given_them_and_infinite_ones_never():
    broken = np.where(X > 2, np.nan, X)
    data = (broken[:80], Y[:80], broken[80:], Y[80:])
    imputing = make_pipeline(StandardScaler(), SimpleImputer(), LinearRegression())
    for estimator in (imputing, DecisionTreeRegressor(), GridSearchCV(imputing, {})):
        assert np.isfinite(bias_variance(estimator, *data, replicates=3).risk)
        with pytest.raises(ValueError, match=r"X: 1 values are NaN or infinite, the first \(-?inf\) at \(3, 1\)"):
            bias_variance(estimator, infinite(broken[:80]), *data[1:])
    with pytest.raises(ValueError, match=r"replicate 0: Pipeline failed .* NaN"):
        bias_variance(make_pipeline(StandardScaler(), LinearRegression()), *data, replicates=3)


def infinite(values):
    values = values.copy()
    values[3, 1] = -np.inf
    return values


def test_texts_and_categories_are_no_numbers_and_are_left_to_the_estimator():
    words = pd.DataFrame({"colour": np.where(X[:, 0] > 0, "red", "blue"), "size": X[:, 1]})
    estimator = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough"), LinearRegression()
    )
    assert bias_variance(estimator, words[:80], Y[:80], words[80:], Y[80:], replicates=3).risk > 0


@pytest.mark.parametrize("loss", ["zero_one", "squared_error", "cross_entropy"])
def test_labels_of_one_class_are_refused_under_every_loss_with_a_way_out(loss):
    data = (X[:80], np.full(80, "same"), X[80:], np.full(40, "same"))
    with pytest.raises(ValueError, match=r"y holds one class only \(same\) in all of its 80 rows.*stratified"):
        bias_variance(GaussianNB(), *data, loss=loss)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error"])
def test_a_constant_target_is_warned_of(loss):
    data = (X[:80], np.full(80, 2.5), X[80:], Y[80:])
    with pytest.warns(UserWarning, match="y is 2.5 in all of its 80 rows: nothing can be learnt"):
        parts = bias_variance(LinearRegression(), *data, loss=loss, replicates=3)
    variance = parts.variance if loss == "squared_error" else parts.variance_effect
    assert variance == pytest.approx(0, abs=1e-12)


class Silent(RegressorMixin, BaseEstimator):
    def fit(self, x, y):
        return self


def with_nan(values, place):
    values = np.array(values, dtype=object)
    values[place] = None
    return values


REFUSALS = {
    "a loss that is not known": (LinearRegression(), NUMBERS, {"loss": "hinge"}, ValueError, "squared_error, absolute"),
    "a regressor with a loss of classes": (LinearRegression(), NUMBERS, {"loss": "zero_one"}, ValueError, "regression"),
    "a classifier with a loss of numbers": (GaussianNB(), CLASSES, {"loss": "absolute_error"}, ValueError, "zero_one"),
    "one replicate": (LinearRegression(), NUMBERS, {"replicates": 1}, ValueError, "replicates = 1 .* at least 2"),
    "half a replicate": (LinearRegression(), NUMBERS, {"replicates": 2.5}, ValueError, "replicates = 2.5"),
    "no workers": (LinearRegression(), NUMBERS, {"workers": 0}, ValueError, "workers = 0"),
    "a negative seed": (LinearRegression(), NUMBERS, {"seed": -1}, ValueError, "seed = -1"),
    "an empty training set": (LinearRegression(), NUMBERS, {"n_train": 0}, ValueError, "n_train = 0"),
    "fresh sets": (
        LinearRegression(),
        NUMBERS,
        {"resampling": "fresh"},
        ValueError,
        "known distribution.*bootstrap, subsample",
    ),
    "an unknown scheme": (LinearRegression(), NUMBERS, {"resampling": "loo"}, ValueError, "'loo' is not known"),
    "too few rows": (LinearRegression(), NUMBERS, {"resampling": "disjoint", "n_train": 20}, ValueError, "X has 80"),
    "too many sets": (LinearRegression(), NUMBERS, {"resampling": "disjoint", "replicates": 81}, ValueError, "has 80"),
    "more folds than rows": (
        LinearRegression(),
        (X[:5], Y[:5], X, Y),
        {"resampling": "kfold"},
        ValueError,
        "folds = 10 splits as many rows at least, and training sets of 4 leave one out of 5 .*folds of at most 5",
    ),
    "rows without labels": (LinearRegression(), (X, Y[:80], X, Y), {}, ValueError, "X has 120 rows and y 80"),
    "points without labels": (LinearRegression(), (X, Y, X, Y[:80]), {}, ValueError, "X_test has 120 .* y_test 80"),
    "a missing label": (LinearRegression(), (X, with_nan(Y, 5), X, Y), {}, ValueError, "y: 1 labels .* in row 5"),
    "a missing class": (GaussianNB(), (X, LABELS, X, with_nan(LABELS, 6)), {}, ValueError, "y_test: 1 .* in row 6"),
    "texts for numbers": (LinearRegression(), (X, LABELS, X, LABELS), {}, ValueError, "y holds .* not numbers"),
    "classes of two types": (GaussianNB(), (X, LABELS, X, np.arange(120)), {}, ValueError, "string and number"),
    "a table of classes": (GaussianNB(), (X, LABELS, X, X), {}, ValueError, r"y_test has shape \(120, 3\)"),
    "other outputs": (LinearRegression(), (X, X, X, Y), {}, ValueError, "as many outputs in both"),
    "a class of estimators": (LinearRegression, NUMBERS, {}, TypeError, r"expected an instance, LinearRegression\(\)"),
    "what is no estimator": ("tree", NUMBERS, {}, TypeError, "str has no get_params"),
    "no predictions": (Silent(), NUMBERS, {}, TypeError, "Silent has no predict"),
    "no probabilities": (LinearSVC(), CLASSES, {}, TypeError, "LinearSVC has no predict_proba.*squared_error"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_used_is_refused_with_what_was_found(refusal):
    estimator, data, arguments, error, message = refusal
    with pytest.raises(error, match=message):
        bias_variance(estimator, *data, **arguments)


REPEATED = {
    "all rows": ({"resampling": "subsample", "n_train": 80}, "every subsample of 80 rows is the whole pool"),
    "leave-one-out": ({"resampling": SCHEMES["kfold"](folds=80), "replicates": 90}, "80 training sets, and 90 are"),
    "more than all": ({"resampling": "bootstrap", "n_train": 81}, "n_train = 81 is more than the 80 rows"),
}


@pytest.mark.parametrize("arguments, message", REPEATED.values(), ids=REPEATED)
def test_training_sets_that_differ_less_than_may_be_meant_are_warned_of(arguments, message):
    with pytest.warns(UserWarning, match=message) as told:
        bias_variance(LinearRegression(), *NUMBERS, **arguments)
    assert told[0].filename == __file__


def test_leave_one_out_is_the_jackknife():
    """The closed form for a mean: over leave-one-out sets its variance is s^2 / (n (n - 1)), and (n - 1)^2 too low."""
    parts = bias_variance(DummyRegressor(), X[:5], Y[:5], X, Y, resampling=SCHEMES["kfold"](folds=5), replicates=5)
    assert parts.variance == pytest.approx(np.var(Y[:5], ddof=1) / 4**2)


def test_a_scheme_can_be_given_with_its_settings():
    parts = bias_variance(LinearRegression(), *NUMBERS, resampling=SCHEMES["kfold"](folds=4), replicates=4)
    rows = SCHEMES["kfold"](folds=4).rows(0, 2, 80, 60)
    by_hand = LinearRegression().fit(X[rows], Y[rows]).predict(X[80:])
    assert np.allclose(parts.ensemble.outputs_MNK[2, :, 0], by_hand, rtol=0, atol=1e-12)


def test_scikit_learn_is_loaded_only_when_it_is_asked_for():
    program = (
        "import sys, biasvar; biasvar.decompose; assert 'sklearn' not in sys.modules;"
        "biasvar.bias_variance; assert 'sklearn' in sys.modules and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
