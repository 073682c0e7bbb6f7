"""A diagnosis in words: the cell, its regime under each loss, the chapter's rule, and its remedies."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from biasvar.report.words.captions import join, loss_words, sentence, words
from biasvar.report.words.remedies import how, remedy_in_words
from biasvar.report.words.replicates import more_replicates
from biasvar.report.words.thresholds import PLACES
from biasvar.results.diagnosis.chapter_rule import ChapterRule
from biasvar.results.diagnosis.chosen_cell import written
from biasvar.results.diagnosis.diagnosis import Diagnosis
from biasvar.results.diagnosis.near_threshold import NEAR
from biasvar.results.diagnosis.parts import Estimate, Parts
from biasvar.results.diagnosis.regime import (
    BALANCED,
    EVEN,
    HIGH_BIAS,
    HIGH_VARIANCE,
    NOISE_LIMITED,
    NOISE_SHARE,
    NOT_DECIDED,
    Regime,
)
from biasvar.results.numbers import interval, number, position
from biasvar.results.results import Results

LOW, CLOSE = EVEN


@dataclass(frozen=True)
class DiagnosisText:
    """The paragraphs of a diagnosis, its remedies under the regime they are meant against, and how they were judged."""

    paragraphs: list[str]
    remedies: dict[str, list[str]]
    how: str


def diagnosis_in_words(diagnosis: Diagnosis, results: Results) -> DiagnosisText:
    """Return a diagnosis in words; remedies against the regime that was found come first."""
    row = results.table[(results.table["cell"] == diagnosis.cell) & (results.table["loss"] == diagnosis.loss)]
    regimes = [regime_in_words(one, more_replicates(row, one.times)) for one in diagnosis.regimes.values()]
    paragraphs = [cell_in_words(diagnosis), *regimes, *near_in_words(diagnosis)]
    paragraphs.append(rule_in_words(diagnosis.rule, diagnosis.regime))
    remedies: dict[str, list[str]] = {}
    for against in sorted((HIGH_VARIANCE, HIGH_BIAS), key=lambda name: name != diagnosis.regime):
        own = [(remedy, finding) for remedy, finding in diagnosis.remedies if remedy.against == against]
        remedies[f"Against {against}"] = [remedy_in_words(remedy, finding, row) for remedy, finding in own]
    return DiagnosisText(paragraphs, remedies, how(diagnosis, row, results.level))


def cell_in_words(diagnosis: Diagnosis) -> str:
    """Return which cell it is, and which loss the rule and the remedies are about."""
    where = ", ".join(f"{key} = {written(value)}" for key, value in diagnosis.axes.items())
    if not where:
        return sentence(f"the study's only cell, by its {loss_words(diagnosis.loss)}")
    if diagnosis.is_least:
        return sentence(f"the cell of least {loss_words(diagnosis.loss)}: {where}")
    return sentence(f"the cell {where}, by its {loss_words(diagnosis.loss)}")


def regime_in_words(regime: Regime, more: str) -> str:
    """Return the regime under one loss with the numbers that it rests on; ``more`` is what would decide it."""
    unknown = "" if regime.parts.noise else sentence("bias and noise cannot be told apart here: the noise is not known")
    found = f"{loss_words(regime.parts.loss)}: {regime.name}; {''.join(why(regime, more))}"
    return join(sentence(found), unknown)


def why(regime: Regime, more: str) -> Iterator[str]:
    """Yield the texts that say why a regime was found."""
    parts, bias, variance = regime.parts, regime.parts.bias, regime.parts.variance
    if regime.name == NOISE_LIMITED:
        yield noise_limited(parts)
    elif regime.name in (HIGH_BIAS, HIGH_VARIANCE):
        part = bias if regime.name == HIGH_BIAS else variance
        yield f"{valued(part)} is {share(part, parts)} of {excess(parts)}, and its whole interval lies above half of it"
    else:
        yield f"{valued(bias)} and {valued(variance)} are {share(bias, parts)} and {share(variance, parts)} of "
        yield excess(parts)
        if regime.name == BALANCED:
            yield f", and both intervals lie within {LOW:g} to {CLOSE:g} of it"
        elif more:
            yield f"; {more} would decide"
        else:
            yield "; more replicates would not decide"


def noise_limited(parts: Parts) -> str:
    """Return how much of the risk is noise, and whether its interval leaves that open."""
    assert parts.noise is not None
    risk, noise = interval(parts.risk.value, parts.risk.low, parts.risk.high), parts.noise.value
    text = f"the noise, {number(noise)}, is {number(noise / parts.risk.value)} of the risk, {risk}"
    open_end = parts.noise.low <= NOISE_SHARE * parts.risk.high
    at_end = f", though less than {NOISE_SHARE:g} at the upper end of the risk's interval" if open_end else ""
    return f"{text}{at_end}; no model is without it"


def valued(part: Estimate) -> str:
    """Return a part with its value and interval."""
    return f"{words(part.name)} {interval(part.value, part.low, part.high)}"


def share(part: Estimate, parts: Parts) -> str:
    """Return the share of a part in the risk without the noise; of no risk it is 0."""
    return number(part.value / parts.excess if parts.excess else 0.0, 2)


def excess(parts: Parts) -> str:
    """Return the name and the value of the risk without the noise, or with it if it is not known."""
    return f"{'risk − noise' if parts.noise else 'the risk'} = {number(parts.excess)}"


def near_in_words(diagnosis: Diagnosis) -> list[str]:
    """Return each threshold that the cell is near to."""
    texts = []
    for threshold in diagnosis.near:
        assert threshold.measured is not None
        place = f"the {PLACES.get(threshold.axis, 'capacity')} is within a factor {NEAR:g} of"
        texts.append(
            f"Near the threshold: {place} the measured interpolation threshold, {position(threshold.measured)}."
        )
    return texts


def rule_in_words(rule: ChapterRule, regime: str) -> str:
    """Return what the chapter's rule says, how it was read, and whether the table agrees."""
    text = f"The chapter's rule (Section 7.1.1.1), from training and validation error alone: {reading(rule)}."
    agreement = {
        True: "The table agrees.",
        False: f"The table does not agree: it says {regime}.",
        None: "" if rule.says == NOT_DECIDED else "The table does not decide, so it cannot confirm this.",
    }[rule.agrees(regime)]
    misled = ""
    if rule.flipped > 0:
        misled = (
            "Training labels are noisy and evaluation labels are not, which raises the training error and misleads it."
        )
    return join(text, agreement, misled)


