"""Statements on the shape of a risk curve, each with the paired differences that speak for or against it.

Places are chosen on one half of the replicates and tested on the other. A statement that asks for two differences holds
where the interval of each is clear of zero, so that both may have the study's level (Berger 1982, intersection-union
test): a curve that is flat in truth passes for one that is not with a probability of at most half of 1 - level.
"""

from dataclasses import dataclass

import numpy as np

from biasvar.results.shapes.paired import Difference, Halves, clearest

YES, NO, UNDECIDED, TOO_FEW = "yes", "no", "not decided", "too few replicates to tell"


@dataclass(frozen=True)
class Statement:
    """A statement, its verdict, and the differences it rests on; ``places`` are the indices that were chosen."""

    name: str
    verdict: str
    places: tuple[int, ...] = ()
    differences: tuple[Difference, ...] = ()


def statements(halves: Halves, classical: Halves) -> tuple[Statement, ...]:
    """Return what can be said of a curve and of its classical regime, which is where it is asked to be U-shaped."""
    asked = [("minimum", minimum, halves, 2), ("U-shaped", u_shaped, classical, 3)]
    asked += [("double descent", double_descent, halves, 3), ("monotone", monotone, halves, 2)]
    return tuple(
        state(part) if part.enough else Statement(name, TOO_FEW)
        for name, state, part, fewest in asked
        if len(part.risk_PR) >= fewest
    )


def minimum(halves: Halves) -> Statement:
    """Return where the risk is least, first of ``places``, and after it the places that are not shown to lie above it.

    The differences are the risk there, and that of every other place minus it; a place is told apart where its
    interval lies above zero. The verdict says whether all are.
    """
    chosen_PR = halves.risk_PR[:, halves.choose_R]
    lowest = int(np.argmin(chosen_PR[:, np.isfinite(chosen_PR).all(axis=0)].mean(axis=1)))
    gaps = tuple(halves.tested(place, lowest) for place in range(len(chosen_PR)) if place != lowest)
    alike = tuple(gap.first for gap in gaps if gap.low <= 0)
    return Statement("minimum", UNDECIDED if alike else YES, (lowest, *alike), (halves.tested(lowest, None), *gaps))


def u_shaped(halves: Halves) -> Statement:
    """Return whether both ends lie above a place between them; there are at least three places."""
    last = len(halves.risk_PR) - 1
    mean, t = (np.minimum(gaps_PP[0], gaps_PP[last])[1:last] for gaps_PP in halves.gaps())
    inner = 1 + clearest(mean, t)
    gaps = (halves.tested(0, inner), halves.tested(last, inner))
    return Statement("U-shaped", both_above(gaps), (0, inner, last), gaps)


def double_descent(halves: Halves) -> Statement:
    """Return whether a place lies above one before it and one after it; there are at least three places."""
    mean_PP, t_PP = halves.gaps()
    inner = range(1, len(mean_PP) - 1)
    before = [clearest(mean_PP[peak, :peak], t_PP[peak, :peak]) for peak in inner]
    after = [peak + 1 + clearest(mean_PP[peak, peak + 1 :], t_PP[peak, peak + 1 :]) for peak in inner]
    mean, t = (np.minimum(gaps_PP[inner, before], gaps_PP[inner, after]) for gaps_PP in (mean_PP, t_PP))
    place = clearest(mean, t)
    peak, valleys = inner[place], (before[place], after[place])
    gaps = tuple(halves.tested(peak, valley) for valley in valleys)
    return Statement("double descent", both_above(gaps), (valleys[0], peak, valleys[1]), gaps)


def monotone(halves: Halves) -> Statement:
    """Return whether the risk never rises, by the pair of places that rises most: the later minus the earlier."""
    later, earlier = np.tril_indices(len(halves.risk_PR), k=-1)
    mean, t = (gaps_PP[later, earlier] for gaps_PP in halves.gaps())
    most = clearest(mean, t)
    gap = halves.tested(int(later[most]), int(earlier[most]))
    verdict = NO if gap.low > 0 else YES if gap.high < 0 else UNDECIDED
    return Statement("monotone", verdict, (int(earlier[most]), int(later[most])), (gap,))


def both_above(gaps: tuple[Difference, ...]) -> str:
    """Return yes where every difference is above zero, no where one is below, else that it is not decided."""
    if all(gap.low > 0 for gap in gaps):
        return YES
    return NO if any(gap.high < 0 for gap in gaps) else UNDECIDED
