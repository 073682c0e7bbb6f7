"""Regression on a truth of the user's own: inputs, f* and the noise are functions of a plugin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import scipy

from biasvar.data.distribution import Distribution
from biasvar.data.rows import QUANTILES, Evaluation, Rows
from biasvar.data.truth import Truth, plugin_of_truth
from biasvar.settings import Parts, Problem, fact
from biasvar.settings.plugin_facts import PluginFacts, facts_of
from biasvar.settings.plugins import Plugin


@dataclass(frozen=True, kw_only=True)
class Function(PluginFacts, Distribution):
    """y = f(x) + noise_std(x) e, with e standard normal and x from inputs(generator, n): functions of a plugin.

    Evaluation points are draws of the same inputs. A number that ``noise_std`` returns holds everywhere.
    """

    kind: ClassVar[str] = "function"
    task: ClassVar[str] = "regression"
    outputs: ClassVar[int] = 1
    names_own: ClassVar[bool] = True

    inputs: int = fact(1, identity=False)  # D

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        return (self.inputs,)

    @property
    def noise_distribution(self) -> str:
        """The distribution of the noise in units of its standard deviation."""
        return "gaussian"

    @property
    def truth(self) -> Truth:
        """The functions of the plugin."""
        return Truth(Plugin(self.plugin_place), self.own)

    def looked_up(self, plugins: Sequence[Plugin]) -> Self:
        """Return this source with the facts of its plugin and its number of inputs, after trying it.

        Raises
        ------
        SettingsError
            If no plugin defines the functions, or one of them does not do what is expected.
        """
        known = replace(self, **facts_of(plugin_of_truth(plugins)))
        return replace(known, inputs=known.truth.check())

    def draw(self, inputs: np.random.SeedSequence, noise: np.random.SeedSequence, n: int) -> Rows:
        """Draw n rows: x from the seed sequence ``inputs``, and the noise added to f(x) from ``noise``."""
        x_nD, f_n, std_n = self.truth.drawn(inputs, n)
        return Rows(x_nD, f_n + std_n * np.random.default_rng(noise).standard_normal(n))

    def points(self, inputs: np.random.SeedSequence, n: int) -> Evaluation:
        """Return n inputs from a seed sequence, with what is known there."""
        x_ND, f_N, std_N = self.truth.drawn(inputs, n)
        return Evaluation(x_ND, f_N, std_N**2, scipy.special.ndtri(QUANTILES))

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problem of a source whose plugin was never looked up."""
        return [] if self.plugin_place else [Problem("data", "data=function has no plugin", "--plugin FILE.py")]
