"""The target of a table: whether it has numbers or classes, and which."""

import numpy as np

from biasvar.data.own_table.columns import FEW, Column
from biasvar.settings import Problem

TRUTHS = ("false", "true")
SHOWN = 5  # classes that are named in a message


def task_of(target: Column) -> tuple[str, str]:
    """Return the task that fits a target's type, and the note on it.

    Texts, categories and truth values are classes. Whole numbers are classes if there are two of them, or at most 20
    that count from 0 or 1 without a gap; a score from 3 to 8 is a number.
    """
    known = np.unique(target.values_n[~target.holes_n])
    target_has = f"data.target = {target.name} has"
    if target.labels or target.truth:
        return "classification", f"data.task = classification: {target_has} {len(known)} classes"
    whole = len(known) > 0 and bool(np.all(known == np.floor(known)))
    if not whole or len(known) > FEW:
        return "regression", f"data.task = regression: {target_has} {len(known):,} different numbers"
    counts = np.array_equal(known, known[0] + np.arange(len(known))) and known[0] in (0, 1)
    span = f"{len(known)} whole numbers from {known[0]:g} to {known[-1]:g}"
    if counts or len(known) == 2:
        return "classification", f"{target_has} {span}, taken for classes; data.task=regression takes them for numbers"
    return "regression", f"{target_has} {span}, taken for numbers; data.task=classification takes them for classes"


def classes_of(target: Column) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the names of the classes in order, and each row's class [n]."""
    known, class_n = np.unique(target.values_n, return_inverse=True)
    return tuple(name_of(target, value) for value in known), class_n.astype(np.int64)


def counted_classes(target: Column) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the names of the classes, and how many rows each has."""
    names, class_n = classes_of(target)
    return names, tuple(np.bincount(class_n).tolist())


def name_of(target: Column, value: float) -> str:
    """Return the name of a class."""
    if target.labels:
        return target.labels[int(value)]
    return TRUTHS[int(value)] if target.truth else f"{value:.17g}"


def problems_of_target(target: Column, task: str, own: int) -> list[Problem]:
    """Return the problems of a target without holes; its first ``own`` rows are those to train on."""
    named, known = f"data.target = {target.name}", np.unique(target.values_n)
    if task == "regression":
        if target.labels:
            return [Problem("data.task", f"{named} has texts ({target.labels[0]}, ...)", "numbers for a regression")]
        what = f"{named} is {known[0]:g} in every row"
        return [Problem("data.target", what, "a column that differs between rows")] if len(known) == 1 else []
    names, class_n = classes_of(target)
    if len(names) == 1:
        return [Problem("data.target", f"{named} has one class, {names[0]}", "at least two classes")]
    if len(names) > max(FEW, len(class_n) / 2):
        what = f"{named} has {len(names):,} classes in {len(class_n):,} rows"
        return [Problem("data.target", what, "fewer classes than rows", "data.task=regression takes numbers")]
    lacking = [
        name for name, rows in zip(names, np.bincount(class_n[:own], minlength=len(names)), strict=True) if not rows
    ]
    if lacking:
        what = f"{named}: data.eval_path has classes that data.path lacks: {', '.join(lacking[:SHOWN])}"
        return [Problem("data.eval_path", what, "classes that there are rows to train on")]
    return []
