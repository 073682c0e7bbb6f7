"""Any estimator of scikit-learn, and of other packages with its interface."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from biasvar.data.source import Source
from biasvar.models.estimators.facts import OUTPUTS, facts_of
from biasvar.models.model import Model
from biasvar.settings import Problem, SettingsError, fact, key
from biasvar.settings import parameters as keys_of_any_name
from biasvar.settings.plugins import Plugin, is_file


@dataclass(frozen=True)
class Estimator(Model):
    """An estimator by the name of its class, or several as a pipeline, with every parameter of its get_params as a key.

    Facts: ``objects`` are resolved parameters that cannot be written as a key, by their text; ``places`` say where each
    class is found, and ``sources`` which code of others it is; ``outputs_by`` how outputs are read,
    ``capacity_parameter`` which parameter is the capacity, and ``reversed`` whether a larger value of it makes the
    model less flexible.
    """

    kind: ClassVar[str] = "estimator"
    numerics: ClassVar[int] = 1
    linear_in_parameters: ClassVar[bool] = False
    usual_training: ClassVar[str] = "estimator"

    name: tuple[str, ...] = key((), "class of scikit-learn or of a --plugin, such as SVC; a list is a pipeline")
    capacity: str | None = key(
        None, "parameter that is the capacity; null: the usual one, such as max_depth of a forest", identity=False
    )
    values: tuple[tuple[str, Any], ...] = keys_of_any_name()
    objects: tuple[tuple[str, str], ...] = fact(())
    task: str = fact("")
    outputs_by: str = fact("")
    random_weights: bool = fact(False, identity=False)  # type: ignore[misc]
    capacity_parameter: str = fact("", identity=False)
    reversed: bool = fact(False, identity=False)
    places: tuple[tuple[str, str, str], ...] = fact((), identity=False)
    sources: tuple[str, ...] = fact(())
    versions: tuple[str, ...] = fact((), identity=False)

    names_own: ClassVar[bool] = True

    def looked_up(self, plugins: Sequence[Plugin]) -> Self:
        """Return this model with all parameters resolved, and the facts about its classes."""
        if not self.name:
            hint = "model.name=RandomForestRegressor, or model.name=[StandardScaler,SVC] for a pipeline"
            what = "model=estimator needs model.name"
            raise SettingsError([Problem("model.name", what, "the name of an estimator's class", hint)])
        return replace(self, **facts_of(self.name, self.values, self.capacity or "", plugins))

    @property
    def label(self) -> str:
        """The class's name in snake case: random_forest_regressor."""
        return "-".join(
            re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", one).lower() for one in self.name
        )

    @property
    def class_outputs(self) -> str:  # type: ignore[override]
        """The kind of a classifier's outputs."""
        return OUTPUTS.get(self.outputs_by, "")

    @property
    def capacity_key(self) -> str:  # type: ignore[override]
        """The parameter that is the capacity; ``name`` if none is."""
        return self.capacity_parameter or "name"

    @property
    def capacity_value(self) -> float:
        """The value of the capacity: of hidden layers the sum; infinite where null means no limit; NaN for a text."""
        value = dict(self.values).get(self.capacity_parameter, "")
        if value is None:
            return self.capacity_direction * math.inf
        if isinstance(value, tuple) and all(isinstance(one, int | float) for one in value):
            return float(sum(value))
        return math.nan if isinstance(value, str | tuple | bool) else value

    @property
    def capacity_direction(self) -> int:
        """1, or -1 if the model is the less flexible the larger the value of the capacity is."""
        return -1 if self.reversed else 1

    @property
    def packages(self) -> tuple[str, ...]:
        """The installed packages of its classes, with their versions."""
        return self.versions

    def code_of(self, name: str) -> str:
        """Return the plugins' names if the fact of a name is their source."""
        files = {Plugin(place).name for _, place, _ in self.places if is_file(place)}
        return " and ".join(sorted(files)) if name == "sources" else ""

    def parameters(self, data: Source) -> None:
        """Return None: parameters are counted on each fitted model."""
        return

    def incompatibility(self, data: Source) -> str:
        """Return why the model cannot be trained on the data, or an empty text."""
        if len(data.shape) != 1:
            return "model=estimator takes vectors, and data.view=images gives images"
        if self.task == data.task:
            return ""
        what = {"classification": "a classifier", "regression": "a regressor"}[self.task]
        return f"model.name = {self.name[-1]} is {what}, and data={data.kind} is {data.task}"
