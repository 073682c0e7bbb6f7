"""Suggestions for overrides that cannot be used; each suggestion has been tested and is accepted."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from functools import cache

from biasvar.composition.hydra_groups import conf_dir
from biasvar.composition.options import inside, nearest, options_in
from biasvar.composition.other_names import KEYS, OPTIONS
from biasvar.composition.override_problems import CHOICES, RESERVED
from biasvar.settings import Problem
from biasvar.study.config import GROUPS, known_keys

ORIGIN = "command line: "
MOST_TRIED = 10  # commands that are composed in search of an accepted one
LONGEST = 200  # characters of an override for which a suggestion is sought
IMAGES = "data=digits data.view=images"
# What may be missing beside a key of a group, and beside an option: each is tried in turn. Where a study is named, data
# and model decide nothing else.
BESIDE_KEY = {
    "model": ("training=sgd", "model=mlp", "model=mlp training=sgd", "study=u_curve"),
    "training": ("training=sgd", "model=mlp", "model=mlp training=sgd"),
    "data": ("resampling=bootstrap", "data=digits", "data=digits resampling=bootstrap", "data=synthetic"),
    "resampling": ("data=digits resampling=kfold",),
    "design": ("design=crossed", "design=nested resampling=bootstrap"),
    "engine": ("engine=process", "engine=slurm", "engine=ray"),
}
BESIDE_OPTION = {
    "model": ("training=sgd", "data=linear", "data=synthetic", IMAGES, f"{IMAGES} resampling=bootstrap training=sgd"),
    "training": ("model=mlp",),
    "data": ("resampling=bootstrap", "resampling=bootstrap training=sgd"),
    "resampling": ("data=digits",),
}
# What may be missing if options of a group do not fit.
ADDED = {
    "model": BESIDE_OPTION["model"][1:],
    "training": ("training=sgd", "resampling=bootstrap training=sgd"),
    "resampling": ("resampling=bootstrap", "resampling=bootstrap training=sgd"),
}
Search = Callable[[Sequence[str], Iterator[str]], str]


def with_hints(
    problems: Sequence[Problem], texts: Sequence[str], accepted: Callable[[list[str]], bool]
) -> list[Problem]:
    """Return problems with suggestions, if ``accepted`` takes them together with the valid overrides."""
    wrong = {problem.origin.removeprefix(ORIGIN) for problem in problems}
    tried = iter(range(MOST_TRIED))

    @cache
    def accepts(others: tuple[str, ...]) -> bool:
        return next(tried, None) is not None and accepted(list(others))

    def search(beside: Sequence[str], proposals: Iterator[str]) -> str:
        return next((one for one in proposals if accepts((*beside, *one.split(" ")))), "")

    return [with_hint(problem, texts, [text for text in texts if text not in wrong], search) for problem in problems]


def with_hint(problem: Problem, texts: Sequence[str], right: Sequence[str], search: Search) -> Problem:
    """Return a problem with what to write instead, or to add, if some suggestion is accepted."""
    text = problem.origin.removeprefix(ORIGIN)
    if problem.origin.startswith(ORIGIN) and len(text) <= LONGEST and is_misspelled(text, problem):
        found = search(right, instead_of(text))
        if found and found == problem.hint.partition(" ")[0]:
            return problem
        kept = problem.hint if problem.hint.endswith("has it") else ""
        if found:
            return replace(problem, hint=f"{kept}: did you mean {found}?".removeprefix(": "))
        return replace(problem, hint="") if problem.hint.endswith("of that name") else problem
    if problem.key in ADDED and not problem.hint:
        chosen = {text.partition("=")[0] for text in texts}
        free = (one for one in ADDED[problem.key] if not {part.partition("=")[0] for part in one.split(" ")} & chosen)
        found = search(texts, free)
        return replace(problem, hint=f"add {found}") if found else problem
    return problem


def is_misspelled(text: str, problem: Problem) -> bool:
    """Return whether an override's key, option or syntax is wrong, not its value."""
    key, equal, _ = text.partition("=")
    if key in RESERVED:
        return False
    if key in CHOICES:
        return "no such option" in problem.what
    return key not in known_keys() or not equal or "is not a key of" in problem.what


def instead_of(text: str) -> Iterator[str]:
    """Yield possible corrections of an override, most likely first."""
    key, equal, value = (part.strip() for part in text.lstrip("+-").partition("="))
    named = [f"{group}={key}" for group in CHOICES if key in options_of(group)]
    if not equal:
        yield from (*named, *options_like("study", key))
        return
    if key in CHOICES:
        for option in options_like(key, value):
            yield option
            yield from (f"{option} {beside}" for beside in BESIDE_OPTION.get(key, ()))
        return
    for name in [key] if key in known_keys() else keys_like(key.removeprefix("sweep.")):
        override = f"{name}={value if takes_list(name) else value.removeprefix('[').removesuffix(']')}"
        yield override
        yield from (f"{beside} {override}" for beside in BESIDE_KEY.get(name.partition(".")[0], ()))
    yield from named


def options_of(group: str) -> list[str]:
    """Return the shipped options of a group."""
    return options_in((conf_dir(),), group)


def options_like(group: str, word: str) -> Iterator[str]:
    """Yield the options of a group that a word may refer to."""
    if word.lower() in OPTIONS.get(group, {}):
        yield OPTIONS[group][word.lower()]
    if (near := nearest(word, options_of(group))) and not inside(word, options_of(group)):
        yield f"{group}={near}"


def keys_like(name: str) -> list[str]:
    """Return possible corrections of an unknown key: synonyms, keys with the same last part, similar spellings."""
    group, _, last = name.rpartition(".")
    if last == "kind" and group in GROUPS:
        return [group]
    known = sorted(known_keys(), key=lambda key: (key.partition(".")[0] not in GROUPS, key))
    others = [key for key in (*KEYS.get(name, ()), *KEYS.get(last, ())) if not group or key.startswith(f"{group}.")]
    same = [key for key in known if key.rpartition(".")[2] == last]
    near = difflib.get_close_matches(name, [*CHOICES, *known], n=2)
    parts = difflib.get_close_matches(last, [key.rpartition(".")[2] for key in known], n=1, cutoff=0.7)
    return list(dict.fromkeys([*others, *same, *near, *(key for key in known if key.rpartition(".")[2] in parts)]))


def takes_list(key: str) -> bool:
    """Return whether a key's value is a list."""
    group, _, name = key.partition(".")
    kinds = GROUPS.get(group, {}).values()
    return any(field.name == name and isinstance(field.default, tuple) for kind in kinds for field in fields(kind))
