"""Networks of a user's own, in a plugin that a test writes, or in that of the documentation."""

from pathlib import Path

from biasvar.composition.facts import Facts
from biasvar.settings import SettingsError
from biasvar.settings.plugins import plugins_named
from biasvar.study.config import build_group

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "mynets.py"
DIGITS = {"kind": "digits", "n_train": 30, "n_eval": 20}


def module_config(factory, plugin=EXAMPLE, data=DIGITS, **keys):
    """Return the configuration of a model with its facts, as a plan has it."""
    facts = Facts(plugins_named([str(plugin)]))
    model = {"kind": "module", "factory": factory, **keys}
    cells = list(facts.of([({}, {"data": data, "model": model})]))
    if facts.problems:
        raise SettingsError(facts.problems)
    return cells[0][1]["model"]


def module(factory, plugin=EXAMPLE, data=DIGITS, **keys):
    """Return a model with its facts."""
    problems = []
    built = build_group("model", module_config(factory, plugin, data, **keys), problems)
    assert not problems
    return built
