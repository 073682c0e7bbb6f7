"""The folder of a report on predictions: its own is written anew, any other is left as it is."""

from pathlib import Path

from biasvar.results.given.given_cells import GivenCells
from biasvar.results.saved import FILE
from biasvar.settings import Problem, SettingsError
from biasvar.study.folder import DERIVED
from biasvar.study.store.files import read_json
from biasvar.study.store.study_json import has_study


def refuse_other_folder(folder: Path, name: str) -> None:
    """Raise for a folder that holds a study, or tables other than those of predictions of this name.

    Raises
    ------
    SettingsError
        With what is there.
    """
    taken = [one for one in DERIVED if (folder / one).exists()]
    if has_study(folder) or (folder / "shards").exists():
        what = f"{folder} holds a study"
    elif taken and name_in(folder) != name:
        what = f"{folder} holds no report on predictions named {name}, and would lose its own {', '.join(taken)}"
    else:
        return
    raise SettingsError([Problem("--out", what, "a folder of its own", "give another DIR, or another name")])


def name_in(folder: Path) -> str | None:
    """Return the name of the predictions that a folder has a report on; None if it has none."""
    try:
        about = read_json(folder / FILE)
        return about["name"] if about["made_from"].startswith(f"{GivenCells.kind} ") else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
