"""Linear, logarithmic, or logarithmic with a linear stretch about zero: which one fits, and its ticks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib import ticker
from matplotlib.axis import Axis, XAxis

from biasvar.report.figures.lettering import width_of
from biasvar.report.style import value_of
from biasvar.results.curves import Curve
from biasvar.results.numbers import plain

MOST_RATIO = 100.0
"""A whole that spans more than this is drawn on a logarithmic axis ..."""

MOST_PEAK = 5.0
"""... and so is one whose peak stands this many times above its median, which would flatten all the rest."""


WHOLES = ("risk", "variance")
"""What a figure takes apart: the first of these that it draws."""

TICK_SPACE = 0.08
MOST_GRID, MOST_STEP = 10, 3
"""A logarithmic axis of so few places has its ticks there, one label in so many at least."""

MOST_PLAIN = 5
"""An axis with room for no more labels than this has no minor ticks either."""


@dataclass(frozen=True)
class Scale:
    """``kind`` is matplotlib's name; ``linear_below`` is where a symlog axis turns linear.

    ``stretch`` is the length of that linear part in decades; ``whole`` keeps the ticks of a linear axis whole. Infinite
    positions, of a capacity without a limit, are drawn at ``beyond``, past the number ``last``. ``grid`` has the places
    of a logarithmic axis that has few.
    """

    kind: str = "linear"
    linear_below: float = 0.0
    stretch: float = 0.6
    whole: bool = False
    beyond: float | None = None
    last: float = 0.0
    grid: tuple[float, ...] = ()

    def places(self, x: np.ndarray | float) -> np.ndarray:
        """Return where positions are drawn."""
        return np.asarray(x) if self.beyond is None else np.where(np.isinf(x), self.beyond, x)

    def positions(self, values: np.ndarray) -> np.ndarray:
        """Return how far values lie along an axis, in units of their own on a linear one, else in decades."""
        if self.kind == "linear":
            return values
        if self.kind == "log":
            return np.log10(values)
        return np.sign(values) * np.log10(1 + np.abs(values) / self.linear_below)

    def values(self, positions: np.ndarray) -> np.ndarray:
        """Return the values at positions along an axis."""
        if self.kind == "linear":
            return positions
        if self.kind == "log":
            return 10.0**positions
        return np.sign(positions) * (10.0 ** np.abs(positions) - 1) * self.linear_below

    def label(self, place: float) -> str:
        """Return the label of a tick."""
        return "none" if place == self.beyond else plain(place)

    @property
    def arguments(self) -> dict:
        """What ``ax.set_xscale`` and ``ax.set_yscale`` take."""
        extra = {"linthresh": self.linear_below, "linscale": self.stretch} if self.kind == "symlog" else {}
        return {"value": self.kind} | extra

    def set_ticks(self, axis: Axis, most: int) -> None:
        """Put at most about ``most`` labelled ticks on an axis whose limits are set."""
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: self.label(value)))
        axis.set_minor_formatter(ticker.NullFormatter())
        low, high = sorted(axis.get_view_interval())
        if self.kind == "linear":
            locator = ticker.MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=self.whole)
            ticks = locator.tick_values(low, high)
            axis.set_major_locator(locator if self.beyond is None else ticker.FixedLocator(self.with_beyond(ticks)))
            return
        floor = low if self.kind == "log" else self.linear_below
        upper = decades(floor, high, most) if high > floor else np.array([])
        lower = -decades(floor, -low, most)[::-1] if self.kind == "symlog" and -low > floor else np.array([])
        zero = [0.0] if self.kind == "symlog" and low <= 0 <= high else []
        axis.set_major_locator(ticker.FixedLocator(self.with_beyond(thin([*lower, *zero, *upper], most))))
        minor = between(floor, low, high) if most > MOST_PLAIN else []
        axis.set_minor_locator(ticker.FixedLocator(self.with_beyond(minor)))

    def with_beyond(self, ticks: Sequence[float]) -> list[float]:
        """Return ticks on the numbers' side of the last one, and one where no limit is drawn."""
        if self.beyond is None:
            return list(ticks)
        side = np.sign(self.last - self.beyond)
        return [*(tick for tick in ticks if (tick - self.last) * side >= 0), self.beyond]

    def fit_ticks(self, axis: Axis, inches: float, most: int) -> None:
        """Put as many labelled ticks on an axis of ``inches`` as have room beside each other, at most ``most``.

        They stand at the places of its grid, all or every second or third one, where it has one.
        """
        for step in range(1, MOST_STEP + 1) if self.grid else ():
            self.set_ticks(axis, MOST_PLAIN)
            axis.set_major_locator(ticker.FixedLocator(self.grid[::step]))
            axis.set_minor_locator(ticker.FixedLocator(self.grid))
            if tick_gap(axis, inches) >= 0:
                return
        for number in range(most, 1, -1):
            self.set_ticks(axis, number)
            if tick_gap(axis, inches) >= 0:
                return


def tick_gap(axis: Axis, inches: float) -> float:
    """Return the least room between the labels of two neighbouring ticks in inches, negative where they meet."""
    low, high = sorted(axis.get_view_interval())
    values = np.sort([value for value in axis.get_majorticklocs() if low <= value <= high])
    transform, across = axis.get_transform(), isinstance(axis, XAxis)
    ends = transform.transform(np.array([low, high]))
    places = (transform.transform(values) - ends[0]) / (ends[1] - ends[0]) * inches
    label = axis.get_major_formatter()
    size = value_of("xtick.labelsize")
    sizes = [width_of(label(value), size) if across else size / 72 for value in values]
    gaps = np.diff(places) - (np.array(sizes[1:]) + np.array(sizes[:-1])) / 2
    return float(gaps.min(initial=np.inf)) - (TICK_SPACE if across else 0.0)


