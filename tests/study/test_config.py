"""The configuration files and the schema say the same."""

from dataclasses import fields

import pytest
import yaml

from biasvar.composition.compose import compose
from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import options_in
from biasvar.composition.planning import plan_of
from biasvar.settings import describe, key_names
from biasvar.study.config import GROUPS, SECTIONS, TopLevel, changes_no_number, known_keys

OPTIONS = [(group, kind, cls) for group, table in GROUPS.items() for kind, cls in table.items()]
PRESETS = options_in((conf_dir(),), "study")


def number(value):
    """YAML 1.1 reads 1e-11 as a text, which Hydra does not; a list of settings is a tuple."""
    if isinstance(value, list):
        return tuple(value)
    return float(value) if isinstance(value, str) and value[:1].isdigit() else value


@pytest.mark.parametrize(("group", "kind", "cls"), OPTIONS, ids=[f"{group}={kind}" for group, kind, _ in OPTIONS])
def test_every_option_has_a_file_with_its_keys_and_defaults(group, kind, cls):
    content = yaml.safe_load((conf_dir() / group / f"{kind}.yaml").read_text())
    assert content.pop("kind") == kind
    defaults = {field.name: field.default for field in fields(cls)}
    assert {name: number(value) for name, value in content.items()} == {name: defaults[name] for name in key_names(cls)}


def test_every_file_of_a_group_is_an_option_of_its_table():
    for group, table in GROUPS.items():
        assert {path.stem for path in (conf_dir() / group).glob("*")} == set(table)


def test_the_primary_config_has_the_keys_and_defaults_of_the_schema():
    content = yaml.safe_load((conf_dir() / "config.yaml").read_text())
    for field in fields(TopLevel):
        assert content[field.name] == field.default
    for name, cls in SECTIONS.items():
        assert content[name] == {field.name: field.default for field in fields(cls)}


@pytest.mark.parametrize("cls", [cls for *_, cls in OPTIONS] + [TopLevel, *SECTIONS.values()])
def test_every_key_says_what_it_means(cls):
    described = {key.name: key.meaning for key in describe(cls)}
    assert all(described.get(name) for name in key_names(cls))


def test_known_keys_are_dotted_and_cover_every_group():
    assert {"replicates", "data.n_train", "model.width", "training.weight_decay", "limits.max_models"} <= known_keys()


def test_keys_that_change_no_number_are_told_from_those_that_do():
    idle = {key for key in known_keys() if changes_no_number(key)}
    assert changes_no_number("engine")
    assert {"engine.timeout_s"} <= idle
    assert {"workers", "loss", "tolerance", "name", "figure.width", "interval.level", "limits.max_models",
            "data.root"} <= idle  # fmt: skip
    assert not idle & {"seed", "replicates", "device", "data.n_train", "model.width", "design.seeds", "data", "model"}


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_composes_into_a_plan_with_axes_and_a_name_of_its_own(preset):
    study = plan_of(*compose([f"study={preset}"], None, "config"))
    assert study.name == preset.replace("/", "-")
    compares_two = preset in ("sklearn_bagging", "cifar10_components") or "/" in preset  # or what a claim compares
    assert study.axes and len(study.cells) >= (2 if compares_two else 3)
    assert len(study.members) <= study.cells[0].study.limits.max_models
