from dataclasses import dataclass

import pytest

from biasvar.settings import build, describe, did_you_mean, key, show


@dataclass(frozen=True)
class Sample:
    """A sample."""

    width: int = key(4, "units", at_least=1)
    rate: float = key(0.5, "a rate", at_least=0, below=1, hint="one is too many")
    name: str = key("a", "a name", choices=("a", "bc"))
    flag: bool = key(False, "a flag")
    limit: int | None = key(None, "a limit", at_least=1)
    parts: tuple[str, ...] = key(("left",), "some parts", choices=("left", "right"))


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
    parts = describe(Sample)[-1]
    assert (parts.type, parts.range, show(parts.default)) == ("list", "any of left, right", "[left]")


def test_values_are_shown_as_they_are_written():
    assert [show(value) for value in (None, True, 1, 0.5, "")] == ["null", "true", "1", "0.5", "''"]
    assert did_you_mean("zzz", ["width"]) == ""
