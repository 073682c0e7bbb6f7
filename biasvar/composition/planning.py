"""Turn composed settings into the plan of a study, or report every problem with its origin."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from biasvar.composition.composed import Composed, arms, grid
from biasvar.composition.facts import Cells, Facts
from biasvar.composition.grid_size import problem_of_size
from biasvar.composition.overrides import Setting
from biasvar.composition.provenance import place_of
from biasvar.settings import Problem, SettingsError, show
from biasvar.study.checks import unused_key
from biasvar.study.claims.cells import problems_of_names
from biasvar.study.claims.claim import claims_of
from biasvar.study.config import changes_no_number, may_be_key, takes_list
from biasvar.study.plan import Plan, plan

MOST_SHOWN = 50  # values of a list in a hint


def plan_of(composed: list[Composed], settings: list[Setting]) -> Plan:
    """Return the plan of a composed grid.

    Raises
    ------
    SettingsError
        With every problem and its origin, or if there are more models than ``limits.max_models``.
    """
    texts = {setting.key: f"command line: {setting.text}" for setting in settings}
    problems, facts = problems_of_axes(composed), Facts(composed[0].plugins)
    too_large = None if problems else problem_of_size(composed, texts)
    if not problems and too_large is None:
        try:
            return with_claims(planned(grid(composed), facts), composed[0])
        except SettingsError:
            pass  # each problem is found again below, with the file that it came from
    found: list[Problem] = ([] if too_large is None else [too_large]) + problems_of_claims(composed[0])
    for one in composed:
        inside = [
            problem
            for problem in problems_in(arms(one) if found or problems else grid([one]), facts)
            if problem.key not in {axis.key for axis in problems}  # its values are none of a list's
        ]
        found += [replace(p, origin=p.origin or origin_of(p.key, one, texts)) for p in (*problems, *inside)]
    raise SettingsError(dict.fromkeys(found))


def with_claims(study_plan: Plan, one: Composed) -> Plan:
    """Return a plan with the claims of its configuration.

    Raises
    ------
    SettingsError
        With every problem of the claims.
    """
    problems: list[Problem] = []
    claims = claims_of(one.claims, problems)
    problems += problems_of_names(claims, study_plan.axes, lambda name: may_be_key(name, one.settings))
    if problems:
        raise SettingsError(problems)
    return replace(study_plan, claims=claims)


def problems_of_claims(one: Composed) -> list[Problem]:
    """Return every problem of a configuration's claims, with the line of the file that has them."""
    problems: list[Problem] = []
    claims = claims_of(one.claims, problems)
    problems += problems_of_names(claims, (*one.choices, *one.axes), lambda name: may_be_key(name, one.settings))
    return [replace(problem, origin=place_of("claims", one.files, (), False)) for problem in problems]


def planned(cells: Cells, facts: Facts) -> Plan:
    """Return the plan of some cells, after looking up the facts about files and code that they name.

    Raises
    ------
    SettingsError
        With every problem.
    """
    facts.problems.clear()
    try:
        study_plan = plan(facts.of(cells))
    except SettingsError as error:
        raise SettingsError([*facts.problems, *error.problems]) from error
    if facts.problems:
        raise SettingsError(facts.problems)
    return study_plan


def problems_in(cells: Cells, facts: Facts) -> Sequence[Problem]:
    """Return every problem of some cells."""
    try:
        planned(cells, facts)
    except SettingsError as error:
        return error.problems
    return ()


def origin_of(key: str, one: Composed, texts: Mapping[str, str]) -> str:
    """Return where the value of a key was set: an argument, or a file and its line."""
    return texts.get(key) or one.provenance.get(key) or place_of(key, one.files, one.chosen, key in one.axes)


def problems_of_axes(composed: Sequence[Composed]) -> list[Problem]:
    """Return the problem of axes whose cells would all have the same members."""
    values = {key: one.axes.get(key, ()) for one in composed for key in (*one.choices, *one.axes)}
    what = "{} changes no member: it cannot be an axis"
    wrong = [key for key in values if changes_no_number(key)]
    return [Problem(key, what.format(key), f"one value of {key}", as_one_list(key, values[key])) for key in wrong]


def as_one_list(key: str, values: Sequence[Any]) -> str:
    """Return the hint that the values of an axis may have been meant as the entries of one list."""
    meant = takes_list(key) and not any(isinstance(value, list) for value in values)
    return f"{key}=[{','.join(map(show, values))}] is one list" if meant and len(values) <= MOST_SHOWN else ""


def unused(settings: Sequence[Setting], study_plan: Plan) -> list[str]:
    """Return the warnings for keys that the command line sets and no cell uses."""
    studies = [cell.study for cell in study_plan.cells]
    reasons = {setting.key: [unused_key(study, setting.key) for study in studies] for setting in settings}
    return [f"{key} is not used: {why[0]}" for key, why in reasons.items() if all(why)]
