"""Hydra and the resolvers of a process belong to whoever calls: another program, and other threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from biasvar.composition.compose import plan_study
from biasvar.settings import SettingsError


def plan(seed):
    return plan_study(["study=u_curve", f"seed={seed}", "name=${oc.env:HOME}" if seed < 0 else "name=one"], print)


def test_threads_compose_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(plan, range(8)))
    assert [one.cells[0].study.seed for one in plans] == list(range(8))


def test_a_program_that_composes_with_hydra_itself_keeps_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("OWN", "mine")
    (tmp_path / "own.yaml").write_text("a: ${oc.env:OWN}\n")
    with initialize_config_dir(str(tmp_path), version_base="1.3"):
        assert plan(3).cells[0].study.seed == 3
        assert compose("own").a == "mine"
    with pytest.raises(SettingsError, match="values of the environment are not read"):
        plan(-1)
    assert OmegaConf.create({"a": "${oc.env:OWN}"}).a == "mine"
