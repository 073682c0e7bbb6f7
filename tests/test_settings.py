from dataclasses import dataclass

import pytest

from biasvar.settings import build, describe, did_you_mean, key, keys_that_change_numbers, neutral_keys, show
from biasvar.settings.log_spaced import USAGE


@dataclass(frozen=True)
class Sample:
    """A sample."""

    width: int = key(4, "units", at_least=1)
    rate: float = key(0.5, "a rate", at_least=0, below=1, hint="one is too many")
    name: str = key("a", "a name", choices=("a", "bc"))
    flag: bool = key(False, "a flag")
    limit: int | None = key(None, "a limit", at_least=1)
    parts: tuple[str, ...] = key(("left",), "some parts", choices=("left", "right"))
    sizes: tuple[float, ...] = key((), "some sizes", above=0, neutral=())
    counts: tuple[int, ...] | None = key(None, "some counts", at_least=1)
    words: tuple[str, ...] = key((), "some words")


def problems_of(**values):
    problems = []
    built = build(Sample, values, "model", problems)
    assert (built is None) == bool(problems)
    return problems


@pytest.mark.parametrize(
    ("values", "what", "needs"),
    [
        ({"width": "abc"}, "model.width = abc is not allowed", "an integer of at least 1"),
        ({"width": 1.5}, "model.width = 1.5 is not allowed", "an integer of at least 1"),
        ({"width": True}, "model.width = true is not allowed", "an integer of at least 1"),
        ({"width": None}, "model.width = null is not allowed", "an integer of at least 1"),
        ({"width": ""}, "model.width = '' is not allowed", "an integer of at least 1"),
        ({"width": 0}, "model.width = 0 is not allowed", "an integer of at least 1"),
        ({"rate": float("nan")}, "model.rate = nan is not finite", "a number of at least 0 and below 1"),
        ({"limit": 0}, "model.limit = 0 is not allowed", "an integer of at least 1, or null"),
        ({"flag": 1}, "model.flag = 1 is not allowed", "true or false"),
        ({"parts": "left"}, "model.parts = left is not allowed", "a list of left, right"),
        ({"parts": []}, "model.parts = [] is not allowed", "a list of left, right"),
        ({"parts": None}, "model.parts = null is not allowed", "a list of left, right"),
        ({"parts": {"left": 1}}, "model.parts = {left: 1} is not allowed", "a list of left, right"),
        ({"parts": ["left", "rigth"]}, "model.parts = [left, rigth]: rigth is not allowed", "a list of left, right"),
        ({"parts": [None]}, "model.parts = [null]: None is not allowed", "a list of left, right"),
        ({"parts": ["left", "left"]}, "model.parts = [left, left] names one twice", "a list of left, right"),
        ({"sizes": 2}, "model.sizes = 2 is not allowed", "a list of numbers above 0"),
        ({"sizes": [1, 0]}, "model.sizes[1] = 0.0 is not allowed", "a list of numbers above 0"),
        ({"sizes": ["a"]}, "model.sizes[0] = a is not allowed", "a list of numbers above 0"),
        ({"sizes": [float("nan")]}, "model.sizes[0] = nan is not finite", "a list of numbers above 0"),
        ({"sizes": [[1]]}, "model.sizes[0] = [1] is not allowed", "a list of numbers above 0"),
        ({"counts": "log(0,5,2)"}, "model.counts = log(0,5,2) is not allowed", USAGE),
        ({"counts": "log(1, x, 2)"}, "model.counts = log(1, x, 2) is not allowed", USAGE),
        (
            {"counts": "lg(1,5,2)"},
            "model.counts = lg(1,5,2) is not allowed",
            "a list of integers of at least 1, or null",
        ),
        ({"counts": [0.5]}, "model.counts[0] = 0.5 is not allowed", "a list of integers of at least 1, or null"),
        ({"words": [1]}, "model.words[0] = 1 is not allowed", "a list of texts"),
    ],
)
def test_a_value_of_the_wrong_type_or_range_is_named_with_what_is_needed(values, what, needs):
    (problem,) = problems_of(**values)
    assert (problem.what, problem.needs) == (what, needs)


@pytest.mark.parametrize(("value", "hint"), [(1e3, "write 1000"), ("0x10", "write 16")])
def test_a_number_in_a_spelling_that_yaml_does_not_know_is_respelt(value, hint):
    assert problems_of(width=value)[0].hint == hint


def test_hints_name_the_nearest_choice_and_key_and_the_reason_of_a_range():
    assert problems_of(name="b")[0].hint == "did you mean bc?"
    assert problems_of(widht=3)[0].hint == "did you mean model.width?"
    assert problems_of(rate=1)[0].hint == "one is too many"
    assert problems_of(parts=["rigth"])[0].hint == "did you mean right?"
    assert problems_of(parts="right")[0].hint == "write [right]"
    assert problems_of(sizes=0.5)[0].hint == "write [0.5]"
    assert problems_of(sizes="all")[0].hint == "", "a text is no size"
    assert problems_of(name=True)[0].hint == "", "a text would be no choice either"
    (problem,) = problems_of(sizes=[1, -1])
    assert problem.key == "model.sizes"


def test_every_problem_is_reported_at_once():
    assert len(problems_of(width=0, rate=2, nmae="a")) == 3


def test_good_values_are_taken_and_whole_numbers_serve_as_floats():
    problems = []
    sample = build(Sample, {"kind": "sample", "rate": 0, "limit": 3, "parts": ["right", "left"]}, "", problems)
    assert not problems
    assert sample == Sample(rate=0.0, limit=3, parts=("right", "left"))
    assert isinstance(sample.rate, float)


def test_describe_gives_type_range_default_and_meaning():
    first, second, *_ = describe(Sample)
    assert (first.name, first.type, first.range, first.default, first.meaning) == (
        "width",
        "int",
        "at least 1",
        4,
        "units",
    )
    assert second.range == "at least 0 and below 1"
    sizes, parts = describe(Sample)[-3], describe(Sample)[-4]
    assert (sizes.type, sizes.range, show(sizes.default)) == ("list", "above 0", "[]")
    assert (parts.type, parts.range, show(parts.default)) == ("list", "any of left, right", "[left]")


def test_whole_numbers_serve_as_floats_in_lists():
    problems = []
    assert build(Sample, {"counts": " log(1, 200, 4) "}, "", problems).counts == (1, 6, 34, 200)
    assert build(Sample, {"sizes": [1, 2], "counts": [3], "words": ["a b"]}, "", problems) == Sample(
        sizes=(1.0, 2.0), counts=(3,), words=("a b",)
    )
    assert not problems
    assert all(type(size) is float for size in keys_that_change_numbers(Sample(sizes=(1, 2)))["sizes"])
    assert keys_that_change_numbers(Sample())["sizes"] == neutral_keys(Sample)["sizes"] == ()


def test_values_are_shown_as_they_are_written():
    assert [show(value) for value in (None, True, 1, 0.5, "")] == ["null", "true", "1", "0.5", "''"]
    assert did_you_mean("zzz", ["width"]) == ""