def decades(low: float, high: float, most: int) -> np.ndarray:
    """Return round numbers of a positive range, as fine as ``most`` labels allow."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    for steps in ([1, 2, 5], [1, 3], [1]):
        found = np.array([float(f"{step * power:.3g}") for power in powers for step in steps])
        found = found[(found >= low * (1 - 1e-9)) & (found <= high * (1 + 1e-9))]
        if len(found) <= most:
            return found
    return found[:: -(-len(found) // most)]


def thin(places: Sequence[float], most: int) -> list[float]:
    """Return zero and every so many of the other ticks, counted from zero outwards."""
    if len(places) <= most + 1 or 0.0 not in places:
        return list(places)
    step, zero = -(-len(places) // most), list(places).index(0.0)
    return [place for index, place in enumerate(places) if (index - zero) % step == 0]


def between(floor: float, low: float, high: float) -> list[float]:
    """Return the unlabelled ticks 2 to 9 of each decade, none if that would be a grey smear."""
    reach = max(abs(low), abs(high))
    powers = np.arange(np.floor(np.log10(floor)), np.ceil(np.log10(max(reach, floor))) + 1)
    if len(powers) > 7:
        return []
    places = [digit * 10.0**power for power in powers for digit in range(2, 10) if digit * 10.0**power >= floor]
    return [place for place in [*places, *(-place for place in places)] if low <= place <= high]


def scale_of_x(values: np.ndarray) -> Scale:
    """Choose the horizontal scale for positions, infinite ones of a capacity without a limit among them."""
    values = np.unique(values)
    numbers = values[np.isfinite(values)]
    if len(numbers) in (0, len(values)):
        return scale_of_numbers(numbers)
    # One step past the last number, on the side of the infinity: by the same ratio, or by the same difference.
    last, before = (numbers[-1], numbers[-2:][0]) if values[-1] == np.inf else (numbers[0], numbers[:2][-1])
    if last * before > 0:
        beyond = last * last / before
        scale = scale_of_numbers(np.unique([*numbers, beyond]))
        if scale.kind != "linear":
            return replace(scale, beyond=float(beyond), last=float(last))
    step = last - before if last != before else np.sign(values[-1])
    return replace(scale_of_numbers(numbers), beyond=float(last + step), last=float(last))


def scale_of_numbers(values: np.ndarray) -> Scale:
    """Choose the scale of sorted numbers: logarithmic from a decade on or for a doubling grid, unless evenly spaced."""
    steps = np.diff(values)
    positive = values[values > 0]
    whole = Scale(whole=bool((values == np.round(values)).all()))
    if len(values) < 3 or values[0] < 0 or steps.max() <= 1.5 * np.median(steps):
        return whole
    ratios = positive[1:] / positive[:-1]
    if positive[-1] < 10 * positive[0] and not (len(ratios) > 2 and np.allclose(ratios, ratios[0])):
        return whole
    # Room for the label of 0 beside that of the smallest positive value.
    stretch = max(0.6, 0.25 * float(np.log10(positive[-1] / positive[0])))
    grid = tuple(map(float, values)) if len(values) <= MOST_GRID else ()
    if len(positive) == len(values):
        return Scale("log", grid=grid)
    return Scale("symlog", float(positive[0]), stretch, grid=grid)


def whole_of(curves: Sequence[Curve]) -> np.ndarray:
    """Return every positive value of what curves take apart, none where they take nothing apart."""
    whole = next((name for name in WHOLES if any(curve.quantity == name for curve in curves)), None)
    sizes = np.concatenate([curve.y for curve in curves if curve.quantity == whole] or [np.array([])])
    return sizes[sizes > 0]


def excess_of(curves: Sequence[Curve]) -> np.ndarray:
    """Return every positive value of the whole less the noise, the whole itself where not all noise is known."""
    risks = [curve for curve in curves if curve.quantity == "risk"]
    noises = [curve for curve in curves if curve.quantity in ("noise", "net_noise")]
    if not risks or [len(curve.x) for curve in risks] != [len(curve.x) for curve in noises]:
        return whole_of(curves)
    excess = np.concatenate([risk.y - noise.y for risk, noise in zip(risks, noises, strict=True)])
    return excess[excess > 0]


def spans_much(sizes: np.ndarray) -> bool:
    """Say whether a linear axis would flatten some of these values."""
    return len(sizes) > 0 and bool(sizes.max() > min(MOST_RATIO * sizes.min(), MOST_PEAK * np.median(sizes)))


def scale_of_y(curves: Sequence[Curve]) -> Scale:
    """Choose the vertical scale from the risk, or from the variance where that is what is taken apart.

    It is logarithmic where the whole's range or its peak would flatten the rest. Negative estimates and parts that
    vanish keep a place: below a tenth of the smallest whole the axis is linear.
    """
    sizes = whole_of(curves)
    # What the noise alone makes of the risk, along an axis of noise, is no reason to bend its other parts.
    if not all(spans_much(own) for own in (sizes, excess_of(curves))):
        return Scale()
    linear_below = 10.0 ** (np.floor(np.log10(sizes.min())) - 1)
    drawn = np.concatenate([array for curve in curves for array in (curve.y, curve.low, curve.high)])
    drawn = drawn[np.isfinite(drawn)]
    return Scale("log") if drawn.min() >= linear_below else Scale("symlog", float(linear_below))
