"""Families: a table of members that are loaded when they are first looked up."""

import json
import subprocess
import sys

import pytest

from biasvar.data import PUBLISHED, SOURCES
from biasvar.data.references import REFERENCES
from biasvar.data.resampling import SCHEMES
from biasvar.engines import ENGINES
from biasvar.family import Family
from biasvar.models import FAMILIES
from biasvar.study.designs import DESIGNS
from biasvar.training import TRAININGS
from biasvar.training.trainers import TRAINERS

BY_KIND = (SOURCES, PUBLISHED, SCHEMES, REFERENCES, FAMILIES, TRAININGS, DESIGNS, ENGINES)


@pytest.mark.parametrize("family", BY_KIND, ids=lambda family: next(iter(family)))
def test_an_entry_has_the_kind_of_its_class(family):
    assert family and all(cls.kind == kind for kind, cls in family.items())


def test_an_entry_has_the_name_of_its_trainer():
    assert all(cls.name == name for name, cls in TRAINERS.items())


def test_a_member_is_loaded_when_it_is_looked_up_and_no_other_is():
    program = (
        "import json, sys; from biasvar.study.config import SOURCES, ENGINES;"
        "assert 'digits' in SOURCES and list(ENGINES); before = set(sys.modules); SOURCES['linear'];"
        "print(json.dumps([sorted(before), sorted(sys.modules)]))"
    )
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    before, after = json.loads(found.stdout)
    members = {"biasvar.data.linear", "biasvar.data.digits", "biasvar.engines.ray", "biasvar.models.mlp"}
    assert not members & set(before)
    assert members & set(after) == {"biasvar.data.linear"}


def test_a_member_may_be_given_as_it_is_and_an_unknown_one_is_none():
    family = Family({"decoder": "json:JSONDecoder"}) | {"list": list}
    assert family["decoder"] is json.JSONDecoder and family["list"] is list
    assert list(family) == ["decoder", "list"] and "set" not in family
    with pytest.raises(KeyError):
        family["set"]
