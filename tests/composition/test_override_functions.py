"""Every function of the override grammar, held against its plain meaning."""

import os
import subprocess
import sys

import pytest

from biasvar.composition.override_functions import FUNCTIONS
from biasvar.composition.overrides import parse

SWEPT = {
    "range(4)": [0, 1, 2, 3],
    "range(1,9,3)": [1, 4, 7],
    "range(5,0,-2)": [5, 3, 1],
    "range(start=1,stop=4)": [1, 2, 3],
    "range(1,stop=4,step=2)": [1, 3],
    "range(-2,2)": [-2, -1, 0, 1],
    "range(0.1,0.4,0.1)": [0.1, 0.2, 0.3],
    "range(0,1,0.1)": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
    "range(1,0,-0.3)": [1.0, 0.7, 0.4, 0.1],
    "range(1e-3,4e-3,1e-3)": [0.001, 0.002, 0.003],
    "range(-0.2,0.2,0.1)": [-0.2, -0.1, 0.0, 0.1],
    "range(1.1,2.2,1.1)": [1.1],
    "range(0,2,1.0)": [0.0, 1.0],
    "choice(2,8)": [2, 8],
    "choice(a,'b c',null,true,1.5)": ["a", "b c", None, True, 1.5],
    "choice([1,2],[3])": [[1, 2], [3]],
    "choice(sort(3,1,2))": [1, 2, 3],
    "sort(3,1,2)": [1, 2, 3],
    "sort(3,1,2,reverse=true)": [3, 2, 1],
    "sort(b,'a c',a)": ["a", "a c", "b"],
    "sort(choice(3,1,2))": [1, 2, 3],
    "sort(sweep=choice(3,1,2),reverse=true)": [3, 2, 1],
    "sort(range(10,45,10))": [10, 20, 30, 40],
    "sort(range(10,45,10),reverse=true)": [40, 30, 20, 10],
    "sort(range(45,10,-10))": [15, 25, 35, 45],
    "sort(range(45,10,-10),reverse=true)": [45, 35, 25, 15],
    "sort(range(0.1,0.55,0.1),reverse=true)": [0.5, 0.4, 0.3, 0.2, 0.1],
    "sort(range(0.4,0.1,-0.1))": [0.2, 0.3, 0.4],
    "sort(sort(range(10,45,10),reverse=true))": [10, 20, 30, 40],
    "int(1.5,2.7)": [1, 2],
    "int(range(1,4))": [1, 2, 3],
    "int(range(0.5,3,0.5))": [0, 1, 1, 2, 2],
    "int(choice('3',true))": [3, 1],
    "float(range(1,4))": [1.0, 2.0, 3.0],
    "float(range(0.1,0.4,0.1))": [0.1, 0.2, 0.3],
    "str(range(1,3))": ["1", "2"],
    "str(1,true,1.5)": ["1", "true", "1.5"],
    "bool(range(0,2))": [False, True],
    "tag(a,b,range(1,3))": [1, 2],
    "tag(a,sweep=choice(1,2))": [1, 2],
    "1,int(2.0),float(3)": [1, 2, 3.0],
}
SINGLE = {
    "log(1,200,20)": [1, 2, 3, 4, 5, 7, 9, 12, 16, 21, 28, 38, 50, 66, 87, 115, 151, 200],
    "log(1,1000,4)": [1, 10, 100, 1000],
    "log(7,9,9)": [7, 8, 9],
    "sort([3,1,2])": [1, 2, 3],
    "sort([b,'a'],reverse=true)": ["b", "a"],
    "sort(list=[3,1])": [1, 3],
    "sort(7)": 7,
    "int(3.9)": 3,
    "int('010')": 10,
    "int([1.5,[2.5]])": [1, [2]],
    "float({a:1})": {"a": 1.0},
    "str(null_)": "null_",
    "bool(TRUE)": True,
    "bool(0)": False,
    "[int(2.0),float(3)]": [2, 3.0],
}
REFUSED = {
    "shuffle(1,2,3)": "another order at every call",
    "shuffle(range(1,9))": "another order at every call",
    "shuffle([1,2])": "another order at every call",
    "sort(shuffle(1,2))": "another order at every call",
    "interval(0,1)": "is not a list of values",
    "glob(*)": "is not a list of values",
    "str(glob(*))": "none of them in another",
    "int(interval(0,1))": "none of them in another",
    "[range(1,3)]": "none of them in another",
    "{a:choice(1,2)}": "none of them in another",
    "choice(range(1,3),5)": "none of them in another",
    "choice(choice(1,2))": "none of them in another",
    "1,range(2,4)": "is a list that holds a range",
    "range(1,4),shuffle(1,2)": "another order at every call",
    "range(nan,1)": "finite numbers",
    "range(1,5,0)": "a step that is not 0",
    "range(true,4)": "finite numbers",
    "range(a,b)": "finite numbers",
    "range(1,1)": "the grid is empty",
    "sort(range(5,1))": "the grid is empty",
    "range()": "start",
    "range(1,2,3,4)": "too many",
    "range(stop=4,1)": "a positional argument",
    "range(1,4,speed=2)": "speed",
    "choice()": "empty choice",
    "sort()": "sort(3,1,2)",
    "sort(1,a)": "numbers only, or texts only",
    "sort(1,2,reverse=maybe)": "sort(3,1,2)",
    "int()": "a cast has a value",
    "int(abc)": "invalid literal",
    "int(inf)": "infinity",
    "int(null)": "null cannot be cast",
    "bool(maybe)": "neither true nor false",
    "tag(a)": "tag(",
    "float(range(0,1e9))": "more than 100,000 values",
    **dict.fromkeys(
        (
            *("log(0,200,5)", "log(200,1,5)", "log(5,5,2)", "log(1,200,0)", "log(1,200,1)", "log(1,200,20001)"),
            *("log(1,200)", "log(1.5,200,5)", "log(1,2e2,5)", "log(a,b,c)", "log(true,5,5)", "log(1,range(3),5)"),
        ),
        "takes whole numbers 1 <= FIRST < LAST, and a COUNT from 2 to 10,000: log(1,200,20)",
    ),
    "logspace(1,3)": "there is no function logspace; there are range, choice",
}


