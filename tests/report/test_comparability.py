"""Members made under other versions, or on another kind of device, are said not to be bit-comparable."""

import pytest

from biasvar.api import load
from biasvar.report.words.comparability import comparability
from biasvar.results.stored.stored_cells import cells_in, cells_of
from biasvar.study.environment import environment
from biasvar.study.plan import plan
from biasvar.study.run import run
from tests.recorded_study import rewrite
from tests.results.test_verification import LINEAR, Silent, plan_of


@pytest.fixture
def folder(tmp_path):
    """A small study."""
    run(tmp_path / "study", plan_of(LINEAR), 1, Silent())
    return tmp_path / "study"


def compared(cells):
    """Return what is said of the members of cells."""
    return comparability(cells.environments, cells.devices)


def made_earlier_with(folder, **versions):
    """Let a study have been begun with other versions."""
    here = environment()
    then = here | {"versions": here["versions"] | versions}
    rewrite(folder, earlier=[then])
    return here


@pytest.mark.slow
def test_one_set_of_versions_gives_nothing_to_say(folder):
    assert compared(cells_in(folder)) == []
    made_earlier_with(folder)
    assert compared(cells_in(folder)) == []
    page = load(folder).write_report()
    assert "bit-comparable" not in page.read_text()


@pytest.mark.slow
def test_another_version_of_torch_is_said_on_the_page(folder):
    here = made_earlier_with(folder, torch="1.0")
    (note,) = compared(cells_in(folder))
    assert note.startswith(f"Members were trained in 2 environment (torch 1.0 -> {here['versions']['torch']})")
    assert "not bit-comparable" in note and "estimates differ within their intervals" in note
    assert "they are not bit-comparable" in load(folder).write_report().read_text()


def test_cells_on_different_kinds_of_device_are_said_and_cards_of_one_kind_are_not(folder):
    def on(*devices):
        return plan([({"device": device}, LINEAR | {"device": device}) for device in devices])

    (note,) = compared(cells_of(on("cpu", "cuda", "cuda:1"), folder))
    assert "on different kinds of device (cpu and cuda): they are not bit-comparable" in note
    assert compared(cells_of(on("cuda", "cuda:1"), folder)) == []
