"""Look a network of the user's own over before a study is planned: what is wrong with it, and its facts."""

import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from biasvar.data.source import Source
from biasvar.models.least_batch import ROWS
from biasvar.models.module.batch_norms import batch_norms
from biasvar.models.module.building import built, generators_restored
from biasvar.settings import Problem, SettingsError
from biasvar.settings.plugins import RAISED, Plugin, line_of

SEED = 1


def examined(
    factory: Callable[..., torch.nn.Module], plugin: Plugin, name: str, data: Source, keywords: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the facts about the network that a factory returns for some data; torch's generator is left as it is.

    Raises
    ------
    SettingsError
        If the factory or its network raises an exception, or its outputs are not of the right shape and finite.
    """
    looked = Examination(factory, plugin, name, data, keywords)
    with generators_restored():
        return looked.facts()


class Examination:
    """The network of one factory for the shape of some data."""

    def __init__(self, factory: Any, plugin: Plugin, name: str, data: Source, keywords: Mapping[str, Any]):
        self.factory, self.plugin, self.name, self.keywords = factory, plugin, name, keywords
        self.shape, self.outputs = data.shape, data.outputs
        self.inputs = torch.randn(ROWS, *self.shape, generator=torch.Generator().manual_seed(SEED))

    def facts(self) -> dict[str, Any]:
        """Return the facts by the names of the model's fields."""
        network, other = self.network(), self.network()
        self.require_same_weights(network, other)
        learnt = sum(weight.numel() for weight in network.parameters() if weight.requires_grad)
        if not learnt:
            raise self.fault("its network has no parameters to learn")
        before = states()
        trained = self.outputs_in("training", network.train(), self.inputs)
        draws = states() != before
        if not trained.requires_grad:
            raise self.fault("the outputs of its network do not depend on its parameters")
        before = states()
        with torch.no_grad(), FlopCounterMode(display=False) as counter, counted(network) as values:
            self.outputs_in("evaluation", network.eval(), self.inputs[:1])
        if states() != before:
            raise self.fault("its network draws random numbers in evaluation mode, where predictions are made")
        return {
            "n_parameters": learnt,
            "n_values": sum(values),
            "n_products": counter.get_total_flops() // 2 or learnt,
            "draws": draws,
            "averages": bool(batch_norms(network)),
            "least_batch": 1 if takes_one_row(other, self.inputs[:1]) else ROWS,
        }

    def network(self) -> torch.nn.Module:
        """Return a new network."""
        with self.in_own_code("raised"):
            network = built(self.factory, self.shape, self.outputs, self.keywords, SEED)
        if not isinstance(network, torch.nn.Module):
            raise self.fault(f"it returned {article(network)}, and no torch.nn.Module")
        return network.float()

    def require_same_weights(self, network: torch.nn.Module, other: torch.nn.Module) -> None:
        """Raise unless two networks from the same seed have the same initial weights, and share none of them."""
        pairs = list(zip(network.state_dict().items(), other.state_dict().items(), strict=False))
        if {id(weight) for weight in network.parameters()} & {id(weight) for weight in other.parameters()}:
            raise self.fault("two of its networks share their weights: each call must make new ones")
        if any(one[0] != two[0] or not equal(one[1], two[1]) for one, two in pairs):
            raise self.fault(
                "two of its networks from the same seed have other weights: torch's global generator must draw them"
            )

    def outputs_in(self, mode: str, network: torch.nn.Module, inputs: torch.Tensor) -> torch.Tensor:
        """Return the outputs of a network, after a look at their shape and values."""
        with self.in_own_code(f"in {mode}, its network raised"):
            found = network(inputs)
        if not isinstance(found, torch.Tensor):
            raise self.fault(f"its network returned {article(found)}, and no tensor")
        wanted = (len(inputs), self.outputs)
        if tuple(found.shape) != wanted or not found.dtype.is_floating_point:
            given = f"{len(inputs)} {'input' if len(inputs) == 1 else 'inputs'} of shape {self.shape}"
            what = f"outputs of shape {tuple(found.shape)} in {str(found.dtype).removeprefix('torch.')}"
            raise self.fault(f"its network returned {what} for {given}", f"floating-point outputs of shape {wanted}")
        if not found.isfinite().all():
            raise self.fault(f"in {mode}, the outputs of its network are not finite at its initial weights")
        return found

    @contextmanager
    def in_own_code(self, doing: str) -> Iterator[None]:
        """Turn an exception of the user's code into a problem with its line."""
        try:
            yield
        except RAISED as error:
            line = line_of(error, self.plugin.file)
            text = str(error).strip().splitlines()
            what = f"{doing} {type(error).__name__}{': ' if text else ''}{text[0] if text else ''}"
            raise self.fault(what, line=line or None) from error

    def fault(self, what: str, needs: str = "", line: int | None = None) -> SettingsError:
        """Return a problem with the factory, with its place in the plugin."""
        line = line or line_defined(self.factory)
        place = f"{self.plugin.name}, line {line}" if line else self.plugin.name
        given = "".join(f", {key}={value!r}" for key, value in self.keywords.items())
        call = f"{self.name}({self.shape}, {self.outputs}{given})"
        return SettingsError([Problem("model.factory", f"model.factory = {self.name} ({place}): {what}", needs, call)])


def takes_one_row(network: torch.nn.Module, input_1D: torch.Tensor) -> bool:
    """Return whether a network can be trained on a batch of one row, as with batch norm it cannot."""
    try:
        network.train()(input_1D)
    except RAISED:
        return False
    return True


@contextmanager
def counted(network: torch.nn.Module) -> Iterator[list[int]]:
    """Count the numbers that the innermost layers of a network return in the block."""
    values: list[int] = []

    def count(layer: torch.nn.Module, inputs: Any, outputs: Any) -> None:
        found = outputs if isinstance(outputs, tuple | list) else (outputs,)
        values.extend(one.numel() for one in found if isinstance(one, torch.Tensor))

    innermost = [layer for layer in network.modules() if not any(layer.children())]
    handles = [layer.register_forward_hook(count) for layer in innermost]
    try:
        yield values
    finally:
        for handle in handles:
            handle.remove()


def states() -> tuple[bytes, bytes, Any]:
    """Return the states of the global generators."""
    legacy: Any = np.random.get_state()  # noqa: NPY002  own code may use it
    return torch.get_rng_state().numpy().tobytes(), repr((legacy[1].tobytes(), legacy[2:])).encode(), random.getstate()


def equal(one: Any, two: Any) -> bool:
    """Return whether two entries of a network's state are the same numbers."""
    if not isinstance(one, torch.Tensor) or not isinstance(two, torch.Tensor):
        return True  # of other state nothing is known
    return one.shape == two.shape and one.numpy().tobytes() == two.numpy().tobytes()


def article(value: Any) -> str:
    """Return the type of a value with its article."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}" if value is not None else "None"


def line_defined(factory: Any) -> int | None:
    """Return the line at which a function or class is defined, None if there is no source."""
    try:
        return inspect.getsourcelines(inspect.unwrap(factory))[1]
    except (OSError, TypeError):
        return None
