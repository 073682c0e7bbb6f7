"""The size of a grid, before any of its cells is made."""

import copy
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from biasvar.composition.composed import Composed
from biasvar.settings import Problem, build
from biasvar.study.config import DEFAULT_GROUPS, Limits, build_group


def problem_of_size(composed: Sequence[Composed], texts: Mapping[str, str]) -> Problem | None:
    """Return the problem of an unexpectedly large study, or None; ``texts`` are overrides by key."""
    limits = build(Limits, composed[0].settings.get("limits", {}), "limits", [])
    counted = [size for one in composed for size in sizes_of(one)]
    sizes = [size for size in counted if size is not None]
    if limits is None or len(sizes) < len(counted):
        return None  # the plan reports what is wrong with them
    models = sum(cells * prod(members) for cells, members in sizes)
    if models <= limits.max_models:
        return None
    cells_of: Counter[tuple[int, ...]] = Counter()
    for cells, members in sizes:
        cells_of[members] += cells
    sizes_in_words = " + ".join(f"{cells:,} cells x {in_words(members)}" for members, cells in cells_of.items())
    what = f"{sizes_in_words} = {models:,} models exceeds limits.max_models={limits.max_models}"
    hint = f"limits.max_models={models} trains them all"
    swept = [key for key in texts if key in composed[0].axes or key.split(".")[0] in ("replicates", "design")]
    origin = "command line: " + " ".join(texts[key].removeprefix("command line: ") for key in swept) if swept else ""
    return Problem("limits.max_models", what, f"at most {limits.max_models:,} models", hint, origin)


def sizes_of(one: Composed) -> Iterator[tuple[int, tuple[int, ...]] | None]:
    """Yield how many cells have members with the same numbers, None for invalid settings.

    Fewer replicates, or seeds, are the first of more: only their largest number counts, unless it is walked together
    with another axis.
    """
    counting = [walk for walk in one.walks if any(is_count(key) for key in walk)]
    cells = prod(len(one.axes[walk[0]]) for walk in one.walks if walk not in counting)
    for steps in product(*(counted_steps(one, walk) for walk in counting)):
        settings = copy.deepcopy({"replicates": None} | DEFAULT_GROUPS | one.settings)
        for key, value in (pair for step, _ in steps for pair in step):
            group, _, name = key.partition(".")
            settings[group] = settings[group] | {name: value} if name else value
        design = build_group("design", settings["design"], [])
        good = design is not None and isinstance(settings["replicates"], int)
        alike = cells * prod(times for _, times in steps)
        yield (alike, design.sizes(settings["replicates"])) if good else None


def is_count(key: str) -> bool:
    """Return whether a key sets how many members a cell has."""
    return key.split(".")[0] in ("replicates", "design")


def counted_steps(one: Composed, walk: Sequence[str]) -> list[tuple[tuple[tuple[str, Any], ...], int]]:
    """Return the distinct values of the counts among axes that are walked together, each with its number of steps."""
    if len(walk) == 1:
        return [(((walk[0], value),), 1) for value in most(one.axes[walk[0]])]
    keys = [key for key in walk if is_count(key)]
    texts = Counter(str([step[key] for key in keys]) for step in one.steps(walk))
    values = {str([step[key] for key in keys]): tuple((key, step[key]) for key in keys) for step in one.steps(walk)}
    return [(values[text], times) for text, times in texts.items()]


def most(values: Sequence[Any]) -> Sequence[Any]:
    """Return only the largest of whole numbers, and other values unchanged."""
    if isinstance(values, range):
        return [max(values[0], values[-1])]
    return [max(values)] if all(isinstance(value, int) for value in values) else values


def in_words(members: tuple[int, ...]) -> str:
    """Return the members of a cell: ``20 replicates``, or ``10 x 10 seeds``."""
    return f"{' x '.join(f'{number:,}' for number in members)} {'replicates' if len(members) == 1 else 'seeds'}"
