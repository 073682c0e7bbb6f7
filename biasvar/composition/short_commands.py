"""Commands that name no study, but data or a model: these decide the rest."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from biasvar.study.config import GROUPS

PRIMARY = "config"  # the shipped primary configuration, which chooses the default study
DECIDING = ("data", "model")


def is_short(chosen: Collection[str], config_name: str) -> bool:
    """Return whether data or model, not a study, are chosen on top of the shipped configuration."""
    names_study = "study" in chosen or config_name.removesuffix(".yaml") != PRIMARY
    return not names_study and any(group in chosen for group in DECIDING)


def with_usual(
    groups: Mapping[str, str], sources: Sequence[str], read: Callable[[str, str], Mapping[str, Any]]
) -> dict[str, str]:
    """Return the options of groups, and those that follow from data and model unless chosen.

    ``sources`` are all options of ``data`` on the command line: a table among them has no distribution to draw from,
    and one study draws all its training sets in the same way. ``read`` returns the settings of an option.
    """
    usual = {}
    classes: list[Any] = [GROUPS["data"].get(str(read("data", option).get("kind"))) for option in sources]
    if any(source is not None and not source.has_distribution for source in classes):
        usual["resampling"] = "bootstrap"
    chosen = str(read("model", groups["model"]).get("kind")) if "model" in groups else ""
    family: Any = GROUPS["model"].get(chosen)
    if family is not None:
        usual["training"] = family.usual_training
    return usual | dict(groups)