def reading(rule: ChapterRule) -> str:
    """Return the rule's answer with the errors, and what counted as high, low and close."""
    if rule.says == NOT_DECIDED:
        return "nothing, as the training error is not known"
    known = not math.isnan(rule.noise)
    of_noise = f"noise, {number(rule.noise)}, is {number(rule.noise / rule.validation, 2)} of it" if known else ""
    validation, high = f"the validation error, {number(rule.validation)}, is", f"high is: below {NOISE_SHARE:g}"
    if rule.says == NOISE_LIMITED:
        return f"nothing to remedy, as {validation} not high ({of_noise}; {high})"
    counted = f"{of_noise}; {high}" if known else "any is, as the noise is not known"
    answers = {
        HIGH_VARIANCE: (HIGH_VARIANCE, f"low: less than {LOW:g}"),
        HIGH_BIAS: (HIGH_BIAS, f"close: more than {CLOSE:g}"),
        BALANCED: ("neither of its two regimes", f"neither low, less than {LOW:g}, nor close, more than {CLOSE:g}"),
    }
    answer, what = answers[rule.says]
    training = f"the training error, {number(rule.training)},"
    if rule.share < 0:
        compared = f"{training} is low: below the noise"
    else:
        above = " above the noise" if known else ""
        compared = f"{training} is {number(rule.share, 2)} of it{above} ({what})"
    return f"{answer}. {validation[:1].upper()}{validation[1:]} high ({counted}), and {compared}"
