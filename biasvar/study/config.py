"""The schema of ``conf/``: a study as frozen dataclasses."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any

from biasvar.data import SOURCES
from biasvar.data.references import REFERENCES
from biasvar.data.resampling import SCHEMES
from biasvar.decomposition import LOSSES
from biasvar.engines import ENGINES
from biasvar.models import FAMILIES
from biasvar.settings import Problem, build, did_you_mean, key, key_names, open_field, show
from biasvar.settings.keys import strip_optional, type_hints
from biasvar.study.designs import DESIGNS
from biasvar.training import TRAININGS
from biasvar.training.member import Draws, Member

# Groups of ``conf/``; each table maps a ``kind`` to its class.
GROUPS: dict[str, Mapping[str, type]] = {
    "data": SOURCES,
    "resampling": SCHEMES,
    "model": FAMILIES,
    "training": TRAININGS,
    "design": DESIGNS,
    "engine": ENGINES,
}
DEFAULT_GROUPS = {
    "design": {"kind": "joint"},
    "engine": {"kind": "auto"},
}  # the defaults of groups that a study does not mention
CHANGE_NUMBERS = tuple(group for group in GROUPS if group != "engine")  # groups that a member depends on


OTHER_NAMES_OF_LOSSES = {
    "mse": "squared_error",
    "mean_squared_error": "squared_error",
    "l2": "squared_error",
    "mae": "absolute_error",
    "mean_absolute_error": "absolute_error",
    "l1": "absolute_error",
    "01": "zero_one",
    "0-1": "zero_one",
    "accuracy": "zero_one",
    "ce": "cross_entropy",
    "nll": "cross_entropy",
    "log_loss": "cross_entropy",
}
CAPACITY_AXES = ("capacity", "parameters", "parameters_per_label", "degrees_of_freedom", "effective_parameters")
"""The table columns that can substitute for capacity on a horizontal axis."""


@dataclass(frozen=True)
class Limits:
    """Limits that guard against a study larger than meant."""

    max_models: int = key(
        2000, "largest number of models that a sweep trains without asking", at_least=1, identity=False
    )


@dataclass(frozen=True)
class Interval:
    """The intervals of every estimate."""

    method: str = key(
        "auto",
        "auto: from second moments under squared error, else by the bootstrap",
        choices=("auto", "bootstrap"),
        identity=False,
    )
    over: str = key(
        "replicates",
        "what intervals generalise to: replicates at these points, or also other points",
        choices=("replicates", "replicates_and_points"),
        identity=False,
    )
    level: float = key(0.95, "nominal coverage", above=0.5, at_most=0.9999, identity=False)
    resamples: int = key(1000, "bootstrap resamples of the replicates", at_least=100, at_most=100_000, identity=False)


@dataclass(frozen=True)
class Figure:
    """The figures of the report."""

    width: float = key(
        5.5, "width in inches: 3.25, 5.5 and 6.75 are column widths", at_least=2, at_most=20, identity=False
    )
    x: str = key("capacity", "substitute for capacity on a horizontal axis", choices=CAPACITY_AXES, identity=False)


@dataclass(frozen=True)
class Noise:
    """What bias and noise are measured against."""

    reference: str = key(
        "auto",
        "auto: the distribution where it is known, else labels; labels: one label a point, noise not known; injected: "
        "evaluation labels as noisy as training labels; cifar10h: human annotations (cifar10h-counts.npy at data.root)",
        choices=REFERENCES,
        identity=False,
    )


SECTIONS = {"limits": Limits, "interval": Interval, "figure": Figure, "noise": Noise}


@dataclass(frozen=True)
class TopLevel:
    """The keys outside every group."""

    name: str | None = key(
        "study", "name of the study and of its folder below outputs/; null: DATA-MODEL", identity=False
    )
    about: str | None = key(None, "what the study shows, in plain words: its page begins with them", identity=False)
    seed: int = key(0, "the study seed, from which every other seed comes", at_least=0, at_most=2**63 - 1)
    replicates: int = key(
        20,
        "draws of every varied source of randomness in each cell; design=crossed has design.seeds instead",
        at_least=2,
        hint="a variance needs at least 2 replicates; design.seeds counts those of each source in design=crossed",
    )
    loss: str = key(
        "all",
        "loss of the decomposition; all: each that fits the task",
        choices=("all", *LOSSES),
        identity=False,
        other_names=OTHER_NAMES_OF_LOSSES,
    )
    tolerance: float = key(
        1e-3,
        "share of the training risk of the best constant, or training error of classes, below which a model counts as "
        "interpolating",
        above=0,
        identity=False,
    )
    device: str = key("cpu", "where networks train: cpu, cuda, or cuda:N")
    workers: int | None = key(
        None,
        "jobs at a time; null: one a core, under engine=slurm 100 and under engine=ray one a core of the cluster",
        at_least=1,
        identity=False,
    )


@dataclass(frozen=True)
class Study(TopLevel):
    """The complete settings of one cell: the result of one Hydra composition."""

    limits: Limits = Limits()
    interval: Interval = Interval()
    figure: Figure = Figure()
    noise: Noise = Noise()
    data: Any = None
    resampling: Any = None
    model: Any = None
    training: Any = None
    design: Any = None
    engine: Any = None

    def member(self, draws: Draws) -> Member:
        """Return the member with these draws."""
        return Member(self.data, self.resampling, self.model, self.training, self.device, self.seed, draws)


def study_of(config: Mapping[str, Any], problems: list[Problem]) -> Study | None:
    """Return the study that a plain mapping describes; on errors, append them to ``problems`` and return None."""
    before = len(problems)
    groups = {name: build_group(name, config.get(name, DEFAULT_GROUPS.get(name)), problems) for name in GROUPS}
    sections = {name: build(cls, config.get(name, {}), name, problems) for name, cls in SECTIONS.items()}
    plain = {name: value for name, value in config.items() if name not in GROUPS and name not in SECTIONS}
    top = build(TopLevel, plain, "", problems)
    if len(problems) > before:
        return None
    groups["data"] = groups["data"].resampled_by(groups["resampling"])
    return Study(**vars(top), **sections, **groups)


def build_group(group: str, config: Any, problems: list[Problem]) -> Any:
    """Return the family member that a group's mapping describes by its ``kind``."""
    table = GROUPS[group]
    if not isinstance(config, Mapping):
        what = f"{group} = {show(config)} is not allowed"
        problems.append(Problem(group, what, f"a mapping with a kind: one of {', '.join(table)}"))
        return None
    kind = str(config.get("kind"))
    if kind not in table:
        problems.append(
            Problem(group, f"{group} = {kind} is not known", "one of " + ", ".join(table), did_you_mean(kind, table))
        )
        return None
    known = {field.name for field in fields(table[kind])} | {"kind"}
    unknown = [] if open_field(table[kind]) else [name for name in config if name not in known]
    foreign = {name: others for name in unknown if (others := kinds_with(table, name))}
    for name, others in foreign.items():
        what = f"{group}.{name} is not a key of {group}={kind}"
        problems.append(Problem(f"{group}.{name}", what, hint=f"{group}={' or '.join(others)} has it"))
    own = {name: value for name, value in config.items() if name not in foreign}
    return build(table[kind], own, group, problems)


