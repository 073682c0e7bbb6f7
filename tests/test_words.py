"""The words of the code are those of the field: identifiers, files, keys and columns have no private names."""

import ast
import re
from pathlib import Path

import biasvar
from biasvar.study.config import known_keys

PACKAGE = Path(biasvar.__file__).parent
# Names of this project's early days, and the term that stands for each now.
OLD = {
    "keeper": "collector", "plate": "figure", "sheet": "figure", "house": "style", "recipe": "training config",
    "refuses": "incompatibility", "remark": "warning", "remarks": "warnings", "told": "details", "said": "message",
    "surroundings": "environment", "moved": "changed", "strangers": "unknown files", "seal": "checksum",
    "pulled": "gradient with decay", "decays": "decay mask", "grace": "shutdown timeout", "soundness": "validation",
    "origins": "provenance", "law": "distribution", "laws": "distributions", "held": "fixed", "idle": "inactive",
}  # fmt: skip
IN_ANOTHER_SENSE = {"held_out", "signals_held_back", "HELD_BACK"}


def parts(name):
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def identifiers(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg | ast.keyword):
            yield node.arg or ""
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def test_identifiers_have_the_terms_of_the_field():
    found = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in identifiers(path)
        if parts(name) & OLD.keys() and name not in IN_ANOTHER_SENSE
    }
    assert not found, sorted(found)


def test_files_and_keys_have_the_terms_of_the_field():
    assert not [path for path in PACKAGE.rglob("*.py") if parts(path.stem) & {*OLD, "work", "drive"}]
    assert not [key for key in known_keys() if parts(key) & OLD.keys()]


def test_an_old_name_would_be_seen():
    assert parts("RowKeeper") & OLD.keys() and parts("idle_source") & OLD.keys()
