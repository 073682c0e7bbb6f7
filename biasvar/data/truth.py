"""A distribution that a user writes as three functions of a module, checked at every call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from biasvar.settings import Problem, SettingsError
from biasvar.settings.plugins import RAISED, Plugin, at_line

FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "inputs": "inputs(generator, n): n inputs, [n] or [n, D]",
        "f": "f(x): the expectation of y at each, [n]",
        "noise_std": "noise_std(x): the standard deviation of y at each, [n] or a number",
    }
)
BLOCK = 256  # rows that are drawn at a time, each block from a seed of its own: the first do not depend on how many


class Drawn(NamedTuple):
    """Inputs x_nD with the expectation of y at each, and its standard deviation."""

    x_nD: np.ndarray
    f_n: np.ndarray
    std_n: np.ndarray


@dataclass(frozen=True)
class Truth:
    """The three ``FUNCTIONS`` of a plugin. Its methods raise ``SettingsError`` for what is wrong with them.

    ``own`` returns what the plugin defines under a name.
    """

    plugin: Plugin
    own: Callable[[str], Callable[..., Any]]

    def drawn(self, sequence: np.random.SeedSequence, n: int) -> Drawn:
        """Return n inputs with what is known of y there."""
        blocks = [self.block(child) for child in sequence.spawn(-(-n // BLOCK))]
        widths = {block.x_nD.shape[1] for block in blocks}
        if len(widths) > 1:
            raise self.error(
                f"inputs draws {' and '.join(map(str, sorted(widths)))} numbers a row; expected one number"
            )
        return Drawn(*(np.concatenate(parts)[:n] for parts in zip(*blocks, strict=True)))

    def block(self, sequence: np.random.SeedSequence) -> Drawn:
        """Return one block of inputs with what is known of y there."""
        x = self.inputs(sequence)
        std_n = self.values("noise_std", x)
        if std_n.min() < 0:
            raise self.error(f"noise_std(x) is {std_n.min():g} at x = {x[std_n.argmin()]}; expected 0 or more")
        return Drawn(x.reshape(BLOCK, -1), self.values("f", x), std_n)

    def check(self) -> int:
        """Return D, after trying the functions on a block of inputs: also that rows are drawn one by one."""
        drawn, x = self.block(np.random.SeedSequence(0)), self.inputs(np.random.SeedSequence(0))
        if not np.array_equal(x.reshape(BLOCK, -1), drawn.x_nD):
            raise self.error(
                "inputs(generator, n) draws other numbers at the same seed; expected draws of its generator"
            )
        if np.array_equal(x, self.inputs(np.random.SeedSequence(1))):
            raise self.error("inputs(generator, n) is the same at every seed; expected draws of its generator")
        if np.any(np.all(np.diff(drawn.x_nD, axis=0) >= 0, axis=0) & (np.ptp(drawn.x_nD, axis=0) > 0)):
            raise self.error("inputs(generator, n) is in order; expected rows that are drawn independently")
        half = BLOCK // 2
        for name, value_n in (("f", drawn.f_n), ("noise_std", drawn.std_n)):
            if not np.allclose(self.values(name, x[half:][::-1])[::-1], value_n[half:], rtol=1e-6, atol=1e-12):
                raise self.error(
                    f"{name}(x) of a row depends on the other rows, or on chance; expected a function of x"
                )
        return drawn.x_nD.shape[1]

    def inputs(self, sequence: np.random.SeedSequence) -> np.ndarray:
        """Return a block of inputs, [n] or [n, D], as the module draws them."""
        x = self.call("inputs", np.random.default_rng(sequence), BLOCK)
        if x.ndim not in (1, 2) or len(x) != BLOCK or x.size == 0:
            raise self.error(f"inputs(generator, {BLOCK}) has shape {x.shape}; expected ({BLOCK},) or ({BLOCK}, D)")
        return x

    def values(self, name: str, x: np.ndarray) -> np.ndarray:
        """Return what a function says of each input, [n]."""
        value_n = self.call(name, x)
        if name == "noise_std" and value_n.ndim == 0:
            value_n = np.full(len(x), value_n)
        if value_n.shape != (len(x),):
            raise self.error(f"{name}(x) has shape {value_n.shape} for x of shape {x.shape}; expected ({len(x)},)")
        return value_n

    def call(self, name: str, *given: Any) -> np.ndarray:
        """Return the finite numbers that a function returns."""
        function = self.own(name)
        try:
            value = np.array(function(*given), dtype=np.float64)
        except RAISED as error:
            line = at_line(error, self.plugin.place)
            raise self.error(f"{name} cannot be used: {type(error).__name__}: {error}{line}") from error
        bad = np.argwhere(~np.isfinite(value))
        if len(bad):
            first = tuple(bad[0].tolist())
            where = f" at x = {given[0][first[0]]}" if name != "inputs" and first else ""
            raise self.error(f"{name} returns {value[first]}{where}; expected finite numbers")
        return value

    def error(self, what: str) -> SettingsError:
        """Return the error of a function that does not do what is expected."""
        return SettingsError([Problem("data", f"{self.plugin.name}: {what}")])


def plugin_of_truth(plugins: Sequence[Plugin]) -> Plugin:
    """Return the plugin that defines the three functions.

    Raises
    ------
    SettingsError
        If none does, with the functions that are missing.
    """
    if not plugins:
        what, hint = "data=function is code of yours, and there is no plugin", "add --plugin FILE.py"
        raise SettingsError([Problem("data", what, "; ".join(FUNCTIONS.values()), hint)])
    best = max(plugins, key=lambda plugin: sum(map(plugin.has, FUNCTIONS)))
    missing = [name for name in FUNCTIONS if not best.has(name)]
    if missing:
        what = f"{best.name} does not define {' and '.join(missing)}"
        raise SettingsError([Problem("data", what, "; ".join(FUNCTIONS[name] for name in missing))])
    return best
