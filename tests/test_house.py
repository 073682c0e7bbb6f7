"""The house: imports go down only, and each library stays on its floor."""

import ast
from collections import Counter
from pathlib import Path

import pytest

import biasvar

PACKAGE = Path(biasvar.__file__).parent
FLOORS = {
    "seeds": 0, "family": 0, "settings": 0, "version": 0, "decomposition": 0, "theory": 0,
    "data": 1, "models": 1,
    "training": 2,
    "study": 3, "engines": 3,
    "results": 4,
    "composition": 5, "report": 5,
    "api": 6,
    "cli": 7, "__main__": 7,
}  # fmt: skip
ONLY_IN = {
    "hydra": {"composition"},
    "omegaconf": {"composition"},
    "yaml": {"composition"},
    "click": {"cli"},
    "tqdm": {"cli", "api"},
    "torch": {"data", "models", "training"},
    "torchvision": {"data"},
    "PIL": {"data"},
    "pandas": {"data", "training", "results", "report", "api"},
    "pyarrow": {"results"},
    "matplotlib": {"report"},
    "jinja2": {"report"},
    "numba": {"training"},
    "sklearn": {"data", "models", "training"},
}
FORBIDDEN_NAMES = {"utils", "core", "common", "helpers", "misc"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports_of(path):
    """Every module that a file imports, also late, for type checking only, and as an entry of a family."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in NAMES else node.module for name in names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            module, colon, _ = node.value.partition(":")
            yield from [module] if colon and module in NAMES else []


def name_of(path):
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


NAMES = {name_of(path): path for path in MODULES}


def floor_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only_and_libraries_stay_on_their_floor(path):
    here = floor_of(path)
    for name in imports_of(path):
        first, *rest = name.split(".")
        if first == "biasvar" and here != "__init__":
            assert rest and FLOORS[rest[0]] <= FLOORS[here], f"{path} imports upwards: {name}"
        if first in ONLY_IN:
            assert here in ONLY_IN[first], f"{path}: {first} outside its floor"


def test_no_module_imports_itself_by_way_of_others():
    imports = {name: {one for one in imports_of(path) if one in NAMES} - {name} for name, path in NAMES.items()}
    while free := [name for name, needed in imports.items() if not needed & imports.keys()]:
        for name in free:
            del imports[name]
    assert not imports, f"circles among {sorted(imports)}"


def test_a_folder_holds_no_more_modules_than_can_be_looked_over():
    folders = Counter(path.parent for path in MODULES if path.stem != "__init__")
    assert max(folders.values()) <= 22, folders.most_common(3)


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
    assert lengths[len(lengths) // 2] <= 80
    assert lengths[-1] <= 250
