"""Hydra and the resolvers of a process belong to whoever calls: another program, and other threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from biasvar.composition.compose import compose_study
from biasvar.composition.hydra_groups import compose_groups, conf_dir
from biasvar.settings import SettingsError


@pytest.fixture
def plan(tmp_path):
    """Return a function from a seed to a plan; what an own folder may hold is composed anew each time."""
    (tmp_path / "own").mkdir()

    def make(seed):
        texts = ["study=u_curve", f"seed={seed}", "name=${oc.env:HOME}" if seed < 0 else "name=one"]
        return compose_study(texts, print, tmp_path / "own")[1]

    return make


def test_threads_compose_side_by_side(plan):
    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(plan, range(8)))
    assert [one.cells[0].study.seed for one in plans] == list(range(8))


def test_a_program_that_composes_with_hydra_itself_keeps_its_own(plan, tmp_path, monkeypatch):
    monkeypatch.setenv("OWN", "mine")
    (tmp_path / "own.yaml").write_text("a: ${oc.env:OWN}\n")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        assert plan(3).cells[0].study.seed == 3
        assert compose("own").a == "mine"
    with pytest.raises(SettingsError, match="values of the environment are not read"):
        plan(-1)
    assert OmegaConf.create({"a": "${oc.env:OWN}"}).a == "mine"


def test_shipped_files_are_composed_once_and_each_caller_has_its_own_copy(monkeypatch):
    asked = ((conf_dir(),), (("study", "u_curve"), ("data", "linear")), "config")
    raw, files = compose_groups(*asked)
    monkeypatch.setattr("hydra.compose", None)
    assert compose_groups(*asked) == (raw, files)
    seed = raw.pop("seed")
    assert compose_groups(*asked)[0]["seed"] == seed
