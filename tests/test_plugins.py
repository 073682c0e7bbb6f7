"""Plugins: a user's code is loaded by name only, and its source is a hash of what it imports from its folder."""

import sys

import pytest

from biasvar.settings import SettingsError
from biasvar.settings.plugins import load, plugin_with, plugins_named


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that writes a file of the user's and returns its plugin."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def make(text, name="mine.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        load.cache_clear()
        return plugins_named([str(path)])[0]

    return make


def test_a_file_is_loaded_when_it_is_used_and_not_before(write):
    plugin = write("raise ValueError('no such luck')\n")
    with pytest.raises(SettingsError, match=r"mine.py cannot be loaded: ValueError: no such luck \(line 1\)"):
        plugin.loaded()


def test_a_name_is_found_in_the_plugin_that_defines_it(write):
    plugin = write("def make_net():\n    return 7\n")
    found, make_net = plugin_with("make_net", [plugin], "model.factory", "a function")
    assert found == plugin and make_net() == 7
    with pytest.raises(SettingsError, match=r"model\.factory = make_nut is not defined in mine\.py") as error:
        plugin_with("make_nut", [plugin], "model.factory", "a function")
    assert error.value.problems[0].hint == "did you mean make_net?"
    with pytest.raises(SettingsError, match="is in no plugin"):
        plugin_with("make_net", [], "model.factory", "a function")


def test_a_file_that_is_not_there_and_a_module_that_is_not_there_are_named(tmp_path):
    with pytest.raises(SettingsError, match="there is no such file"):
        plugins_named([str(tmp_path / "gone.py")])
    (plugin, *_) = plugins_named(["no_such_module_of_mine"])
    with pytest.raises(SettingsError, match="there is no module no_such_module_of_mine"):
        plugin.loaded()


def test_the_source_covers_what_the_file_imports_from_its_folder_even_late(write):
    for name in ("parts/__init__.py", "parts/layers.py", "late.py", "unrelated.py"):
        write("", name)
    plugin = write("import numpy\nfrom parts import layers\n\ndef f():\n    import late\n")
    before = plugin.source
    write("# unrelated\n", "unrelated.py")
    assert plugin.source == before
    changed = []
    for name in ("late.py", "parts/layers.py", "parts/__init__.py", "mine.py"):
        write(
            f"# {name} has changed\nimport numpy\nfrom parts import layers\nimport late\n"
            if name == "mine.py"
            else "x = 1\n",
            name,
        )
        changed.append(plugin.source)
    assert len({before, *changed}) == 5


def test_an_installed_package_has_a_version_and_no_source():
    (plugin, *_) = plugins_named(["numpy"])
    assert plugin.version.startswith("numpy ") and plugin.source == ""


def test_a_file_named_like_a_library_hides_nothing(write):
    import json

    plugin = write("here = True\n", "json.py")
    assert plugin.loaded().here and sys.modules["json"] is json


def test_a_name_that_stands_for_two_things_is_refused(write):
    text = "from math import sqrt\n\n\ndef f():\n    pass\n"
    one, two = write(text), write(text, "two.py")
    with pytest.raises(SettingsError, match=r"model\.factory = f is defined in mine\.py and in two\.py"):
        plugin_with("f", [one, two], "model.factory", "a function")
    assert plugin_with("sqrt", [one, two], "model.factory", "a function")[0] == one, "both have the same one"


def test_code_that_ends_the_process_when_it_is_loaded_is_a_message(write):
    with pytest.raises(SettingsError, match=r"mine\.py cannot be loaded: SystemExit: 3 \(line 2\)"):
        write("import sys\nsys.exit(3)\n").loaded()