def settings(texts):
    problems = []
    return [(setting.swept, list(setting.values)) for setting in parse(texts, problems)], [p.what for p in problems]


@pytest.mark.parametrize("call", SWEPT)
def test_a_sweep_has_the_values_that_are_written_in_the_order_that_is_asked_for(call):
    assert repr(settings([f"model.degree={call}"])) == repr(([(True, SWEPT[call])], []))


@pytest.mark.parametrize("call", SINGLE)
def test_a_single_value_stays_one(call):
    assert repr(settings([f"model.degree={call}"])) == repr(([(False, [SINGLE[call]])], []))


@pytest.mark.parametrize("call", REFUSED)
def test_what_a_function_cannot_mean_is_refused_in_a_sentence(call):
    found, (what,) = settings([f"model.degree={call}"])
    assert not found and REFUSED[call] in what


def test_every_function_of_hydra_is_here_and_is_called_above():
    from hydra.core.override_parser.overrides_parser import create_functions

    assert create_functions().functions.keys() <= FUNCTIONS.keys()
    calls = [*SWEPT, *SINGLE, *REFUSED]
    assert all(any(f"{name}(" in call for call in calls) for name in FUNCTIONS)


def test_assertions_left_out_of_hydra_change_no_reading():
    code = (
        "from biasvar.composition.overrides import parse\nimport sys\n"
        "for text in sys.argv[1:]:\n    problems = []\n"
        "    print([(s.swept, list(s.values)) for s in parse([text], problems)], [p.what for p in problems])"
    )
    texts = [f"model.degree={call}" for call in (*SWEPT, *SINGLE, *REFUSED, "{a:1,b:[1,c]}")]
    done = subprocess.run([sys.executable, "-c", code, *texts], capture_output=True, text=True, timeout=100, check=True,
                          env=os.environ | {"PYTHONOPTIMIZE": "1"})  # fmt: skip
    assert done.stdout.splitlines() == [" ".join(map(str, settings([text]))) for text in texts]
