"""Values that would try a remedy, and whether a study accepts them."""

from dataclasses import replace
from typing import Any

from biasvar.settings import Problem, as_mapping, build
from biasvar.study.checks import problems_of
from biasvar.study.config import Study


def twofold(now: Any, sign: int) -> list[float]:
    """Return the double and the fourfold of a size, or its half and its quarter; whole numbers stay whole.

    None means no limit; nothing is found for what is no number.
    """
    if now is None:
        return [2, 4, 8] if sign < 0 else []
    if isinstance(now, bool) or not isinstance(now, int | float):
        return []
    found = [(now or 1) * factor for factor in ((2, 4) if sign > 0 else (1 / 2, 1 / 4))]
    found = [int(one) for one in found] if isinstance(now, int) else found
    return [one for one in dict.fromkeys(found) if sign * (one - now) > 0]


def penalties(now: float, sign: int) -> list[float]:
    """Return penalties of some orders of magnitude, or the tenth and the hundredth of a penalty, and none."""
    if sign > 0:
        return [now * 10, now * 100] if now else [0.001, 0.01, 0.1]
    return [0.0, now / 100, now / 10] if now else []


def rates(now: float, sign: int) -> list[float]:
    """Return larger rates of dropout, or smaller ones."""
    return [rate for rate in (0.0, 0.1, 0.2, 0.4, 0.6) if sign * (rate - now) > 0]


def accepted(study: Study, group: str, name: str, value: Any) -> bool:
    """Return whether a study may have another value of a key; rows of a table that are drawn again are no more data."""
    problems: list[Problem] = []
    part = getattr(study, group)
    changed = build(type(part), as_mapping(part) | {name: value}, group, problems)
    if problems:
        return False
    if name == "n_train" and not study.data.has_distribution and value > study.data.available():
        return False
    return not problems_of(replace(study, **{group: changed}))
