"""Descents, second descents and final ascents: found where they are, seldom claimed where they are not."""

import itertools

import numpy as np
import pytest

from biasvar.results.shapes.evidence import Places, statements
from biasvar.results.shapes.paired import Paired, draw_signs
from biasvar.results.shapes.shapes import NO, UNDECIDED, YES
from biasvar.results.shapes.turns import DESCENT, FINAL_ASCENT, SECOND_DESCENT, turns

TURNS = ("descent", "second descent", "final ascent")
CURVES = {
    "rises": (np.linspace(1.0, 9.0, 8), (NO, NO, NO)),
    "falls": (np.linspace(9.0, 1.0, 8), (YES, NO, NO)),
    "U": (np.array([9.0, 6, 3, 1, 2, 4, 6, 8]), (YES, NO, NO)),
    "double descent": (np.array([9.0, 4, 1, 3, 7, 4, 2, 0]), (YES, YES, NO)),
    "final ascent": (np.array([9.0, 4, 1, 3, 7, 4, 0, 2, 5]), (YES, YES, YES)),
}


def said(risk_PR, resamples=400):
    """Return the statements on a curve by name."""
    averages = {"risk": risk_PR.mean(axis=1), "risk_median": np.median(risk_PR, axis=1)}
    paired = Paired(risk_PR, draw_signs(resamples, risk_PR.shape[1], 0), 0.95)
    curve = Places(averages, np.zeros(len(risk_PR), dtype=bool), paired)
    return {one.name: one for one in statements(curve, curve, True)}


def replicates_of(curve_P, generator, replicates=20, shared=3.0, own=0.3):
    """Return risks of replicates that share a large effect at all places, as the same models at every epoch do."""
    noise_PR = own * generator.standard_normal((len(curve_P), replicates))
    return curve_P[:, None] + shared * generator.standard_normal(replicates) + noise_PR


@pytest.mark.parametrize("name", CURVES)
def test_turns_of_known_curves_are_told_with_every_stretch(name):
    curve_P, verdicts = CURVES[name]
    found = said(replicates_of(curve_P, np.random.default_rng(0)))
    assert tuple(found[turn].verdict for turn in TURNS) == verdicts
    for turn, stretches in zip(TURNS, (1, 3, 4), strict=True):
        assert len(found[turn].differences) == stretches
        for number, one in enumerate(found[turn].differences):
            earlier, later = found[turn].places[number : number + 2]
            assert (one.first, one.second) == ((earlier, later), (later, earlier))[number % 2]


def test_without_pairing_the_same_replicates_show_no_turn():
    generator = np.random.default_rng(1)
    risk_PR = replicates_of(CURVES["final ascent"][0], generator, shared=30.0)
    unpaired_PR = np.array([generator.permutation(risk_R) for risk_R in risk_PR])
    assert said(risk_PR)["final ascent"].verdict == YES
    assert said(unpaired_PR)["descent"].verdict == UNDECIDED


@pytest.mark.parametrize("stretches", [1, 3, 4])
def test_the_least_stretch_is_the_largest_there_is_and_ends_are_extremes(stretches):
    for seed in range(20):
        column_P = np.random.default_rng(seed).standard_normal(9)
        places = turns(stretches)(column_P)
        assert min(lengths(column_P, places)) == max(
            min(lengths(column_P, one)) for one in itertools.combinations(range(9), stretches + 1)
        )
        for number, place in enumerate(places):
            first = places[number - 1] + 1 if number else 0
            between = column_P[first : places[number + 1] if number < stretches else 9]
            assert column_P[place] == (between.min() if number % 2 else between.max())


def lengths(column_P, places):
    """Return how far each stretch goes its way: down, up, down ..."""
    return [(b - a) * (-1) ** (number + 1) for number, (a, b) in enumerate(itertools.pairwise(column_P[list(places)]))]


def test_short_curves_have_no_turns_that_need_more_places():
    assert [shape.fewest for shape in (DESCENT, SECOND_DESCENT, FINAL_ASCENT)] == [2, 4, 5]
    assert not {"second descent", "final ascent"} & said(np.random.default_rng(0).random((3, 10))).keys()


SHAPES = {
    "flat": (np.zeros(10), TURNS),
    "falls": (np.linspace(3.0, 0.0, 10), TURNS[1:]),
    "rises": (np.linspace(0.0, 3.0, 10), TURNS),
    "falls and stays": (np.array([6.0, 4, 2, 0, 0, 0, 0, 0, 0, 0]), TURNS[1:]),
    "U": (np.array([6.0, 4, 2, 0, 1, 2, 3, 4, 5, 6]), TURNS[1:]),
    "U and stays": (np.array([6.0, 3, 0, 3, 6, 6, 6, 6, 6, 6]), TURNS[1:]),
    "double descent": (np.array([6.0, 3, 0, 3, 6, 4, 2, 0, -1, -2]), TURNS[2:]),
    "double descent that stays": (np.array([6.0, 3, 0, 3, 6, 3, 0, 0, 0, 0]), TURNS[2:]),
}


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("noise", ["alone", "a walk"])
@pytest.mark.parametrize("name", SHAPES)
def test_turns_that_are_not_there_are_claimed_as_rarely_as_the_level_says(name, noise):
    curve_P, absent = SHAPES[name]
    generator, counts = np.random.default_rng(0), dict.fromkeys(absent, 0)
    for _ in range(300):
        own_PR = generator.standard_normal((len(curve_P), 12))
        if noise != "alone":  # as epochs do, each replicate goes a way of its own
            own_PR = own_PR.cumsum(axis=0)
        found = said(curve_P[:, None] + 0.5 * own_PR)
        for turn in absent:
            counts[turn] += found[turn].verdict == YES
    # Of 300 curves at most 15 are expected; more than 26 in fewer than one of 200 such counts.
    assert max(counts.values()) <= 26, counts


@pytest.mark.slow
@pytest.mark.ci
def test_turns_that_are_there_are_found_and_not_denied():
    generator, yes, no = np.random.default_rng(0), 0, 0
    for _ in range(100):
        found = said(replicates_of(CURVES["final ascent"][0], generator))
        yes += all(found[turn].verdict == YES for turn in TURNS)
        faint = said(replicates_of(0.05 * CURVES["final ascent"][0], generator))
        no += any(faint[turn].verdict == NO for turn in TURNS)
    assert yes >= 95 and no <= 5, (yes, no)
