"""What may be set for predictions that were made elsewhere, and its overrides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from biasvar.decomposition import LOSSES
from biasvar.decomposition.noise.distributions import EXCESS
from biasvar.decomposition.reading.ambiguity import TARGETS
from biasvar.settings import Problem, SettingsError, build, key
from biasvar.settings.changed import changed, number_or_text
from biasvar.study.config import OTHER_NAMES_OF_LOSSES, Figure, Interval

KINDS = ("values", "scores", "probabilities", "logits", "labels")
SECTIONS = {"interval": Interval, "figure": Figure}


@dataclass(frozen=True)
class Reading:
    """How predictions are read, and the losses under which they are decomposed."""

    name: str = key("predictions", "name of the report, and of its folder below outputs/")
    seed: int = key(0, "seed of the resamples behind intervals", at_least=0, at_most=2**63 - 1)
    loss: str = key(
        "all",
        "loss of the decomposition; all: each that fits the predictions",
        choices=("all", *LOSSES),
        other_names=OTHER_NAMES_OF_LOSSES,
    )
    capacity: str | None = key(None, "axis that is the capacity; null: the first whose values are numbers")
    outputs_are: str | None = key(None, "what the predictions are; null: by their shape and values", choices=KINDS)
    target_is: str | None = key(None, "what the target is; null: by its shape and values", choices=TARGETS)
    noise_distribution: str | None = key(
        None, "distribution of the noise, which the absolute error needs", choices=tuple(EXCESS)
    )

    def beside(self, constants: Mapping[str, str]) -> "Reading":
        """Return this reading with what a table says of all its rows, where it is not set."""
        unset = {name: value for name, value in constants.items() if getattr(self, name) is None}
        problems: list[Problem] = []
        found = build(Reading, vars(self) | unset, "", problems)
        if problems:
            raise SettingsError(problems)
        return found


@dataclass(frozen=True)
class GivenSettings:
    """All that may be set."""

    reading: Reading = field(default_factory=Reading)
    interval: Interval = field(default_factory=Interval)
    figure: Figure = field(default_factory=Figure)


def settings_of(keys: Mapping[str, Any], overrides: Sequence[str] = ()) -> GivenSettings:
    """Return settings from the keys of ``Reading``, and from overrides such as ``interval.level=0.9``.

    Raises
    ------
    SettingsError
        With every problem.
    """
    problems: list[Problem] = []
    own: dict[str, Any] = dict(keys)
    of_section: dict[str, list[str]] = {name: [] for name in SECTIONS}
    for text in overrides:
        name, equals, value = text.partition("=")
        section = name.partition(".")[0]
        if section in SECTIONS:
            of_section[section].append(text)
        elif not equals:
            problems.append(Problem(name, f"{text} cannot be set here", "KEY=VALUE"))
        else:
            own[name] = value if name in ("name", "capacity") else number_or_text(value)
    reading = build(Reading, own, "", problems)
    sections = {}
    for name, cls in SECTIONS.items():
        try:
            sections[name] = changed(cls(), name, of_section[name])
        except SettingsError as error:
            problems += error.problems
    if problems:
        raise SettingsError(problems)
    return GivenSettings(reading, **sections)
