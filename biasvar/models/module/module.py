"""The settings of a network of the user's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from biasvar.data.source import Source
from biasvar.models.least_batch import too_small_a_batch
from biasvar.models.model import Model
from biasvar.models.module.keys import keywords_of, require_capacity
from biasvar.settings import Parts, Problem, SettingsError, fact, key, parameters
from biasvar.settings.plugin_facts import PluginFacts, facts_of
from biasvar.settings.plugins import Plugin, plugin_with

if TYPE_CHECKING:
    import torch

WHAT = "a function(input_shape, outputs, ...) of your plugin's that returns a torch.nn.Module"


@dataclass(frozen=True)
class Module(PluginFacts, Model):
    """A torch.nn.Module of your own (--plugin): the further parameters of its factory are keys, model.NAME=VALUE.

    It is returned by ``factory(input_shape, outputs, **keywords)``, for one input of shape (20,) or (3, 32, 32). Its
    facts are found on a network for the study's shape: learnt parameters, the numbers and products computed for one
    row, whether training draws random numbers, whether batch norms have running averages, and the smallest batch that
    can be trained on.
    """

    kind: ClassVar[str] = "module"
    numerics: ClassVar[int] = 1
    usual_training: ClassVar[str] = "sgd"
    linear_in_parameters: ClassVar[bool] = False
    random_weights: ClassVar[bool] = True
    own_module: ClassVar[bool] = True
    names_own: ClassVar[bool] = True
    looks_at_data: ClassVar[bool] = True

    factory: str | None = key(None, "function of your plugin's: factory(input_shape, outputs, ...) -> torch.nn.Module")
    capacity: str | None = key(
        None, "parameter of the factory's that is the capacity; null: the number of learnt parameters", identity=False
    )
    keywords: tuple[tuple[str, Any], ...] = parameters()
    n_parameters: int = fact(0, identity=False)
    n_values: int = fact(0, identity=False)
    n_products: int = fact(0, identity=False)
    draws: bool = fact(False, identity=False)
    averages: bool = fact(False, identity=False)
    least_batch: int = fact(1, identity=False)

    @property
    def label(self) -> str:
        """What a study of this model is named after."""
        return self.factory or self.kind

    def looked_up_for(self, data: Source, plugins: Sequence[Plugin]) -> Self:
        """Return this model with all keys of its factory, and the facts about a network for the data's shape.

        Raises
        ------
        SettingsError
            With what is wrong with the factory, its keys or its network.
        """
        if self.factory is None:
            hint = "add --plugin FILE.py model.factory=NAME"
            raise SettingsError([Problem("model.factory", "model=module has no model.factory", WHAT, hint)])
        from biasvar.models.module.examination import examined  # loads torch

        plugin, factory = plugin_with(self.factory, plugins, "model.factory", WHAT)
        keywords = keywords_of(factory, plugin, self)
        require_capacity(self.capacity, keywords)
        facts: dict[str, Any] = {**facts_of(plugin), **examined(factory, plugin, self.factory, data, keywords)}
        return replace(self, keywords=tuple(sorted(keywords.items())), **facts)

    def build(self, data: Source, seed: int) -> "torch.nn.Module":
        """Return the network for some data, with its initial weights from a seed of torch's global generator.

        Raises
        ------
        OSError
            If the plugin cannot be loaded, or has changed.
        """
        from biasvar.models.module.building import built

        return built(self.own(str(self.factory)), data.shape, data.outputs, dict(self.keywords), seed)

    @property
    def capacity_key(self) -> str:  # type: ignore[override]
        """The parameter that is the capacity."""
        return self.capacity or "parameters"

    @property
    def capacity_column(self) -> str:
        """The name of what is the capacity: a dotted key, or the number of parameters."""
        return super().capacity_column if self.capacity else "parameters"

    @property
    def capacity_value(self) -> Any:
        """The value of the capacity."""
        return dict(self.keywords)[self.capacity] if self.capacity else self.n_parameters

    @property
    def batch_norm(self) -> bool:
        """Whether it has layers of batch norm with running averages."""
        return self.averages

    @property
    def no_dropout(self) -> str:
        """Why training draws no random numbers, or an empty text."""
        return "" if self.draws else f"model.factory = {self.factory}, which draws no random numbers in training"

    def parameters(self, data: Source) -> int:
        """Return the number of learnt parameters."""
        return self.n_parameters

    def values(self, data: Source) -> int:
        """Return how many numbers the network computes for one row."""
        return self.n_values

    def products(self, data: Source) -> int:
        """Return roughly how many multiplications one row takes."""
        return self.n_products

    def incompatibility(self, data: Source) -> str:
        """Return an empty text: the network was tried on the data's shape when its facts were looked up."""
        return ""

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of a last batch of one row, on which batch norm cannot be trained."""
        return too_small_a_batch(study, self.least_batch, str(self.factory)) or super().problems(study)