def kinds_with(table: Mapping[str, type], name: str) -> list[str]:
    """Return the members of a family that have a key."""
    return [kind for kind, cls in table.items() if name in key_names(cls)]


def known_keys() -> set[str]:
    """Return every dotted key that exists under any choice of groups."""
    keys = {field.name for field in fields(TopLevel)}
    for name, cls in SECTIONS.items():
        keys |= {f"{name}.{field.name}" for field in fields(cls)}
    for group, table in GROUPS.items():
        keys |= {f"{group}.{name}" for cls in table.values() for name in key_names(cls)}
    return keys


def may_be_key(key: str, settings: Mapping[str, Any]) -> bool:
    """Return whether composed settings may have a dotted key: a known one, or one that only a user's code names."""
    group, _, name = key.partition(".")
    config = settings.get(group)
    cls = GROUPS.get(group, {}).get(str(config.get("kind"))) if isinstance(config, Mapping) else None
    return key in known_keys() or bool(name and "." not in name and cls is not None and open_field(cls))


def has_open_keys(group: str) -> bool:
    """Return whether some option of a group has keys that only a user's code names."""
    return any(open_field(cls) for cls in GROUPS.get(group, {}).values())


def changes_no_number(key: str) -> bool:
    """Return whether a dotted key only affects how a study is run, limited or shown: no member depends on it."""
    if key.partition(".")[0] in GROUPS.keys() - {*CHANGE_NUMBERS}:
        return True
    found = [field for _, field in declared(key)]
    return bool(found) and not any(field.metadata.get("identity", True) for field in found)


def takes_list(key: str) -> bool:
    """Return whether the value of a dotted key is a list."""
    return any(strip_optional(type_hints(cls)[field.name])[0] is tuple for cls, field in declared(key))


def declared(key: str) -> list[tuple[type, Field]]:
    """Return each class that has a dotted key, with its field."""
    group, _, name = key.partition(".")
    table = GROUPS.get(group, {})
    classes = [SECTIONS[group]] if group in SECTIONS else list(table.values()) if name else [TopLevel]
    return [(cls, field) for cls in classes for field in fields(cls) if field.name == (name or group)]
