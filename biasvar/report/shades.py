"""The colours of a map: shades of a quantity's colour, which darken with the value, and yellow below zero."""

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import ListedColormap, LogNorm, Normalize, SymLogNorm, to_rgb
from numpy.typing import ArrayLike

from biasvar.report.style import COLOURS

BELOW_ZERO = ("#FBF4A5", "#E8D500")
"""The colours just below zero, and farthest from it."""

PALE, DARK = 0.9, 0.6
"""How much white the palest shade has, and how much black the darkest one."""

SHADES = 256
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True)
class Shades:
    """Which colour stands for a value: ``norm`` takes values to 0 to 1, ``colours`` these to colours."""

    norm: Normalize
    colours: ListedColormap

    @property
    def edges(self) -> np.ndarray:
        """The values between neighbouring colours, and the ends."""
        return np.asarray(self.norm.inverse(np.linspace(0, 1, SHADES + 1)))


def shades_of(quantity: str, low: float, high: float, kind: str, linear_below: float, stretch: float) -> Shades:
    """Return the shades of a quantity between two values, on a scale of this kind as matplotlib calls it."""
    if kind == "log":
        norm: Normalize = LogNorm(low, high)
    elif kind == "symlog":
        norm = SymLogNorm(linear_below, stretch, vmin=low, vmax=high)
    else:
        norm = Normalize(low, high)
    places = (np.arange(SHADES) + 0.5) / SHADES
    zero = float(np.clip(norm(0.0), 0, 1)) if low < 0 else 0.0
    above = darkening(quantity, np.clip((places - zero) / max(1 - zero, 1e-9), 0, 1))
    near, far = map(to_rgb, BELOW_ZERO)
    below = mixed(near, far, np.clip((zero - places) / max(zero, 1e-9), 0, 1))
    return Shades(norm, ListedColormap(np.where((places < zero)[:, None], below, above)))


def darkening(quantity: str, places: np.ndarray) -> np.ndarray:
    """Return the colours at places from 0 to 1: from pale by way of the quantity's own to dark, evenly in luminance."""
    own = np.array(to_rgb(COLOURS[quantity]))
    pale, dark = PALE + (1 - PALE) * own, (1 - DARK) * own
    light = [float(LUMINANCE @ colour) for colour in (pale, own, dark)]
    middle = (light[0] - light[1]) / (light[0] - light[2])
    early = mixed(pale, own, np.clip(places / middle, 0, 1))
    late = mixed(own, dark, np.clip((places - middle) / max(1 - middle, 1e-9), 0, 1))
    return np.where((places <= middle)[:, None], early, late)


def mixed(first: ArrayLike, second: ArrayLike, share: np.ndarray) -> np.ndarray:
    """Return colours between two, with a share of the second: [places, 3]."""
    start, end = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    return start + share[:, None] * (end - start)
