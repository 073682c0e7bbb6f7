"""The house: imports go down only, and each library stays on its floor."""

import ast
from pathlib import Path

import pytest

import biasvar

PACKAGE = Path(biasvar.__file__).parent
FLOORS = {
    "version": 0, "seeds": 0, "settings": 0, "decomposition": 0, "theory": 0,
    "data": 1, "models": 1,
    "training": 2,
    "study": 3, "engines": 3,
    "results": 4,
    "composition": 5, "report": 5,
    "api": 6,
    "cli": 7,
}  # fmt: skip
ONLY_IN = {
    "hydra": {"composition"},
    "omegaconf": {"cli", "composition"},
    "click": {"cli"},
    "tqdm": {"cli"},
    "torch": {"data", "models", "training"},
    "torchvision": {"data"},
    "pandas": {"api", "data", "report", "results", "training"},
    "pyarrow": {"results"},
    "matplotlib": {"report"},
    "jinja2": {"report"},
    "numba": {"training"},
    "sklearn": {"data", "training"},
}
FORBIDDEN_NAMES = {"utils", "core", "common", "helpers", "misc"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module


def floor_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only_and_libraries_stay_on_their_floor(path):
    here = floor_of(path)
    for name in imports_of(path):
        first, *rest = name.split(".")
        if first == "biasvar" and rest and here != "__init__":
            assert FLOORS[rest[0]] <= FLOORS[here], f"{path} imports upwards: {name}"
        if first in ONLY_IN:
            assert here in ONLY_IN[first], f"{path}: {first} outside its floor"


def test_the_statistics_floor_imports_numpy_and_scipy_only():
    allowed = {"numpy", "scipy", "threadpoolctl", "biasvar"}
    for path in (PACKAGE / "decomposition").rglob("*.py"):
        foreign = {name.split(".")[0] for name in imports_of(path)} - allowed
        assert all(
            module
            in {"types", "dataclasses", "collections", "concurrent", "typing", "functools", "itertools", "math", "os"}
            for module in foreign
        ), (path, foreign)


def test_no_module_has_a_name_that_says_nothing():
    assert not [path for path in MODULES if path.stem in FORBIDDEN_NAMES]


def test_modules_are_small_enough_to_be_read_in_an_evening():
    lengths = sorted(len(path.read_text().splitlines()) for path in MODULES)
    assert lengths[len(lengths) // 2] <= 120
    assert lengths[-1] <= 300
